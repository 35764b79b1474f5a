"""What a change set did to each row, all in all, and what has become of these rows since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.bulk import chunks
from core.change_sets import Change, ChangeSet
from core.db import Model, db
from core.tracked import Tracked, decoded, model_of

MADE, CHANGED, DELETED = "insert", "update", "delete"


@dataclass(frozen=True)
class Effect:
    """What a set did to one row: made, changed or deleted it.

    `before` and `after` hold columns as Python values, `row` the row as it is now (None: not there).
    `edited` and `used` tell of a row that the set made whether it was changed later, and whether rows refer to
    it that the set did not make.
    """

    change: Change
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    row: Mapping[str, Any] | None
    edited: bool = False
    used: bool = False

    @property
    def table(self) -> str:
        return self.change.record_table


def difference(change: Change) -> dict[str, tuple[Any, Any]]:
    """Column → value before and after, of what a change of a row really changed."""
    columns: Any = model_of(change.record_table).__table__.c
    before, after = change.before or {}, change.after or {}
    known = [name for name in before if name in columns and name in after]
    pairs = {
        name: (decoded(columns[name], before[name]), decoded(columns[name], after[name])) for name in known
    }
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def copy_of(change: Change) -> dict[str, Any]:
    """The row that a change deleted, column → value."""
    columns: Any = model_of(change.record_table).__table__.c
    return {
        name: decoded(columns[name], value)
        for name, value in (change.before or {}).items()
        if name in columns
    }


def effects_of(change_set: ChangeSet) -> list[Effect]:
    """What a set did, a row each; what it made and deleted again is left out."""
    rows = db.session.scalars(select(Change).where(Change.set_id == change_set.id).order_by(Change.id)).all()
    by_table: dict[str, dict[int, list[Change]]] = defaultdict(lambda: defaultdict(list))
    for change in rows:
        by_table[change.record_table][change.record_id].append(change)
    return [effect for table, found in by_table.items() for effect in _effects(table, found, change_set)]


def _effects(table: str, found: Mapping[int, Sequence[Change]], change_set: ChangeSet) -> Iterable[Effect]:
    made = sorted(id for id, history in found.items() if history[0].action == MADE)
    present = _present(table, found)
    edited, used = _edited_since(table, made, change_set), _used_since(table, made, change_set)
    for id, history in found.items():
        first, last = history[0], history[-1]
        if first.action == MADE and last.action == DELETED:
            continue
        before, after = _sum(history)
        action = first.action if first.action == MADE else last.action
        yield Effect(first, action, before, after, present.get(id), id in edited, id in used)


def _sum(history: Sequence[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a row held before the first and after the last of its changes in one set."""
    before = copy_of(history[-1]) if history[-1].action == DELETED else {}
    after: dict[str, Any] = {}
    earlier: dict[str, Any] = {}
    for change in history:
        if change.action == CHANGED:
            for name, (old, new) in difference(change).items():
                earlier.setdefault(name, old)
                after[name] = new
    return {**before, **earlier}, after


def _present(table: str, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    columns: Any = model_of(table).__table__
    found: dict[int, Mapping[str, Any]] = {}
    for chunk in chunks(sorted(ids)):
        rows = db.session.execute(select(columns).where(columns.c.id.in_(chunk))).mappings()
        found.update((row["id"], dict(row)) for row in rows)
    return found


def _edited_since(table: str, made: Sequence[int], change_set: ChangeSet) -> set[int]:
    edited: set[int] = set()
    for chunk in chunks(made):
        later = (Change.record_table == table) & Change.record_id.in_(chunk) & (Change.set_id > change_set.id)
        edited.update(db.session.scalars(select(Change.record_id).where(later)))
    return edited


def _used_since(table: str, made: Sequence[int], change_set: ChangeSet) -> set[int]:
    used: set[int] = set()
    for chunk in chunks(made):
        for child, column in children_of(table):
            own = select(Change.record_id).where(
                Change.set_id == change_set.id, Change.record_table == child.__tablename__
            )
            strangers = child.__table__.c.id.not_in(own)
            used.update(db.session.scalars(select(column).where(column.in_(chunk), strangers)))
    return used


def children_of(table: str) -> Iterable[tuple[type[Tracked], Any]]:
    """Every model with a column that refers to rows of a table."""
    for mapper in Model.registry.mappers:
        if issubclass(mapper.class_, Tracked):
            for column in mapper.class_.__table__.columns:
                if any(key.column.table.name == table for key in column.foreign_keys):
                    yield mapper.class_, column
