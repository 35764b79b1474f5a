"""What was erased for good: a row for each record, which says when, by whom and why, and nothing of what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BigId, db, pk, ref
from core.tracked import Tracked


class Erasure(Tracked):
    """That a record was erased. `number_hash` tells whether a number was its, and nothing else; `by_id` is None for
    what the product did by a rule.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_record", "record_table", "record_id", unique=True),)
    root_column, root_table_column = "record_id", "record_table"

    id: Mapped[int] = pk()
    record_table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int] = mapped_column(BigId)
    number_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = ref("users.id", index=False)
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(300))


def hashed(number: str) -> str:
    """A number as an erasure keeps it."""
    return hashlib.sha256(number.encode()).hexdigest()


def is_erased(table: str, id: Any) -> ColumnElement[bool]:
    """The condition that a record was erased."""
    return exists().where(Erasure.record_table == table, Erasure.record_id == id)


def erased_of(table: str, ids: Iterable[int]) -> set[int]:
    """Which of these records were erased."""
    found = select(Erasure.record_id).where(Erasure.record_table == table, Erasure.record_id.in_(list(ids)))
    return set(db.session.scalars(found))
