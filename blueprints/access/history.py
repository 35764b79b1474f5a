"""The history of a record: every change set that touched it or its parts, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from blueprints.access.changed_rows import Row, rows_of
from blueprints.access.trail import told
from core.changes import Change, ChangeSet
from core.db import db
from core.rights import Viewer

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


def history_of(table: str, id: int, viewer: Viewer, after: int | None = None) -> History:
    """The history of a record that the person may see (the caller has made sure), newest first."""
    mine = (Change.root_table == table) & or_(Change.root_id == id, Change.also_id == id) & told(viewer)
    sets = select(Change.set_id).where(mine).distinct().order_by(Change.set_id.desc()).limit(SIZE + 1)
    ids = db.session.scalars(sets.where(Change.set_id < after) if after else sets).all()
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
