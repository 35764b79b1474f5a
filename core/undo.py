"""Take back what a change set did. Later edits of the same field are conflicts: shown, and kept unless chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core import changes, clock, events, kinds
from core.changes import Change, ChangeSet
from core.db import Model, db
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.rights import Right, Viewer
from core.tracked import Tracked, attribute_of, decoded, encoded, model_of, recorded_columns
from core.verbs import verb_of
from core.words import _

UNDO_FOR = timedelta(days=30)
CHUNK = 500


@dataclass(frozen=True)
class Conflict:
    """Something that undo would overwrite: it was `after`, is `current` by now, and was `before` at first.

    For a row that was created: `field` is empty and `later` says that it was changed or used since.
    """

    change: Change
    field: str
    before: Any
    current: Any

    @property
    def key(self) -> str:
        """Names the conflict in the form that asks."""
        return f"{self.change.id}.{self.field}"


@dataclass
class Plan:
    """What undoing a set would do: rows to put back, and what stands in the way."""

    change_set: ChangeSet
    steps: list[tuple[Change, Tracked | None]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def check(change_set: ChangeSet, viewer: Viewer) -> None:
    """Raises RuleBroken for what cannot be undone (any more), Refused for what is not this person's to undo."""
    right = verb_of(change_set.verb).undo
    if right is None:
        raise RuleBroken(_("This cannot be undone as a whole."))
    if clock.now() - change_set.at > UNDO_FOR:
        raise RuleBroken(_("This can be undone for 30 days only."))
    if db.session.scalar(select(ChangeSet.id).where(ChangeSet.undoes_id == change_set.id)) is not None:
        raise RuleBroken(_("This has been undone already."))
    _check_roots(change_set, right, viewer)


def _check_roots(change_set: ChangeSet, right: Right, viewer: Viewer) -> None:
    """Every touched record through the right, in the bin or out of it; one's own acts need only to be seen."""
    if not viewer.may(right) and change_set.user_id != viewer.id:
        raise Refused(refusal(right))
    touched = defaultdict(set)
    for table, id in db.session.execute(
        select(Change.root_table, Change.root_id).where(Change.set_id == change_set.id).distinct()
    ).tuples():
        touched[table].add(id)
    for table, ids in touched.items():
        if not kinds.is_kind(table):
            continue
        kind = kinds.kind_of(table)
        for chunk in _chunks(sorted(ids)):
            if len(_reached(kind, viewer, right, chunk)) != len(_existing(kind, chunk)):
                raise Refused(refusal(right))


def _reached(kind: kinds.Kind, viewer: Viewer, right: Right, ids: Sequence[int]) -> Collection[int]:
    within = kind.policy.within(viewer, right)
    return db.session.scalars(select(kind.model.id).where(kind.model.id.in_(ids), within)).all()


def _existing(kind: kinds.Kind, ids: Sequence[int]) -> Collection[int]:
    return db.session.scalars(select(kind.model.id).where(kind.model.id.in_(ids))).all()


def plan(change_set: ChangeSet) -> Plan:
    """Compare what a set left behind with what is there now. The number of statements depends on tables, not rows."""
    made = Plan(change_set)
    rows = db.session.scalars(select(Change).where(Change.set_id == change_set.id).order_by(Change.id.desc())).all()
    by_table: dict[str, list[Change]] = defaultdict(list)
    for row in rows:
        by_table[row.record_table].append(row)
    present = {table: _present(table, [c.record_id for c in found]) for table, found in by_table.items()}
    used = {table: _used_since(table, found, change_set) for table, found in by_table.items()}
    for change in rows:
        record = present[change.record_table].get(change.record_id)
        made.steps.append((change, record))
        made.conflicts += _conflicts(change, record, change.record_id in used[change.record_table])
    return made


def _present(table: str, ids: Sequence[int]) -> dict[int, Tracked]:
    model = model_of(table)
    found: dict[int, Tracked] = {}
    for chunk in _chunks(ids):
        found.update((row.id, row) for row in db.session.scalars(select(model).where(model.id.in_(chunk))))
    return found


def _used_since(table: str, found: Sequence[Change], change_set: ChangeSet) -> set[int]:
    """Of the rows that the set created: those changed later, or pointed at by rows that are not of this set."""
    created = [change.record_id for change in found if change.action == "insert"]
    used: set[int] = set()
    for chunk in _chunks(created):
        later = select(Change.record_id).where(
            Change.record_table == table, Change.record_id.in_(chunk), Change.set_id > change_set.id
        )
        used.update(db.session.scalars(later))
        for child, column in _children(table):
            own = select(Change.record_id).where(Change.set_id == change_set.id, Change.record_table == child.__tablename__)
            strangers = select(column).where(column.in_(chunk), child.id.not_in(own))
            used.update(db.session.scalars(strangers))
    return used


def _children(table: str) -> Iterable[tuple[type[Tracked], Any]]:
    for mapper in Model.registry.mappers:
        if not issubclass(mapper.class_, Tracked):
            continue
        for column in mapper.class_.__table__.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                yield mapper.class_, column


def _conflicts(change: Change, record: Tracked | None, used: bool) -> list[Conflict]:
    if change.action == "insert":
        return [Conflict(change, "", None, None)] if record is not None and used else []
    if change.action == "delete" or record is None:
        return []
    before, after = change.before or {}, change.after or {}
    return [
        Conflict(change, name, before[name], current)
        for name in before
        if (current := encoded(getattr(record, attribute_of(type(record), name)))) != _normal(record, name, after[name])
    ]


def undo(change_set: ChangeSet, viewer: Viewer, overwrite: Collection[str] = ()) -> Plan:
    """Take a set back; of what was edited later only the conflicts named in `overwrite` are taken back too."""
    check(change_set, viewer)
    made = plan(change_set)
    changes.record("undone", undoes_id=change_set.id)
    kept = {conflict.key for conflict in made.conflicts} - set(overwrite)
    touched: dict[str, set[int]] = defaultdict(set)
    table = ""
    for change, record in made.steps:
        if change.record_table != table:
            # Children were made after their parents and go before them: the steps run backwards, a table at a time.
            db.session.flush()
            table = change.record_table
        _take_back(change, record, kept)
        if change.root_id is not None:
            touched[change.root_table].add(change.root_id)
    db.session.flush()
    for root, ids in touched.items():
        events.tell("records.undone", table=root, ids=sorted(ids))
        if kinds.is_kind(root) and (refresh := kinds.kind_of(root).refresh):
            refresh(sorted(ids))
    return made


def _take_back(change: Change, record: Tracked | None, kept: Collection[str]) -> None:
    if change.action == "insert":
        if record is not None and f"{change.id}." not in kept:
            db.session.delete(record)
    elif change.action == "delete":
        if record is None:
            _make_again(change)
    elif record is not None:
        for name, value in (change.before or {}).items():
            if f"{change.id}.{name}" not in kept:
                setattr(record, attribute_of(type(record), name), decoded(record.__table__.c[name], value))


def _make_again(change: Change) -> None:
    model = model_of(change.record_table)
    again = model(id=change.record_id, version=change.record_version + 1)
    for column in recorded_columns(model):
        if column.name in (change.before or {}):
            setattr(again, attribute_of(model, column.name), decoded(column, (change.before or {})[column.name]))
    events.tell("record.made_again", record=again)
    db.session.add(again)


def _normal(record: Tracked, name: str, value: Any) -> Any:
    """A stored value as `encoded` writes it now, whichever of the writers stored it."""
    return encoded(decoded(record.__table__.c[name], value))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
