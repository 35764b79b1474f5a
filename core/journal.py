"""The security journal: sign-ins, refusals, look-ups, reveals, exports.

Its rows are written in a short transaction of their own, after the request's transaction has ended whichever
way, and before the answer is sent; those that are counted, before anything is told for which they count.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import Index, String, func, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from core import changes, clock
from core.db import Json, Model, db, one_after_another, pk, released, set_mode

log = logging.getLogger("huifang.journal")


class JournalEntry(Model):
    """One event of the journal. Never changed afterwards."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        Index("ix_journal_entries_at_id", "at", "id"),
        Index("ix_journal_entries_kind_at", "kind", "at", "id"),
        Index("ix_journal_entries_user_id_kind_at", "user_id", "kind", "at"),
        Index("ix_journal_entries_user_id_at", "user_id", "at", "id"),
        Index("ix_journal_entries_record", "record_table", "record_id", "id"),
    )

    id: Mapped[int] = pk()
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(64))
    record_table: Mapped[str | None] = mapped_column(String(60))
    record_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(Json)

    @property
    def who(self) -> str:
        """Who did it, as it is told to whoever reads now."""
        return changes.called(self.actor, self.user_id)


@dataclass(frozen=True)
class Event:
    """A kind of entry, in words: what somebody did, and the details it may carry. `details`: name → label."""

    kind: str
    label: Any
    details: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


_events: dict[str, Event] = {}


def declare(*events: Event) -> None:
    """Say in words what kinds of entries an area writes."""
    _events.update((event.kind, event) for event in events)


def events() -> list[Event]:
    """All kinds of entries that were declared."""
    return list(_events.values())


def event_of(kind: str) -> Event:
    """The kind of an entry in words; an undeclared one names itself."""
    return _events.get(kind) or Event(kind, kind)


def note(
    kind: str,
    *,
    record: Any = None,
    about: tuple[str, int] | None = None,
    user_id: int | None = None,
    **details: Any,
) -> None:
    """Remember an event; it is written when the request's own transaction has ended.

    `record` is what it is about, or `about` its table and id where it was not loaded.
    """
    if record is not None:
        about = record.__tablename__, record.id
    g.setdefault("journal", []).append(_row(kind, about, user_id, details))


def note_within(
    most: int, kind: str, *, since: datetime, takes: int = 1, weight: Any = 1, **details: Any
) -> bool:
    """Write an event down at once, unless whoever acts has made `most` of its kind since then; answers whether it was.

    It `takes` so many, and each entry there is counts with its `weight`. However many ask at the same moment, no more
    than `most` are written. The request has written nothing yet, and reads again what it has read.
    """
    row = _row(kind, None, None, details)
    mine = JournalEntry.user_id == row["user_id"], JournalEntry.kind == kind, JournalEntry.at >= since
    with released(), db.engine.begin() as connection:
        one_after_another(f"{kind} {row['user_id']}", connection)
        if (connection.scalar(select(func.sum(weight)).where(*mine)) or 0) + takes > most:
            return False
        connection.execute(insert(JournalEntry), row)
    return True


def _row(
    kind: str, about: tuple[str, int] | None, user_id: int | None, details: Mapping[str, Any]
) -> dict[str, Any]:
    who, (table, id) = changes.actor(), about or (None, None)
    return {
        "at": clock.now(), "kind": kind, "user_id": user_id or who.user_id, "actor": who.name,
        "address": who.address,
        "record_table": table, "record_id": id, "details": details,
    }  # fmt: skip


def alive(statement: Any) -> None:
    """Remember a liveness write (last seen); it is done together with the journal."""
    g.setdefault("liveness", []).append(statement)


def write() -> None:
    """Write what was noted. Whoever calls this has ended the request's transaction.

    Raises OperationalError if events cannot be written; that somebody was here is not worth an error.
    """
    rows, liveness = g.pop("journal", []), g.pop("liveness", [])
    if not rows and not liveness:
        return
    set_mode(writing=True)
    try:
        with db.engine.begin() as connection:
            for statement in liveness:
                connection.execute(statement)
            if rows:
                connection.execute(insert(JournalEntry), rows)
    except OperationalError as error:
        if rows:
            raise
        log.warning("last seen cannot be written: %s", error.orig)
