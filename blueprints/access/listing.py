"""The list of people: its filters and orders, read from an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from blueprints.access import queries
from blueprints.access.models import Membership, SignIn, User, UserRole
from core import kinds, lists
from core.db import db
from core.lists import Order
from core.rights import Right, Viewer

ORDERS: Mapping[str, Any] = {"name": User.name_key, "username": User.username}
STATES = ("active", "deactivated", "all")


@dataclass(frozen=True)
class Listing:
    """What an address asks of the list. Anything it cannot mean is left out."""

    q: str
    state: str
    team: str
    role: str
    sort: str
    order: Order

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Listing:
        """The listing that the arguments of an address describe."""
        state = args.get("state", "")
        sort, order = lists.order_named(args.get("sort"), ORDERS, "name")
        q, team, role = (args.get(name, "").strip()[:120] for name in ("q", "team", "role"))
        return cls(q, state if state in STATES else "active", team, role, sort, order)

    @property
    def narrowed(self) -> bool:
        """Whether any filter is in force."""
        return bool(self.q or self.team or self.role or self.state != "active")

    def select(self, viewer: Viewer) -> Select[Any]:
        """The accounts that the person may manage and that pass the filters."""
        return kinds.visible(User, viewer, Right.ACCESS_USERS).where(*self.conditions())

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        """The filters as conditions."""
        if self.state != "all":
            closed = User.deactivated_at.is_not(None)
            yield closed if self.state == "deactivated" else ~closed
        if self.q:
            yield _named(self.q)
        if self.team:
            yield _within(self.team)
        if self.role:
            yield exists().where(UserRole.user_id == User.id, UserRole.role.has(code=self.role))


def _named(q: str) -> ColumnElement[bool]:
    """Whose name, sound of the name, user name, staff number or mail holds what was typed."""
    columns = (User.name, User.name_key, User.username, User.staff_number, User.email)
    return or_(*(func.lower(column).contains(q.lower(), autoescape=True) for column in columns))


def _within(slug: str) -> ColumnElement[bool]:
    team = queries.team_named(slug)
    if team is None:
        return false()
    return exists().where(
        Membership.user_id == User.id, Membership.team_id.in_(sorted(queries.branch_of(team.id)))
    )


def with_rows(statement: Select[Any]) -> Select[Any]:
    """Load what the list's rows show in a constant number of statements."""
    return statement.options(
        selectinload(User.memberships).joinedload(Membership.team),
        selectinload(User.roles).joinedload(UserRole.role),
    )


def last_seen(ids: Iterable[int]) -> dict[int, datetime]:
    """When these people were last seen."""
    rows = (
        select(SignIn.user_id, func.max(SignIn.last_seen_at))
        .where(SignIn.user_id.in_(list(ids)))
        .group_by(SignIn.user_id)
    )
    return dict(db.session.execute(rows).all())
