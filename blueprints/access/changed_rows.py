"""Changes of rows in words: what was made, changed or deleted, and which of its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    present, later = _present(found), _later(found)
    facts = [_fact(change, present.get(_key(change), {}), later.get(_key(change), ())) for change in found]
    told = zip(found, facts, tell(facts, viewer), strict=True)
    return [
        (change, _row(change, fact.row, lines))
        for change, fact, lines in told
        if lines or change.action != CHANGED
    ]


def _key(change: Change) -> tuple[str, int]:
    return change.record_table, change.record_id


def _row(change: Change, row: Mapping[str, Any], lines: Sequence[Line]) -> Row:
    own = change.record_table == change.root_table
    part = None if own else parts.words_of(change.record_table, change.root_table).title(row)
    return Row(change.action, part, lines)


def _fact(change: Change, row: Mapping[str, Any], later: Sequence[Change]) -> Fact:
    """What a change says: before and after; of a row that was made, what it was then."""
    values: Mapping[str, tuple[Any, ...]]
    if change.action == DELETED:
        row = copy_of(change)
        values = {name: (value, None) for name, value in row.items()}
    elif change.action == MADE:
        row = _as_made(change, row, later)
        values = {name: (None, value) for name, value in row.items() if value is not False}
    else:
        values = difference(change)
    return Fact(change.record_table, (change.root_table, change.root_id), values, row)


def _as_made(change: Change, row: Mapping[str, Any], later: Sequence[Change]) -> dict[str, Any]:
    """A creation keeps no copy: the row is what it is now, with all that was changed in it since put back."""
    made = dict(row)
    for after in reversed(later):
        if after.id > change.id:
            made.update(copy_of(after))
    return made


def _present(found: Sequence[Change]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The rows as they are now, of those changes that need them to be told."""
    rows: dict[tuple[str, int], Mapping[str, Any]] = {}
    for table, ids in _by_table(change for change in found if _needs_row(change)).items():
        columns: Any = model_of(table).__table__
        for row in db.session.execute(select(columns).where(columns.c.id.in_(sorted(ids)))).mappings():
            rows[table, row["id"]] = dict(row)
        rows.update(_deleted(table, [id for id in ids if (table, id) not in rows]))
    return rows


def _deleted(table: str, ids: Sequence[int]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Rows that are no more, as they were when they were deleted."""
    if not ids:
        return {}
    mine = (Change.record_table == table) & Change.record_id.in_(sorted(ids)) & (Change.action == DELETED)
    gone = db.session.scalars(select(Change).where(mine).order_by(Change.id))
    return {_key(change): copy_of(change) for change in gone}


def _needs_row(change: Change) -> bool:
    if change.action == CHANGED and change.record_table == change.root_table:
        return bool(parts.words_of(change.record_table, change.root_table).by_row)
    return change.action != DELETED


def _later(found: Sequence[Change]) -> dict[tuple[str, int], list[Change]]:
    """What was changed in rows that were made, oldest first."""
    later: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for table, ids in _by_table(change for change in found if change.action == MADE).items():
        mine = (Change.record_table == table) & Change.record_id.in_(sorted(ids)) & (Change.action != MADE)
        for change in db.session.scalars(select(Change).where(mine).order_by(Change.id)):
            later[_key(change)].append(change)
    return later


def _by_table(found: Iterable[Change]) -> dict[str, set[int]]:
    ids: dict[str, set[int]] = defaultdict(set)
    for change in found:
        ids[change.record_table].add(change.record_id)
    return ids
