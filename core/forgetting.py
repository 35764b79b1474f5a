"""Traces in the journals, which nobody else ever writes to again: made unreadable where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select, update

from core import sealing, traces
from core.bulk import chunks
from core.db import Model, db
from core.journal import JournalEntry
from core.tracked import Tracked

SOME = 50  # traces that are looked for at once
_QUIET = {"synchronize_session": False}


def forget(model: type[Model], columns: Sequence[str], found: Sequence[str]) -> None:
    """Hide these traces in columns of JSON of a journal. Raises ValueError for a business table, and for what is
    sealed: that is `forget_entries`.
    """
    if issubclass(model, Tracked) or model is JournalEntry:
        raise ValueError(f"not to be written here: {model.__tablename__}")
    _hide(model, columns, found)


def forget_entries(table: str, ids: Collection[int], found: Sequence[str]) -> None:
    """Hide these traces in the security journal, and all details of entries about some records; those that were
    sealed are sealed anew, see `sealing.hold`.
    """
    about = JournalEntry.record_table == table, JournalEntry.record_id.in_(ids)
    told = db.session.execute(select(JournalEntry.id, JournalEntry.details).where(*about))
    emptied = {id for id, details in told if details}
    for chunk in chunks(sorted(emptied)):
        gone = update(JournalEntry).where(JournalEntry.id.in_(chunk)).values(details={})
        db.session.execute(gone, execution_options=_QUIET)
    sealing.erase(sealing.ENTRIES, emptied | _hide(JournalEntry, ("details",), found))


def _hide(model: type[Model], columns: Sequence[str], found: Sequence[str]) -> set[int]:
    """Answers in which rows there were any."""
    table: Any = model.__table__
    touched: set[int] = set()
    for name in columns:
        column = table.c[name]
        for some in _some(found):
            for id, value in db.session.execute(select(table.c.id, column).where(_holds(column, some))).all():
                new = {name: traces.hidden(value, found)}
                db.session.execute(
                    update(table).where(table.c.id == id).values(new), execution_options=_QUIET
                )
                touched.add(id)
    return touched


def _some(found: Sequence[str]) -> Iterator[Sequence[str]]:
    return (found[start : start + SOME] for start in range(0, len(found), SOME))


def _holds(column: Any, some: Sequence[str]) -> ColumnElement[bool]:
    """The condition that JSON speaks of one of these, whichever way the database writes what is no ASCII."""
    ways = {form for trace in some for form in traces.written(trace)}
    return or_(*(cast(column, String).icontains(form, autoescape=True) for form in sorted(ways)))
