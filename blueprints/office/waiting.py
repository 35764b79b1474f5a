"""What waits for a person, as every page says beside its navigation: both numbers by one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func, select

from blueprints.office.models import WAITING, Approval
from core import once
from core.db import db
from core.lists import Count
from core.notifications import Notification
from core.rights import Viewer

MOST_COUNTED = 99


def _counted(ids: Select[int]) -> Select[int]:
    return select(func.count()).select_from(ids.limit(MOST_COUNTED + 1).subquery())


# What each page asks is built once
WHOSE: Any = bindparam("user_id")
REQUESTS = _counted(select(Approval.id).where(Approval.approver_id == WHOSE, WAITING))
NOTICES = _counted(
    select(Notification.id).where(Notification.recipient_id == WHOSE, Notification.read_at.is_(None))
)
BOTH = select(REQUESTS.scalar_subquery(), NOTICES.scalar_subquery())


def requests(viewer: Viewer) -> Count:
    """How many requests wait for a person, counted up to 99."""
    return _both(viewer)[0]


def notices(viewer: Viewer) -> Count:
    """How many notifications a person has not read, counted up to 99."""
    return _both(viewer)[1]


def _both(viewer: Viewer) -> tuple[Count, Count]:
    return once.once("office.waiting", lambda: _read(viewer.id))


def _read(user_id: int) -> tuple[Count, Count]:
    found = db.session.execute(BOTH, {"user_id": user_id}).one()
    asked, told = (Count(min(number, MOST_COUNTED), number > MOST_COUNTED) for number in found)
    return asked, told
