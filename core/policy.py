"""The second lock: on which records a right holds. One list of named clauses makes the SQL and the explanation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true

from core.db import db
from core.rights import Right, Scope, Standing, Viewer


@dataclass(frozen=True)
class Clause:
    """One reason for which a person may reach a record.

    `scope` is the smallest scope of a right that opens the clause, `condition` the SQL over the model's columns,
    `because` the reason in words; `rights` limits the clause to some rights (None: all of the policy).
    `otherwise` says that it does not fit; it may hold `%(name)s` for the facts of the record's kind.
    """

    name: str
    scope: Scope
    condition: Callable[[Standing], ColumnElement[bool]]
    because: Any
    rights: frozenset[Right] | None = None
    otherwise: Any = ""

    def opened_by(self, scope: Scope | None, right: Right) -> bool:
        """Whether the scope with which a person holds the right reaches this clause."""
        return scope is not None and scope >= self.scope and (self.rights is None or right in self.rights)


@dataclass(frozen=True, eq=False)
class Policy:
    """All clauses of one model."""

    model: type[Any]
    clauses: tuple[Clause, ...]

    def within(self, viewer: Viewer, right: Right) -> ColumnElement[bool]:
        """The condition that holds for just the records on which the person holds the right."""
        return _within(self, viewer.standing, right, viewer.scope(right))

    def clauses_for(self, viewer: Viewer, right: Right, record_id: int) -> list[tuple[Clause, bool, bool]]:
        """Each clause that could give the right, whether the person's scope opens it, and whether it fits."""
        concerned = [clause for clause in self.clauses if clause.rights is None or right in clause.rights]
        fits = select(*(clause.condition(viewer.standing).label(clause.name) for clause in concerned))
        row = db.session.execute(fits.where(self.model.id == record_id)).one()
        return [
            (c, c.opened_by(viewer.scope(right), right), bool(fit))
            for c, fit in zip(concerned, row, strict=True)
        ]


@lru_cache(2_000)
def _within(policy: Policy, standing: Standing, right: Right, scope: Scope | None) -> ColumnElement[bool]:
    """Each page asks this a dozen times, and building SQL takes longer than running it."""
    opened = [clause for clause in policy.clauses if clause.opened_by(scope, right)]
    if not opened:
        return false()
    if any(clause.scope is Scope.ALL for clause in opened):
        return true()
    return or_(*(clause.condition(standing) for clause in opened))
