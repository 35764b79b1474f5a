"""Erasing a record for good: its rows of every area, what the trail holds of them, and what is told of them elsewhere.

Nothing of it is recorded but that it was done. Every row that hangs on the record is deleted, in whatever area it is,
unless a table is declared as one of which something must be kept; of those rows just the declared columns stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import String, delete, select, update

from core import bulk, changes, clock, erasure_log, events, sealing, texts, wholes
from core.bulk import chunks
from core.change_sets import Change, ChangeSet
from core.db import Model, db
from core.effects import children_of
from core.erasures import Erasure, hashed
from core.notifications import Notification
from core.tracked import Tracked, model_of
from core.wholes import Whole

Past = Sequence[tuple[str, Mapping[str, Any]]]
AROUND = {"recorded": True, "synchronize_session": False}


@dataclass(frozen=True)
class Remainder:
    """What must be kept of the rows of a table, and why. All other columns are emptied; `blank` says what stands from
    then on in some of them: a value, or what makes an expression of the table.
    """

    table: str
    columns: frozenset[str]
    why: Any
    label: Any
    blank: Mapping[str, Any] | None = None


_remainders: dict[str, Remainder] = {}


def keep(table: str, columns: Iterable[str], *, why: Any, label: Any, **blank: Any) -> None:
    """Declare that rows of a table stay when the record is erased on which they hang, with just these columns."""
    _remainders[table] = Remainder(table, frozenset(columns), why, label, blank)


def remainder_of(table: str) -> Remainder | None:
    """What is kept of the rows of a table; None if nothing is."""
    return _remainders.get(table)


@dataclass(frozen=True)
class Order:
    """What is to be erased: records of a table, those that were merged into them among them; when, by whom, and why."""

    table: str
    numbers: Mapping[int, str]
    ground: str
    reason: str | None = None
    by_id: int | None = None

    @property
    def ids(self) -> list[int]:
        return sorted(self.numbers)


def erase(order: Order, verb: str) -> Whole:
    """Erase records with all that hangs on them; answers what was there. What lies outside of the database is not
    touched: an area that knows of some listens to `record.erased`.
    """
    changes.record(verb)
    sealing.hold()
    whole = wholes.whole_of(order.table, order.ids)
    # An area adds what hangs on the record in no way that the models tell
    events.tell("record.gathered", order=order, whole=whole)
    found = _changes_of(order, whole)
    # While the rows are still there: an area that keeps something derived of them, or beside them. It answers which
    # changes of its own, as set and id, are to be forgotten as well
    for told in events.ask("record.erasing", order=order, whole=whole, past=_past(found)):
        found |= told
    _delete(order, whole)
    bulk.read_again()
    _forget_payloads(found)
    _forget_told(order)
    at = clock.now()
    db.session.add_all(
        Erasure(
            record_table=order.table, record_id=id, number_hash=hashed(number), at=at, by_id=order.by_id,
            ground=order.ground, reason=order.reason,
        )
        for id, number in order.numbers.items()
    )  # fmt: skip
    db.session.flush()
    own = changes.set_id()
    sealing.erase(sealing.SETS, {set_id for set_id, _change in found} - {own})
    erasure_log.write_when_committed(Path(current_app.extensions["huifang"].data))
    events.tell("record.erased", order=order, whole=whole)
    return whole


def blank(model: type[Tracked], values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write over texts that tell of what is erased, in rows that stay: id → columns. It is not recorded."""
    table: Any = model.__table__
    for id, row in values.items():
        db.session.execute(update(table).where(table.c.id == id).values(**row), execution_options=AROUND)


def _delete(order: Order, whole: Whole) -> None:
    """Those that refer to others go first. What hangs on a record that stays only lets go, where it can do without."""
    for name in reversed(wholes.in_order(whole)):
        remainder = _remainders.get(name)
        let_go = _let_go(order, name, whole)
        ids = [id for id in whole[name] if id not in let_go]
        if remainder is None:
            _run(delete, name, ids)
            bulk.let_go(model_of(name), set(ids))
        elif emptied := _emptied(name, remainder):
            _run(update, name, ids, emptied)
            texts.follow(name, ids)


