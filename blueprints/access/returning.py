"""Taking a deactivation back, and with it the hand-over to the successor (docs/decisions/012)."""

from __future__ import annotations

from sqlalchemy import select

from blueprints.access import accounts
from blueprints.access.models import User
from core import undo
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.rights import Viewer
from core.words import _


def check(change_set: ChangeSet, viewer: Viewer) -> None:
    """Raises RuleBroken or Refused where a deactivation cannot be taken back, or not by this person."""
    if undo.origin(change_set).verb != accounts.DEACTIVATED:
        return
    if change_set.verb != accounts.DEACTIVATED:
        raise RuleBroken(_("This let somebody in again. Deactivate the account again instead."))
    for user in _leavers(change_set):
        accounts.check_return(user, viewer)
        if deactivation_of(user) not in (None, change_set.id):
            raise RuleBroken(
                _("%(name)s was deactivated again since then. Take that back first.", name=user.name)
            )


def _leavers(change_set: ChangeSet) -> list[User]:
    table = User.__tablename__
    ids = select(Change.record_id).where(Change.set_id == change_set.id, Change.record_table == table)
    return list(db.session.scalars(select(User).where(User.id.in_(ids))))


def deactivation_of(user: User) -> int | None:
    """The id of the change set that closed an account; None for one that is open."""
    if user.is_living:
        return None
    closing = (
        select(ChangeSet.id)
        .join(Change, Change.set_id == ChangeSet.id)
        .where(Change.record_table == User.__tablename__, Change.record_id == user.id)
        .where(ChangeSet.verb == accounts.DEACTIVATED)
    )
    return db.session.scalar(closing.order_by(ChangeSet.id.desc()).limit(1))
