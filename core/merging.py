"""Several records made one: all that refers to those that go refers to the one that stays.

What refers to them is read from the models, whatever area they belong to. Where a row would then be there twice (the
same tag on both), the two are folded into one. Everything is recorded, so that undo gives each its own again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint, event, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import changes, kinds
from core.change_sets import Change, opened
from core.db import db
from core.effects import children_of
from core.tracked import Tracked, recorded_columns

_left: dict[tuple[str, str], str] = {}


def leave(table: str, column: str, why: str) -> None:
    """Declare that a column goes on naming a record that was merged into another one, and why."""
    _left[table, column] = why


def left() -> Mapping[tuple[str, str], str]:
    """Table and column → why it is left as it is."""
    return _left


def references(table: str) -> Sequence[tuple[type[Tracked], Any, ColumnElement[bool]]]:
    """What moves along with records of a table: each model with the column that names them, and when it does."""
    return [found for found in children_of(table) if (found[0].__tablename__, found[1].name) not in _left]


def counts(table: str, ids: Sequence[int]) -> dict[str, dict[int, int]]:
    """Table → id → how many of its rows would move along with the record; one statement."""
    ways = [
        select(literal(model.__tablename__), column, func.count())
        .where(column.in_(ids), refers)
        .group_by(column)
        for model, column, refers in references(table)
    ]
    found: dict[str, dict[int, int]] = {}
    for name, id, count in db.session.execute(union_all(*ways)):
        of_table = found.setdefault(name, {})
        of_table[id] = of_table.get(id, 0) + count
    return found


def move(table: str, to: Mapping[int, int]) -> None:
    """Let all that refers to some records of a table refer to others: id of one that goes → id of the one that stays.

    The verb has been named. What stands in the way of a partial unique index the areas have settled before.
    """
    by_target: dict[int, list[int]] = defaultdict(list)
    for id, stays in to.items():
        by_target[stays].append(id)
    for model, column, refers in references(table):
        for names in _unique_with(model, column.name):
            fold(model, _twice(column, refers, names, to))
        for stays, gone in by_target.items():
            changes.bulk_update(model, column.in_(gone) & refers, {column.name: stays})


def _unique_with(model: type[Tracked], name: str) -> Iterable[Sequence[str]]:
    """The columns of each key that no two rows share, of those to which this column belongs."""
    table: Any = model.__table__
    keys = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys += [key for key in table.indexes if key.unique and not any(key.dialect_kwargs.values())]
    return [names for key in keys if name in (names := [column.name for column in key.columns])]


def _twice(
    column: Any, refers: ColumnElement[bool], names: Sequence[str], to: Mapping[int, int]
) -> dict[int, int]:
    """Rows that would have the key of another → that one: what is there already, else the oldest."""
    columns = column.table.c
    ids = {*to, *to.values()}
    rows = db.session.execute(select(columns.id, *(columns[n] for n in names)).where(column.in_(ids), refers))
    place = names.index(column.name)
    first: dict[tuple[Any, ...], int] = {}
    twice: dict[int, int] = {}
    for id, *values in sorted(rows, key=lambda row: (row[place + 1] in to, row[0])):
        values[place] = to.get(values[place], values[place])
        if None not in values and first.setdefault(tuple(values), id) != id:
            twice[id] = first[tuple(values)]
    return twice


def fold(model: type[Tracked], twice: Mapping[int, int]) -> None:
    """Make one row of several: id of one that goes → the one that stays, which takes from it what itself lacks."""
    if not twice:
        return
    _fill(model, twice)
    move(str(model.__tablename__), twice)
    changes.bulk_delete(model, twice)


def _fill(model: type[Tracked], twice: Mapping[int, int]) -> None:
    table: Any = model.__table__
    both = select(table).where(table.c.id.in_({*twice, *twice.values()}))
    rows = {row["id"]: dict(row) for row in db.session.execute(both).mappings()}
    lacking: dict[int, dict[str, Any]] = defaultdict(dict)
    for gone, stays in sorted(twice.items()):
        for column in recorded_columns(model):
            held = lacking[stays].get(column.name, rows[stays][column.name])
            if held in (None, False, "") and (value := rows[gone][column.name]) not in (None, False, ""):
                lacking[stays][column.name] = value
    changes.bulk_restore(model, [(rows[id], values) for id, values in lacking.items()])


@event.listens_for(db.session, "before_commit")
def _refuse_strays(session: Session) -> None:
    """Nothing is hung on a record that somebody has merged into another since it was looked for.

    Writers of parts do not lock the record. On SQLite they come one after another; on PostgreSQL whoever refers to a
    record that is just being merged waits for the end of it, and then finds it merged.
    """
    open_set = opened(session)
    if open_set is None or session.in_nested_transaction() or session.get_bind().dialect.name == "sqlite":
        return
    session.flush()
    for kind in kinds.kinds() if open_set.id is not None else ():
        if kind.merges is None:
            continue
        mine = Change.set_id == open_set.id
        just_merged = select(Change.record_id).where(mine, Change.record_table == kind.merges.__tablename__)
        stray = select(Change.id).join(kind.merges, kind.merges.gone_id == Change.root_id)
        stray = stray.where(mine, Change.root_table == kind.table, Change.record_table != kind.table)
        if session.scalar(stray.where(kind.merges.id.not_in(just_merged)).limit(1)) is not None:
            raise StaleDataError(f"records of {kind.table} were merged meanwhile")
