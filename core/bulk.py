"""Writes to many rows in a few statements, recorded like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    column,
    delete,
    func,
    insert,
    inspect,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import table as lightweight
from sqlalchemy.orm.exc import StaleDataError

from core import clock, texts
from core.change_sets import Change, written
from core.db import Json, db
from core.tracked import Tracked, keepers, kept, root_table_of

Item = TypeVar("Item")
CHUNK = 500
_CHANGES: Any = Change.__table__


def bulk_insert(model: type[Tracked], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Make rows, given by column, each in a change of its own; what a row does not name gets its default.

    Answers the ids in the order of the rows.
    """
    table: Any = model.__table__
    db.session.flush()
    ids: list[int] = []
    for chunk in chunks(rows):
        set_id = written(db.session(), table.name).id
        made = _reserved(table, len(chunk))
        put(table, [{**row, "id": id} for row, id in zip(chunk, made, strict=True)])
        texts.added(model, made, chunk)
        picked = _picked(model, set_id, "insert", table.c.version).where(table.c.id.in_(made))
        _execute(insert(Change).from_select(_columns(model), picked.order_by(table.c.id)))
        ids += made
    return ids


def _reserved(table: Any, count: int) -> Sequence[int]:
    """So many ids that nobody else gets. On SQLite nobody else writes meanwhile."""
    if _on_sqlite():
        last = select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == table.name)
        first = (db.session.scalar(last) or 0) + 1
        return range(first, first + count)
    sequence = func.pg_get_serial_sequence(table.name, "id")
    return db.session.scalars(
        select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    ).all()


_SEQUENCE = lightweight("sqlite_sequence", column("name", String), column("seq", Integer))


def put(table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows into a table at the speed of the driver, recorded by whoever calls; what a row does not name gets its
    default.
    """
    if not rows:
        return
    connection = db.session.connection()
    named = {name for row in rows for name in row}
    defaults = {c.name: _default(c) for c in table.columns if c.name in named or c.default is not None}
    statement, names, ways = _insertion(table, tuple(defaults), connection.dialect)
    columns: list[Iterable[Any]] = []
    for name in names:
        way, default = ways[name], defaults[name]
        if name not in named:
            columns.append(repeat(default if way is None else way(default), len(rows)))
        else:
            values = [row.get(name, default) for row in rows]
            columns.append(values if way is None else map(way, values))
    shaped = zip(*columns, strict=True)
    positional = connection.dialect.positional
    connection.exec_driver_sql(
        statement, list(shaped) if positional else [dict(zip(names, row, strict=True)) for row in shaped]
    )


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg if column.default.is_scalar else column.default.arg(None)


@lru_cache(64)
def _insertion(
    table: Any, names: tuple[str, ...], dialect: Any
) -> tuple[str, Sequence[str], Mapping[str, Callable[[Any], Any] | None]]:
    """The statement that inserts these columns, in which order, and what makes the driver's values of theirs."""
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=names)
    ways = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    return str(compiled), compiled.positiontup or names, ways


