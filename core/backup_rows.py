"""Tables in one portable form: a line of JSON for each row, the same on SQLite and PostgreSQL.

Read from the database itself, not from the models, so that a database of another version can be copied too. What the
database computes by itself (generated columns, full-text tables) is left out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Inspector,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from core.backup_file import TableFacts
from core.db import Json, UTCDateTime

ROWS_AT_ONCE = 1_000
OTHERS = ("alembic_version", "sqlite_", "queue_")  # known by the manifest, SQLite's own, and the queue's
TYPES: tuple[tuple[type[TypeEngine[Any]], TypeEngine[Any]], ...] = (
    (JSON, Json),
    (DateTime, UTCDateTime(timezone=True)),
    (Date, Date()),
    (Boolean, Boolean()),
    (LargeBinary, LargeBinary()),
    (Integer, Integer()),
    (String, String()),
)


def tables(connection: Connection) -> dict[str, Table]:
    """The tables that belong to a copy, by name, each with the columns that are stored."""
    inspector = inspect(connection)
    return {name: _table(inspector, name) for name in sorted(_names(connection, inspector))}


def _names(connection: Connection, inspector: Inspector) -> Iterator[str]:
    names = inspector.get_table_names()
    if connection.dialect.name == "sqlite":
        plain = connection.execute(text("SELECT name FROM pragma_table_list WHERE type = 'table'"))
        names = [name for (name,) in plain]
    return (name for name in names if not name.startswith(OTHERS))


def _table(inspector: Inspector, name: str) -> Table:
    key = inspector.get_pk_constraint(name)["constrained_columns"]
    stored = [found for found in inspector.get_columns(name) if "computed" not in found]
    columns = (Column(it["name"], _portable(it["type"]), primary_key=it["name"] in key) for it in stored)
    return Table(name, MetaData(), *columns)


def _portable(found: TypeEngine[Any]) -> TypeEngine[Any]:
    for known, ours in TYPES:
        if isinstance(found, known):
            return ours
    raise TypeError(f"a column of type {found!r} has no portable form")


class TableCopy:
    """Reads one table in blocks of lines, its columns in a given order; afterwards `facts` tells what was read."""

    def __init__(self, connection: Connection, table: Table, columns: list[str] | None = None) -> None:
        self._connection, self._table = connection, table
        self._columns = columns or list(table.c.keys())
        self._rows, self._sum = 0, hashlib.sha256()

    def blocks(self) -> Iterator[bytes]:
        """The lines of some hundred rows at a time, in the order of the key."""
        wanted = select(*(self._table.c[name] for name in self._columns)).order_by(
            *map(self._in_one_order, self._table.primary_key)
        )
        rows = self._connection.execute(wanted.execution_options(yield_per=ROWS_AT_ONCE))
        for some in rows.partitions():
            block = "".join([_ENCODE(list(row)) + "\n" for row in some]).encode()
            self._rows += len(some)
            self._sum.update(block)
            yield block

    def _in_one_order(self, key: Column[Any]) -> ColumnElement[Any]:
        """Text is sorted by its bytes on both databases."""
        is_text = isinstance(key.type, String)
        return key.collate("C") if is_text and self._connection.dialect.name == "postgresql" else key

    @property
    def facts(self) -> TableFacts:
        return TableFacts(self._columns, self._rows, self._sum.hexdigest(), self._highest())

    def _highest(self) -> int:
        sqlite = self._connection.dialect.name == "sqlite"
        return int(self._connection.scalar(_SQLITE_HIGHEST if sqlite else _HIGHEST, _key(self._table)) or 0)


def skip_ids(connection: Connection, table: Table, highest: int) -> None:
    """Give no id away again, up to the highest that ever was."""
    if not highest:
        return
    values = _key(table) | {"highest": highest}
    if connection.dialect.name == "postgresql":
        connection.execute(_SKIP, values)
    elif not connection.execute(_SQLITE_SKIP, values).rowcount:
        connection.execute(_SQLITE_FIRST, values)


def _key(table: Table) -> dict[str, Any]:
    return {"table": table.name, "column": next(iter(table.primary_key)).name}


_SEQUENCE = "CAST(pg_get_serial_sequence(quote_ident(:table), :column) AS regclass)"
_HIGHEST = text(f"SELECT pg_sequence_last_value({_SEQUENCE})")
_SKIP = text(f"SELECT setval({_SEQUENCE}, :highest)")
_SQLITE_HIGHEST = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_SQLITE_SKIP = text("UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :table")
_SQLITE_FIRST = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :highest)")


def _written(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return base64.b64encode(value).decode()


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False, default=_written
).encode
