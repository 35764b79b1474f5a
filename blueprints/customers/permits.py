"""What somebody may only ask for: as whom they prepare it, who may allow it, and for how long a yes holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.office.queries import APPROVED, OPEN, Approval
from core import clock
from core.db import db
from core.errors import Refused
from core.kinds import refusal
from core.languages import moment
from core.rights import Grant, Right, Scope, Viewer

HOLDS_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Asking:
    """Where somebody stands who may do only what they asked for: the last request, and whether it still fits."""

    approval: Approval | None
    fits: bool

    @property
    def allowed(self) -> bool:
        """Whether it may be done now."""
        found = self.approval
        return found is not None and self.fits and found.state == APPROVED and not is_over(found)

    @property
    def waits(self) -> bool:
        """Whether the request is not decided yet."""
        return self.approval is not None and self.approval.state == OPEN


def lent(viewer: Viewer, right: Right, like: Right) -> Viewer:
    """The person with a right that they may only ask for, as far as another right of theirs reaches.

    Somebody who holds it stays as they are. Raises Refused for somebody who may not even ask.
    """
    if viewer.may(right):
        return viewer
    reach = viewer.scope(like) if right in viewer.asks else None
    if reach is None:
        raise Refused(refusal(right))
    return replace(viewer, grants={**viewer.grants, right: Grant(reach)})


def deciders(requester: Viewer, rows: int, right: Right, like: Right) -> dict[int, Scope]:
    """Who may allow somebody `rows` records by a right: whoever holds it, and `like`, at least as far as they reach.

    The administrator, who holds some of these rights without seeing a record, allows nothing. Five statements.
    """
    reach = requester.scope(like)
    if reach is None or not requester.may_or_ask(right):
        return {}
    holders = access.living_users().where(User.id.in_(access.holder_ids(right, Scope.TEAM)))
    people = access.viewers_of(db.session.scalars(holders).all())
    may = [who for who in people if all(covers(who, each, requester, reach) for each in (right, like))]
    enough = [who for who in may if (most := who.limit(right)) is None or most >= rows]
    return {who.id: who.scope(right) or Scope.OWN for who in enough}


def covers(who: Viewer, right: Right, other: Viewer, reach: Scope) -> bool:
    """Whether a right of somebody reaches all that another person reaches with this scope."""
    scope = who.scope(right)
    if scope is Scope.ALL or scope is None or reach is Scope.ALL:
        return scope is Scope.ALL
    area = {Scope.OWN: frozenset[int](), Scope.TEAM: who.team_ids, Scope.BRANCH: who.branch_ids}[scope]
    wanted = other.branch_ids if reach is Scope.BRANCH else other.team_ids
    return bool(wanted) and wanted <= area


def requester_of(approval: Approval) -> Viewer | None:
    """Whoever asks, with their rights as they are now; None for somebody who left."""
    return access.viewer_of_account(approval.requester_id)


def latest(table: str, id: int) -> Approval | None:
    """The last request about a record."""
    about = Approval.record_table == table, Approval.record_id == id
    return db.session.scalar(select(Approval).where(*about).order_by(Approval.id.desc()).limit(1))


def holds_until(approval: Approval) -> str:
    """Until when a yes holds, in words."""
    return moment(approval.decided_at + HOLDS_FOR) if approval.decided_at else ""


def is_over(approval: Approval) -> bool:
    """Whether a yes is too old to be used."""
    return approval.decided_at is None or approval.decided_at + HOLDS_FOR <= clock.now()


def used_by(approval: Approval) -> str:
    """Who said yes, for the journal."""
    return approval.decided_by.name if approval.decided_by else ""
