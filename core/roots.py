"""Records by table and id, as histories and change sets name them, and which of them fulfil a condition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, select

from core import kinds
from core.bulk import chunks
from core.conditions import tried
from core.db import db
from core.kinds import Kind

Root = tuple[str, int | None]


def those(roots: Iterable[Root], condition: Callable[[Kind], ColumnElement[bool]]) -> set[Root]:
    """Of these records those of a declared kind that fulfil its condition; a statement for each table and chunk."""
    by_table: dict[str, set[int]] = defaultdict(set)
    for table, id in roots:
        if id is not None and kinds.is_kind(table):
            by_table[table].add(id)
    found: set[Root] = set()
    for table, ids in by_table.items():
        kind = kinds.kind_of(table)
        for chunk in chunks(sorted(ids)):
            rows = select(kind.model.id).where(kind.model.id.in_(chunk), tried(condition(kind)))
            found.update((table, id) for id in db.session.scalars(rows))
    return found
