"""The built-in roles: which right with which scope. Plain data; a company may change them afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from core.rights import Right as R  # noqa: N817 - a table of rights reads better
from core.rights import Scope


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix of built-in roles."""

    scope: Scope | None
    most: int | None = None

    @property
    def ask(self) -> bool:
        return self.scope is None


OWN, TEAM, BRANCH, ALL = (Cell(scope) for scope in Scope)
ASK = Cell(None)

ROLES: dict[str, tuple[str, str]] = {
    "employee": ("业务员", "Employee"),
    "service": ("客服", "Service"),
    "callback": ("回访员", "Callback agent"),
    "assistant": ("内勤", "Assistant"),
    "lead": ("主管", "Team lead"),
    "manager": ("经理", "Manager"),
    "finance": ("财务", "Finance"),
    "auditor": ("审计", "Auditor"),
    "admin": ("系统管理员", "Administrator"),
}

GRANTS: dict[str, dict[R, Cell]] = {
    "employee": {
        R.CUSTOMERS_SEE: OWN, R.CUSTOMERS_CLEAR: OWN, R.CUSTOMERS_CREATE: OWN, R.CUSTOMERS_EDIT: OWN,
        R.CUSTOMERS_EDIT_POINTS: OWN, R.CUSTOMERS_ASSIGN: ASK, R.CUSTOMERS_LOOKUP: ALL, R.INTERACTIONS_LOG: OWN,
        R.OFFICE_NOTES: OWN, R.OFFICE_FILES: OWN,
        R.CUSTOMERS_BULK: Cell(Scope.OWN, 50), R.CUSTOMERS_BIN: OWN, R.OFFICE_VIEWS: OWN, R.CUSTOMERS_MERGE: ASK,
        R.SALES_SEE: OWN, R.SALES_EDIT: OWN,
    },
    "service": {
        R.CUSTOMERS_SEE: ALL, R.CUSTOMERS_REVEAL: ALL, R.CUSTOMERS_CREATE: ALL, R.CUSTOMERS_EDIT_POINTS: ALL,
        R.CUSTOMERS_ASSIGN: ASK, R.CUSTOMERS_LOOKUP: ALL, R.INTERACTIONS_LOG: ALL, R.OFFICE_NOTES: ALL,
        R.OFFICE_FILES: ALL, R.OFFICE_VIEWS: OWN, R.CUSTOMERS_MERGE: ASK,
        R.SALES_SEE: ALL,
    },
    "callback": {
        R.CUSTOMERS_SEE: ALL, R.CUSTOMERS_REVEAL: ALL, R.CUSTOMERS_LOOKUP: ALL, R.INTERACTIONS_LOG: ALL,
        R.OFFICE_NOTES: ALL, R.OFFICE_FILES: ALL, R.OFFICE_VIEWS: OWN,
        R.SALES_SEE: ALL,
    },
    "assistant": {
        R.CUSTOMERS_SEE: TEAM, R.CUSTOMERS_CLEAR: TEAM, R.CUSTOMERS_CREATE: TEAM, R.CUSTOMERS_EDIT: TEAM,
        R.CUSTOMERS_EDIT_POINTS: TEAM, R.CUSTOMERS_ASSIGN: ASK, R.CUSTOMERS_LOOKUP: ALL,
        R.INTERACTIONS_LOG: TEAM, R.OFFICE_NOTES: TEAM, R.OFFICE_FILES: TEAM, R.INTERACTIONS_LOG_FOR_OTHERS: TEAM,
        R.CUSTOMERS_BULK: Cell(Scope.TEAM, 50), R.CUSTOMERS_IMPORT: ASK, R.OFFICE_VIEWS: OWN, R.CUSTOMERS_MERGE: ASK,
        R.SALES_SEE: TEAM, R.SALES_EDIT: TEAM, R.SALES_IMPORT: ASK,
    },
    "lead": {
        R.CUSTOMERS_SEE: BRANCH, R.CUSTOMERS_CLEAR: BRANCH, R.CUSTOMERS_CREATE: BRANCH, R.CUSTOMERS_EDIT: BRANCH,
        R.CUSTOMERS_EDIT_POINTS: BRANCH, R.CUSTOMERS_ASSIGN: BRANCH, R.CUSTOMERS_LOOKUP: ALL,
        R.INTERACTIONS_LOG: BRANCH,
        R.OFFICE_NOTES: BRANCH, R.OFFICE_FILES: BRANCH, R.CUSTOMERS_BULK: BRANCH, R.CUSTOMERS_IMPORT: BRANCH,
        R.CUSTOMERS_EXPORT: ASK, R.CUSTOMERS_MERGE: BRANCH,
        R.CUSTOMERS_BIN: BRANCH, R.OFFICE_NOTES_OF_OTHERS: BRANCH, R.OFFICE_FILES_OF_OTHERS: BRANCH,
        R.OFFICE_VIEWS: OWN, R.OFFICE_VIEWS_SHARED: BRANCH,
        R.SALES_SEE: BRANCH, R.SALES_EDIT: BRANCH, R.SALES_IMPORT: BRANCH, R.SALES_PAY: BRANCH,
    },
    "manager": {
        R.CUSTOMERS_SEE: ALL, R.CUSTOMERS_CLEAR: ALL, R.CUSTOMERS_CREATE: ALL, R.CUSTOMERS_EDIT: ALL,
        R.CUSTOMERS_EDIT_POINTS: ALL, R.CUSTOMERS_ASSIGN: ALL, R.CUSTOMERS_LOOKUP: ALL, R.INTERACTIONS_LOG: ALL,
        R.INTERACTIONS_IMPORT: ALL, R.OFFICE_NOTES: ALL, R.OFFICE_FILES: ALL,
        R.CUSTOMERS_MERGE: ALL, R.CUSTOMERS_ERASE: ALL, R.CUSTOMERS_EXPORT_FILE: ALL,
        R.CUSTOMERS_BULK: ALL, R.CUSTOMERS_IMPORT: ALL, R.CUSTOMERS_EXPORT: Cell(Scope.ALL, 20_000),
        R.CUSTOMERS_BIN: ALL, R.OFFICE_NOTES_OF_OTHERS: ALL, R.OFFICE_FILES_OF_OTHERS: ALL, R.ACCESS_AUDIT: ALL,
        R.OFFICE_VIEWS: OWN, R.OFFICE_VIEWS_SHARED: ALL,
        R.SALES_SEE: ALL, R.SALES_EDIT: ALL, R.SALES_IMPORT: ALL, R.SALES_PAY: ALL, R.SALES_PRODUCTS: ALL,
    },
    "finance": {},
    "auditor": {R.CUSTOMERS_SEE: ALL, R.SALES_SEE: ALL, R.ACCESS_AUDIT: ALL, R.OFFICE_VIEWS: OWN},
    "admin": {
        R.ACCESS_AUDIT: ALL, R.ACCESS_DIAGNOSE: ALL, R.ACCESS_ROLES: ALL, R.ACCESS_TEAMS: ALL, R.ACCESS_USERS: ALL,
        R.CUSTOMERS_IMPORT: ALL, R.OFFICE_SETTINGS: ALL,
    },
}  # fmt: skip
