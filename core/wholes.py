"""Everything that hangs on a record: its rows of every area, and the rows that hang on those, read from the models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.bulk import chunks
from core.db import Model, db
from core.effects import children_of
from core.erasures import Erasure

Row = Mapping[str, Any]
Whole = dict[str, dict[int, Row]]
NO_PART = frozenset({Erasure.__tablename__})


def whole_of(table: str, ids: Iterable[int]) -> Whole:
    """Table → id → row by column, of these records and of all that refers to them, directly or not.

    A statement for each reference and chunk; a row that refers to two of them is there once.
    """
    found: Whole = defaultdict(dict)
    waiting: list[tuple[str, Sequence[int]]] = [(table, sorted(ids))]
    _add(found, table, _rows(Model.metadata.tables[table], "id", waiting[0][1]))
    while waiting:
        parent, some = waiting.pop()
        for model, column, refers in children_of(parent):
            if model.__tablename__ in NO_PART:
                continue
            rows = _rows(model.__table__, column.name, some, refers)
            fresh = _add(found, str(model.__tablename__), rows)
            if fresh:
                waiting.append((str(model.__tablename__), fresh))
    return found


def _rows(table: Any, column: str, ids: Sequence[int], *conditions: Any) -> list[Row]:
    found: list[Row] = []
    for chunk in chunks(ids):
        wanted = select(table).where(table.c[column].in_(chunk), *conditions).order_by(table.c.id)
        found += [dict(row) for row in db.session.execute(wanted).mappings()]
    return found


def _add(found: Whole, table: str, rows: Iterable[Row]) -> list[int]:
    """Put rows to the others; answers the ids of those that were not there yet."""
    fresh = [row for row in rows if row["id"] not in found[table]]
    found[table].update((row["id"], row) for row in fresh)
    return [row["id"] for row in fresh]


def in_order(whole: Whole) -> list[str]:
    """The tables of a whole, each before those that refer to it."""
    return [table.name for table in Model.metadata.sorted_tables if whole.get(table.name)]