def _let_go(order: Order, name: str, whole: Whole) -> set[int]:
    """Rows that are seen through a record that stays (be it that only a part of it goes), and may do without what
    goes: they refer to it no more.
    """
    model = model_of(name)
    if name == order.table or model.root_column is None or model.root_table_column is not None:
        return set()
    whole_goes = _root_table(model) == order.table
    if not whole_goes and name not in _remainders:
        return set()
    let_go: set[int] = set()
    for column in model.__table__.c:
        gone = {id for key in column.foreign_keys for id in whole.get(key.column.table.name, {})}
        if not column.nullable or not gone or column.name == model.root_column:
            continue
        stays = [
            id
            for id, row in whole[name].items()
            if row[column.name] in gone and not (whole_goes and row[model.root_column] in order.numbers)
        ]
        if stays:
            changes.bulk_update(model, model.__table__.c.id.in_(stays), {column.name: None})
            let_go.update(stays)
    return let_go


def _root_table(model: Any) -> str:
    column = model.__table__.c[model.root_column]
    return str(next(iter(column.foreign_keys)).column.table.name)


def _emptied(name: str, remainder: Remainder) -> dict[str, Any]:
    """What the columns hold that are not kept."""
    table: Any = Model.metadata.tables[name]
    blank = remainder.blank or {}
    values = {name: value(table) if callable(value) else value for name, value in blank.items()}
    own = {"id", "version", "created_at", "updated_at", *remainder.columns, *values}
    for column in table.columns:
        if column.name in own or column.computed is not None:
            continue
        if column.nullable:
            values[column.name] = None
        elif isinstance(column.type, String):
            values[column.name] = ""
    return values


def _run(how: Any, name: str, ids: Sequence[int], values: Mapping[str, Any] | None = None) -> None:
    table: Any = Model.metadata.tables[name]
    for chunk in chunks(sorted(ids)):
        statement = how(table).where(table.c.id.in_(chunk))
        db.session.execute(statement.values(values) if values else statement, execution_options=AROUND)


def _changes_of(order: Order, whole: Whole) -> set[tuple[int, int]]:
    """Set and id of every change that says something of what is erased."""
    roots = Change.root_table == order.table
    ways = [roots & Change.root_id.in_(order.ids), roots & Change.also_id.in_(order.ids)]
    for name, rows in whole.items():
        ways += [
            (Change.record_table == name) & Change.record_id.in_(chunk) for chunk in chunks(sorted(rows))
        ]
    found: set[tuple[int, int]] = set()
    for way in ways:
        said = db.session.execute(select(Change.set_id, Change.id).where(way))
        found |= {(row.set_id, row.id) for row in said}
    return found | _of_parts(order, whole)


def _of_parts(order: Order, whole: Whole) -> set[tuple[int, int]]:
    """Of a record that is a part of others: what the trail of those says of rows that hung on it and are gone."""
    found: set[tuple[int, int]] = set()
    for model, column, _refers in children_of(order.table):
        if model.root_column is None or model.root_table_column is not None:
            continue
        table = _root_table(model)
        if table == order.table:
            continue
        roots = {row[model.root_column] for row in whole.get(str(model.__tablename__), {}).values()}
        own = model_of(order.table).root_column or ""
        roots |= {row[own] for row in whole[order.table].values() if own in row}
        said = select(Change.set_id, Change.id, Change.before, Change.after).where(
            Change.root_table == table, Change.root_id.in_(roots), Change.record_table == model.__tablename__
        )
        for row in db.session.execute(said):
            if any((state or {}).get(column.name) in order.numbers for state in (row.before, row.after)):
                found.add((row.set_id, row.id))
    return found


def _past(found: Iterable[tuple[int, int]]) -> Past:
    """What the rows held in the course of time, as far as the trail knows."""
    states: list[tuple[str, Mapping[str, Any]]] = []
    for chunk in chunks(sorted(change_id for _set, change_id in found)):
        said = select(Change.record_table, Change.before, Change.after).where(Change.id.in_(chunk))
        for table, before, after in db.session.execute(said):
            states += [(table, state) for state in (before, after) if state]
    return states


def _forget_payloads(found: Iterable[tuple[int, int]]) -> None:
    pairs = sorted(found)
    for chunk in chunks([change_id for _set, change_id in pairs]):
        gone = update(Change).where(Change.id.in_(chunk)).values(before=None, after=None)
        db.session.execute(gone, execution_options=AROUND)
    for chunk in chunks(sorted({set_id for set_id, _change in pairs})):
        gone = update(ChangeSet).where(ChangeSet.id.in_(chunk), ChangeSet.reason.is_not(None))
        db.session.execute(gone.values(reason=None), execution_options=AROUND)


def _forget_told(order: Order) -> None:
    """Nobody is told any more of what is gone."""
    about = (Notification.record_table == order.table) & Notification.record_id.in_(order.ids)
    db.session.execute(delete(Notification).where(about), execution_options=AROUND)
