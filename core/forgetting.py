"""Traces in the journals, which nobody else ever writes to again: made unreadable where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select, update

from core import traces
from core.db import Model, db
from core.tracked import Tracked

SOME = 50  # traces that are looked for at once
_QUIET = {"synchronize_session": False}


def forget(model: type[Model], columns: Sequence[str], found: Sequence[str]) -> None:
    """Hide these traces in columns of JSON of a journal. Raises ValueError for a business table."""
    if issubclass(model, Tracked):
        raise ValueError(f"no journal: {model.__tablename__}")
    table: Any = model.__table__
    for name in columns:
        column = table.c[name]
        for some in _some(found):
            for id, value in db.session.execute(select(table.c.id, column).where(_holds(column, some))).all():
                new = {name: traces.hidden(value, found)}
                db.session.execute(
                    update(table).where(table.c.id == id).values(new), execution_options=_QUIET
                )


def _some(found: Sequence[str]) -> Iterator[Sequence[str]]:
    return (found[start : start + SOME] for start in range(0, len(found), SOME))


def _holds(column: Any, some: Sequence[str]) -> ColumnElement[bool]:
    """The condition that JSON speaks of one of these, whichever way the database writes what is no ASCII."""
    ways = {form for trace in some for form in traces.written(trace)}
    return or_(*(cast(column, String).icontains(form, autoescape=True) for form in sorted(ways)))
