"""What the journal holds of reading: files opened with their numbers in clear, one entry for person, file and day,
and masked numbers looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from blueprints.customers.models import ContactPoint, Customer
from core import clock, journal
from core.db import db
from core.journal import JournalEntry
from core.rights import Viewer

OPENED, REVEALED = "opened", "revealed"
OPENED_SINCE = (
    select(JournalEntry.id)
    .where(JournalEntry.user_id == bindparam("user_id"), JournalEntry.kind == OPENED)
    .where(JournalEntry.at >= bindparam("begin"), JournalEntry.record_id == bindparam("customer_id"))
    .limit(1)
)


OPENED_OF: Any = (
    select(JournalEntry.record_id)
    .where(JournalEntry.user_id == bindparam("user_id"), JournalEntry.kind == OPENED)
    .where(
        JournalEntry.at >= bindparam("begin"), JournalEntry.record_id.in_(bindparam("ids", expanding=True))
    )
)


def note_opening(customer: Customer, viewer: Viewer, *, more: bool = False) -> None:
    """Journal that a person has this file before them in clear, if there is a number to read, or `more` that is
    sensitive, and it is news of the day.
    """
    if (customer.points or more) and not _noted(customer.id, viewer.id):
        journal.note(OPENED, record=customer)


def note_shown(customer_ids: Collection[int], viewer: Viewer, where: str) -> None:
    """Journal that numbers of these customers stand in clear on a page of many, as far as that is news of the day:
    for the alarm on unusual reading, whoever pages through a list of numbers has opened the files.

    Two statements, one of them after the page, however many they are; none for nobody.
    """
    if customer_ids:
        asked = {"user_id": viewer.id, "begin": _today(), "ids": list(customer_ids)}
        known = set(db.session.scalars(OPENED_OF, asked))
        for id in sorted(set(customer_ids) - known):
            journal.note(OPENED, about=(Customer.__tablename__, id), where=where)


def note_reveal(customer: Customer, point: ContactPoint, *, reason: str) -> None:
    """Journal that a masked value is shown."""
    journal.note(REVEALED, record=customer, point=point.id, point_kind=point.kind, reason=reason)


def _noted(customer_id: int, user_id: int) -> bool:
    asked = {"user_id": user_id, "begin": _today(), "customer_id": customer_id}
    return db.session.scalar(OPENED_SINCE, asked) is not None


def _today() -> datetime:
    return clock.at(clock.today(), datetime.min.time())
