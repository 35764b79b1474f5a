"""Changes of owner, status, tier and intent, the making of a file, and exit talks, as entries of its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.customers import words
from blueprints.customers.models import Customer
from blueprints.customers.particulars import ExitTalk
from core import timelines
from core.timelines import RECORD_ID, Asked, Source
from core.words import _l

KIND = "change"
COLUMNS = ("owner_id", "status", "lost_reason", "tier", "intent")
KNOWN = frozenset({timelines.AUTHOR})
TALKED = ExitTalk.customer_id == RECORD_ID


def changes() -> Source:
    """What was changed of a customer that colleagues go by."""
    return Source(KIND, _l("Changes"), "customers/_moment.html", _changed, KNOWN, _authors)


def exits() -> Source:
    """Why they left, as they said themselves."""
    return Source("exit", _l("Exit talks"), "customers/_exit_moment.html", _exits, KNOWN, _talkers, TALKED)


def _talkers(customer: Customer) -> Select[Any]:
    return select(ExitTalk.talked_by_id).where(ExitTalk.customer_id == customer.id)


def _exits(asked: Asked) -> Iterator[tuple[datetime, int, ExitTalk]]:
    for talk in timelines.rows(_talks, asked).scalars():
        yield timelines.start_of(talk.on_day), talk.id, talk


def _talks(asked: Asked) -> Select[Any]:
    mine = select(ExitTalk).where(TALKED).options(joinedload(ExitTalk.talked_by))
    if asked.author is not None:
        mine = mine.where(ExitTalk.talked_by_id == asked.author)
    return timelines.newest_days(mine, asked, "exit", ExitTalk.on_day, ExitTalk.id)


def _authors(customer: Customer) -> Select[Any]:
    return access.changers(Customer.__tablename__, customer.id, COLUMNS)


def _changed(asked: Asked) -> Iterator[tuple[datetime, int, Any]]:
    labels = {str(words.FIELDS[name]) for name in COLUMNS}
    for entry in access.changes_of(Customer.__tablename__, COLUMNS, labels, asked, KIND):
        yield entry.change_set.at, entry.id, entry