def bulk_update(model: type[Tracked], where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Set the same values (by column) on all rows that match, in two statements. Answers how many changed.

    Rows that hold the values already are left alone.
    """
    table: Any = model.__table__
    db.session.flush()
    set_id = written(db.session(), table.name).id
    matching = where & or_(*(table.c[name].is_distinct_from(value) for name, value in values.items()))
    picked = _picked(model, set_id, "update", table.c.version + 1).add_columns(
        _json_object({name: _as_json(table.c[name]) for name in values}),
        literal({name: kept(table.c[name], value) for name, value in values.items()}, Json),
    )
    _execute(
        insert(Change).from_select(
            [*_columns(model), "before", "after"],
            picked.where(matching).order_by(table.c.id).with_for_update(),
        )
    )
    # Only what has just been written down: others may have made more rows match since.
    recorded = select(Change.record_id).where(Change.set_id == set_id, Change.record_table == table.name)
    changed = update(table).where(matching, table.c.id.in_(recorded))
    count = _execute(changed.values(**values, version=table.c.version + 1, updated_at=clock.now()))
    if texts.reads(model, values):
        texts.mend(model, db.session.scalars(recorded).all())
    read_again()
    return count


def _picked(model: type[Tracked], set_id: int | None, action: str, version: Any) -> Select[Any]:
    """Selects what a change says of each row, but for before and after."""
    table: Any = model.__table__
    root_table = root_table_of(model)
    also = [table.c[model.also_column]] if model.also_column else []
    return select(
        literal(set_id), literal(action), literal(table.name), table.c.id,
        literal(root_table) if root_table else table.c[model.root_table_column],
        table.c[model.root_column or "id"], version, *also,
    )  # fmt: skip


def _columns(model: type[Tracked]) -> list[str]:
    also = ["also_id"] if model.also_column else []
    names = ["set_id", "action", "record_table", "record_id", "root_table", "root_id", "record_version"]
    return names + also


def bulk_restore(model: type[Tracked], rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
    """Set other values on each row: pairs of the row as it was read and of what changes, both by column.

    Raises StaleDataError if one was changed since it was read.
    """
    table: Any = model.__table__
    db.session.flush()
    for chunk in chunks([pair for pair in rows if pair[1]]):
        set_id = written(db.session(), table.name).id
        put(_CHANGES, [_update_values(model, set_id, *pair) for pair in chunk])
        names = sorted({name for _row, values in chunk for name in values})
        statement = (
            update(table)
            .where(table.c.id == bindparam("row_id"), table.c.version == bindparam("row_version"))
            .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
            .values(version=table.c.version + 1, updated_at=clock.now())
        )
        if _execute(statement, [_parameters(names, *pair) for pair in chunk]) != len(chunk):
            raise StaleDataError(f"rows of {table.name} were changed meanwhile")
        if texts.reads(model, names):
            texts.mend(model, [row["id"] for row, _values in chunk])
    read_again()


def _update_values(
    model: type[Tracked], set_id: int | None, row: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    columns: Any = model.__table__.c
    before = {name: kept(columns[name], row[name]) for name in values}
    after = {name: kept(columns[name], value) for name, value in values.items()}
    return {**_change_of(model, set_id, row, "update", 1), "before": before, "after": after}


def _change_of(
    model: type[Tracked], set_id: int | None, row: Mapping[str, Any], action: str, step: int
) -> dict[str, Any]:
    also = {"also_id": row[model.also_column]} if model.also_column else {}
    return {
        "set_id": set_id, "action": action, "record_table": model.__tablename__, "record_id": row["id"],
        "root_table": root_table_of(model) or row[str(model.root_table_column)],
        "root_id": row[model.root_column or "id"],
        "record_version": row["version"] + step, **also,
    }  # fmt: skip


def _parameters(names: Sequence[str], row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What one row becomes; every row of a statement names the same columns, if only with what it holds."""
    new = {f"new_{name}": values.get(name, row[name]) for name in names}
    return {"row_id": row["id"], "row_version": row["version"], **new}


def bulk_delete(model: type[Tracked], ids: Iterable[int]) -> int:
    """Delete rows, a copy of each in its change. Answers how many there were."""
    table: Any = model.__table__
    db.session.flush()
    count = 0
    for chunk in chunks(sorted(ids, reverse=True)):
        found = select(table).where(table.c.id.in_(chunk)).order_by(table.c.id.desc()).with_for_update()
        count += _delete(model, [dict(row) for row in db.session.execute(found).mappings()])
    read_again()
    return count


def bulk_delete_held(model: type[Tracked], rows: Iterable[Mapping[str, Any]]) -> int:
    """Delete rows, given by column as they are: nobody else can have changed them. Answers how many there were."""
    db.session.flush()
    last_first = sorted(rows, key=lambda row: row["id"], reverse=True)
    count = sum(_delete(model, chunk) for chunk in chunks(last_first))
    read_again()
    return count


def _delete(model: type[Tracked], rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    table: Any = model.__table__
    set_id = written(db.session(), table.name).id
    put(_CHANGES, [_delete_values(model, set_id, row) for row in rows])
    ids = [row["id"] for row in rows]
    count = _execute(delete(table).where(table.c.id.in_(ids)))
    let_go(model, set(ids))
    return count


def _delete_values(model: type[Tracked], set_id: int | None, row: Mapping[str, Any]) -> dict[str, Any]:
    before = {name: row[name] if keep is None else keep(row[name]) for name, keep in keepers(model)}
    return {**_change_of(model, set_id, row, "delete", 0), "before": before, "after": None}


def read_again() -> None:
    """Let business rows that the session holds be read from the database when they are next looked at."""
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Tracked):
            db.session.expire(row)


def let_go(model: type[Tracked], ids: set[int]) -> None:
    """Rows are told by their key in the session: what is deleted cannot be read again to learn its id."""
    for row in list(db.session.identity_map.values()):
        if isinstance(row, model) and (key := inspect(row).identity) and key[0] in ids:
            db.session.expunge(row)


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterable[Sequence[Item]]:
    """The items in pieces of at most so many."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _execute(statement: Any, parameters: Any = None) -> int:
    options = {"recorded": True, "synchronize_session": False}
    return int(getattr(db.session.execute(statement, parameters, execution_options=options), "rowcount", 0))


def _on_sqlite() -> bool:
    return bool(db.session.get_bind().dialect.name == "sqlite")


def _json_object(parts: Mapping[str, Any]) -> Any:
    pairs = [part for name, value in parts.items() for part in (literal(name), value)]
    return func.json_object(*pairs) if _on_sqlite() else func.jsonb_build_object(*pairs)


def _as_json(column: Any) -> Any:
    """A column as a member of a JSON object; SQLite would take JSON for a string."""
    return func.json(column) if isinstance(column.type, JSON) and _on_sqlite() else column
