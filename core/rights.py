"""The first lock: what a person may do, with which scope, and the marks that every view must carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, TypeVar

from core.words import _l

View = TypeVar("View", bound=Callable[..., Any])


class Right(StrEnum):
    """Everything that can be allowed, `<area>:<verb>`, in alphabetical order."""

    ACCESS_AUDIT = "access:audit"
    ACCESS_DIAGNOSE = "access:diagnose"
    ACCESS_INCIDENTS = "access:incidents"
    ACCESS_ROLES = "access:roles"
    ACCESS_TEAMS = "access:teams"
    ACCESS_USERS = "access:users"
    CUSTOMERS_ASSIGN = "customers:assign"
    CUSTOMERS_BIN = "customers:bin"
    CUSTOMERS_BULK = "customers:bulk"
    CUSTOMERS_CLEAR = "customers:clear"
    CUSTOMERS_CREATE = "customers:create"
    CUSTOMERS_EDIT = "customers:edit"
    CUSTOMERS_EDIT_POINTS = "customers:edit-points"
    CUSTOMERS_ERASE = "customers:erase"
    CUSTOMERS_EXPORT = "customers:export"
    CUSTOMERS_EXPORT_FILE = "customers:export-file"
    CUSTOMERS_IMPORT = "customers:import"
    CUSTOMERS_LOOKUP = "customers:lookup"
    CUSTOMERS_MERGE = "customers:merge"
    CUSTOMERS_REVEAL = "customers:reveal"
    CUSTOMERS_REVEAL_PAPERS = "customers:reveal-papers"
    CUSTOMERS_SEE = "customers:see"
    INTERACTIONS_IMPORT = "interactions:import"
    INTERACTIONS_LOG = "interactions:log"
    INTERACTIONS_LOG_FOR_OTHERS = "interactions:log-for-others"
    OFFICE_DEPUTIES = "office:deputies"
    OFFICE_FILES = "office:files"
    OFFICE_FILES_OF_OTHERS = "office:files-of-others"
    OFFICE_NOTES = "office:notes"
    OFFICE_NOTES_OF_OTHERS = "office:notes-of-others"
    OFFICE_SETTINGS = "office:settings"
    OFFICE_VIEWS = "office:views"
    OFFICE_VIEWS_SHARED = "office:views-shared"
    SALES_EDIT = "sales:edit"
    SALES_IMPORT = "sales:import"
    SALES_PAY = "sales:pay"
    SALES_PRODUCTS = "sales:products"
    SALES_SEE = "sales:see"


class Scope(IntEnum):
    """On which records: each scope contains those before it."""

    OWN = 1
    TEAM = 2
    BRANCH = 3
    ALL = 4


SCOPE_LABELS = {
    Scope.OWN: _l("own"),
    Scope.TEAM: _l("team"),
    Scope.BRANCH: _l("branch"),
    Scope.ALL: _l("all"),
}


@dataclass(frozen=True)
class Grant:
    """How a right is held: its scope, and how many records one act may touch (None: no limit)."""

    scope: Scope
    limit: int | None = None

    def with_other(self, other: Grant) -> Grant:
        """What two roles together give: the wider scope, the higher limit."""
        limits = (self.limit, other.limit)
        return Grant(
            max(self.scope, other.scope), None if None in limits else max(x for x in limits if x is not None)
        )


@dataclass(frozen=True)
class Standing:
    """What tells on which records somebody holds their rights: who they are, their teams, and those with all below."""

    id: int
    team_ids: frozenset[int]
    branch_ids: frozenset[int]


@dataclass(frozen=True)
class Viewer:
    """The person behind a request with rights, read afresh for it."""

    id: int
    username: str
    name: str
    session_token: str = ""
    language: str | None = None
    theme: str = "auto"
    must_change_password: bool = False
    must_set_up_second_factor: bool = False
    team_id: int | None = None
    team_ids: frozenset[int] = frozenset()
    branch_ids: frozenset[int] = frozenset()
    grants: Mapping[Right, Grant] = field(default_factory=dict)
    asks: frozenset[Right] = frozenset()

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @cached_property
    def standing(self) -> Standing:
        """Where the person stands: asked for with each condition of each statement."""
        return Standing(self.id, self.team_ids, self.branch_ids)

    @cached_property
    def held(self) -> frozenset[tuple[Right, Grant]]:
        """The grants as one value that can be compared."""
        return frozenset(self.grants.items())

    def get_id(self) -> str:
        return self.session_token

    def may(self, right: Right | str) -> bool:
        """Whether the person holds the right with any scope."""
        return Right(right) in self.grants

    def may_or_ask(self, right: Right | str) -> bool:
        """Whether the person holds the right, or may ask for what it allows."""
        return Right(right) in self.grants or Right(right) in self.asks

    def scope(self, right: Right) -> Scope | None:
        """The scope with which the person holds the right, None if not at all."""
        grant = self.grants.get(right)
        return grant.scope if grant else None

    def limit(self, right: Right) -> int | None:
        """How many records one act by this right may touch; None: no limit, 0 if it is not held."""
        grant = self.grants.get(right)
        return grant.limit if grant else 0


@dataclass(frozen=True)
class Access:
    """The mark on a view: the rights of which one is needed, or why none is. `asked`: may be asked for is enough."""

    rights: tuple[Right, ...] = ()
    asked: bool = False
    public: str = ""
    signed_in: str = ""


def requires(*rights: Right, asked: bool = False) -> Callable[[View], View]:
    """The view needs one of these rights, with any scope; the record is then taken with `the()`.

    With `asked`, it is also for whoever may ask for one of them, and judges itself what was allowed.
    """
    return _marked(Access(rights=rights, asked=asked))


def public(why: str) -> Callable[[View], View]:
    """The view is open to everybody, and this is why."""
    return _marked(Access(public=why))


def signed_in(why: str) -> Callable[[View], View]:
    """The view is open to everybody who is signed in, and this is why."""
    return _marked(Access(signed_in=why))


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view, None if it carries none."""
    return getattr(view, "_huifang_access", None)


def _marked(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view._huifang_access = access  # type: ignore[attr-defined]
        return view

    return mark


class UnmarkedView(RuntimeError):
    """A view says neither which right it needs nor why none."""


def check_marks(views: Mapping[str, Callable[..., Any]]) -> None:
    """Refuse to start with a view that carries no mark."""
    unmarked = sorted(name for name, view in views.items() if access_of(view) is None)
    if unmarked:
        raise UnmarkedView(f"mark with @requires, @signed_in or @public: {', '.join(unmarked)}")
