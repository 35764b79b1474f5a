"""The history of a record: every change set that touched it or its parts, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select

from blueprints.access.changed_rows import Row, rows_of
from blueprints.access.telling import Line
from blueprints.access.trail import told
from core import timelines
from core.changes import Change, ChangeSet
from core.db import db
from core.effects import MADE
from core.rights import Viewer
from core.timelines import RECORD_ID, Asked

SIZE = 20


@dataclass(frozen=True)
class Entry:
    """One set in the history of a record."""

    change_set: ChangeSet
    rows: Sequence[Row]


@dataclass(frozen=True)
class History:
    """A page of a record's history; `after` is the cursor of the next, None on the last."""

    entries: Sequence[Entry]
    after: int | None


def history_of(table: str, id: int, viewer: Viewer, after: str = "") -> History:
    """The history of a record that the person may see (the caller has made sure), newest first; a cursor that cannot be
    read is the first page.
    """
    cursor = int(after) if after.isdecimal() and len(after) < 19 else None
    mine = (Change.root_table == table) & or_(Change.root_id == id, Change.also_id == id) & told(viewer)
    sets = select(Change.set_id).where(mine).distinct().order_by(Change.set_id.desc()).limit(SIZE + 1)
    ids = db.session.scalars(sets.where(Change.set_id < cursor) if cursor else sets).all()
    shown = ids[:SIZE]
    by_set: dict[int, list[Change]] = defaultdict(list)
    within = select(Change).where(mine, Change.set_id.in_(shown)).order_by(Change.id)
    for change in db.session.scalars(within):
        by_set[change.set_id].append(change)
    entries = _entries(shown, by_set, viewer)
    return History(entries, shown[-1] if len(ids) > SIZE else None)


def _entries(ids: Sequence[int], by_set: Mapping[int, Sequence[Change]], viewer: Viewer) -> list[Entry]:
    every = [change for id in ids for change in by_set[id]]
    rows: dict[int, list[Row]] = defaultdict(list)
    for change, row in rows_of(every, viewer):
        rows[change.set_id].append(row)
    sets = {s.id: s for s in db.session.scalars(select(ChangeSet).where(ChangeSet.id.in_(ids)))}
    return [Entry(sets[id], rows[id]) for id in ids]


@dataclass(frozen=True)
class Told:
    """One change of a record's own columns in words; one that made it has no lines."""

    id: int
    change_set: ChangeSet
    lines: Sequence[Line]


def changers(table: str, id: int, columns: Sequence[str]) -> Select[Any]:
    """The ids of the people who changed one of these columns of a record, or made it."""
    return select(ChangeSet.user_id).join(Change).where(_touches(table, id, columns))


def changes_of(
    table: str, columns: Sequence[str], labels: Collection[str], asked: Asked, kind: str
) -> Iterator[Told]:
    """What was changed in these columns of a record, for its timeline; of each change just the fields so called."""
    rows: Sequence[Any] = timelines.rows(_changed, asked, table, tuple(columns), kind).all()
    said = {
        change.id: row.lines
        for change, row in rows_of([r[0] for r in rows if r[0].action != MADE], asked.viewer)
    }
    for change, change_set in rows:
        lines = [line for line in said.get(change.id, ()) if line.label in labels]
        if lines or change.action == MADE:
            yield Told(change.id, change_set, lines)


def _changed(asked: Asked, table: str, columns: Sequence[str], kind: str) -> Select[Any]:
    found: Any = select(Change, ChangeSet).join(ChangeSet).where(_touches(table, RECORD_ID, columns))
    if asked.author is not None:
        found = found.where(ChangeSet.user_id == asked.author)
    return timelines.newest(found, asked, kind, ChangeSet.at, Change.id)


def _touches(table: str, id: Any, columns: Sequence[str]) -> ColumnElement[bool]:
    named = [cast(Change.before, Text).contains(f'"{column}"', autoescape=True) for column in columns]
    return (Change.record_table == table) & (Change.record_id == id) & or_(Change.action == MADE, *named)
