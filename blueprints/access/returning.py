"""Taking a deactivation back, and with it the hand-over to the successor (docs/decisions/012)."""

from __future__ import annotations

from sqlalchemy import select

from blueprints.access import accounts, leaving
from blueprints.access.models import User
from core import undo
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.rights import Viewer
from core.roots import Root
from core.words import _


def check(change_set: ChangeSet, viewer: Viewer) -> None:
    """Raises RuleBroken or Refused where a deactivation cannot be taken back, or not by this person."""
    if undo.origin(change_set).verb != leaving.DEACTIVATED:
        return
    if change_set.verb != leaving.DEACTIVATED:
        raise RuleBroken(_("This let somebody in again. Deactivate the account again instead."))
    ids = [id for _table, id in leavers(change_set)]
    for user in db.session.scalars(select(User).where(User.id.in_(ids))):
        accounts.check_return(user, viewer)
        if leaving.deactivation_of(user) not in (None, change_set.id):
            raise RuleBroken(
                _("%(name)s was deactivated again since then. Take that back first.", name=user.name)
            )


def leavers(change_set: ChangeSet) -> list[Root]:
    """The accounts that a deactivation closed; none of any other change."""
    if change_set.verb != leaving.DEACTIVATED:
        return []
    users = (Change.set_id == change_set.id) & (Change.record_table == User.__tablename__)
    return [(User.__tablename__, id) for id in db.session.scalars(select(Change.record_id).where(users))]
