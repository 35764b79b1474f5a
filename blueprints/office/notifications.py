"""The notifications of a person: read, marked as read, and forgotten after a while."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from core import clock, lists, settings
from core.db import affected, db
from core.errors import NotFound
from core.lists import Order
from core.notifications import Notification
from core.rights import Viewer
from core.words import _

KEPT, KEPT_UNREAD = "company.notification_days", "company.unread_notification_days"


def page(viewer: Viewer, after: str | None, *, unread_only: bool) -> lists.Page[Notification]:
    """A person's notifications, or those that they have not read, newest first."""
    mine = select(Notification).where(Notification.recipient_id == viewer.id)
    if unread_only:
        mine = mine.where(Notification.read_at.is_(None))
    return lists.page(mine, Notification, Order(Notification.id, descending=True), after)


def the_notification(id: int, viewer: Viewer) -> Notification:
    """One of a person's own. Raises NotFound for any other."""
    found = db.session.get(Notification, id)
    if found is None or found.recipient_id != viewer.id:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def read(notification: Notification) -> None:
    """Mark one as read; when it was read first stays."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        db.session.flush()


def read_until(last: int, viewer: Viewer) -> None:
    """Mark all of a person's as read that had come when they saw the one with this id; later ones stay unread."""
    mine = Notification.recipient_id == viewer.id, Notification.read_at.is_(None), Notification.id <= last
    seen = update(Notification).where(*mine).values(read_at=clock.now())
    db.session.execute(seen, execution_options={"synchronize_session": False})


def forget_old() -> int:
    """Delete what was read longer ago than the company keeps it, and what nobody has read for long; answers how many.

    Somebody who was away for months is not to come back to all of it, and an account that nobody uses is not to
    gather rows without end.
    """
    read, unread = (clock.now() - timedelta(days=int(settings.get(kept))) for kept in (KEPT, KEPT_UNREAD))
    never_read = Notification.read_at.is_(None) & (Notification.created_at < unread)
    return affected(delete(Notification).where(or_(Notification.read_at < read, never_read)))
