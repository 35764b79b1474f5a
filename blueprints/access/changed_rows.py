"""Changes of rows in words: what was made, changed or deleted, and which of its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from blueprints.access.telling import Fact, Line, tell
from core import parts
from core.changes import Change
from core.db import db
from core.effects import CHANGED, DELETED, MADE, copy_of, difference
from core.rights import Viewer
from core.tracked import model_of


@dataclass(frozen=True)
class Row:
    """What happened to one row: made, changed or deleted. `part` is what it is, None for a record itself."""

    action: str
    part: Any
    lines: Sequence[Line]


def rows_of(found: Sequence[Change], viewer: Viewer) -> list[tuple[Change, Row]]:
    """Changes in words, those left out that have nothing to say; a constant number of statements."""
    present = _present(found)
    facts = [_fact(change, present.get((change.record_table, change.record_id), {})) for change in found]
    told = zip(found, tell(facts, viewer), strict=True)
    return [(change, _row(change, lines)) for change, lines in told if lines or change.action != CHANGED]


def _row(change: Change, lines: Sequence[Line]) -> Row:
    own = change.record_table == change.root_table
    part = None if own else parts.words_of(change.record_table, change.root_table).label
    return Row(change.action, part, lines)


def _fact(change: Change, row: Mapping[str, Any]) -> Fact:
    """What a change says: before and after; of a part that was made, what it is now."""
    values: Mapping[str, tuple[Any, ...]]
    if change.action == DELETED:
        row = copy_of(change)
        values = {name: (value, None) for name, value in row.items()}
    elif change.action == MADE:
        own = row if change.record_table != change.root_table else {}
        values = {name: (None, value) for name, value in own.items()}
    else:
        values = difference(change)
    return Fact(change.record_table, (change.root_table, change.root_id), values, row)


def _present(found: Sequence[Change]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The rows of changes as they are now, but for those of records themselves, which explain nothing."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in found:
        if change.action != DELETED and (change.record_table != change.root_table or _by_row(change)):
            wanted[change.record_table].add(change.record_id)
    rows: dict[tuple[str, int], Mapping[str, Any]] = {}
    for table, ids in wanted.items():
        columns: Any = model_of(table).__table__
        for row in db.session.execute(select(columns).where(columns.c.id.in_(sorted(ids)))).mappings():
            rows[table, row["id"]] = dict(row)
    return rows


def _by_row(change: Change) -> bool:
    return bool(parts.words_of(change.record_table, change.root_table).by_row)
