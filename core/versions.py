"""The version that a change is for, held against the one that the record has by now."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db
from core.errors import Stale
from core.tracked import Tracked


def check(record: Tracked, version: int, sentence: str) -> None:
    """Raises Stale, with this sentence, if a record has another version by now; else it keeps it until the end."""
    model = type(record)
    present = select(model.version).where(model.id == record.id).with_for_update()
    if db.session.scalar(present) != version:
        raise Stale(sentence)


def hold(record: Tracked) -> None:
    """Keep others from changing a record until the end, and read anew what it says and what hangs on it."""
    model = type(record)
    db.session.execute(select(model.id).where(model.id == record.id).with_for_update())
    db.session.expire(record)
