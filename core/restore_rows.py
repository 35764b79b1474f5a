"""Writing the portable lines of a backup into the empty tables of a database."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from psycopg import sql
from sqlalchemy import JSON, Column, Connection, LargeBinary, MetaData, Table, insert
from sqlalchemy.types import TypeEngine

from core.db import UTCDateTime

Convert = Callable[[Any], Any]


def write_lines(connection: Connection, table: Table, columns: list[str], blocks: Iterable[bytes]) -> None:
    """Write all rows of a table. Raises an error of SQLAlchemy or psycopg for what the database does not take."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, blocks)
        return
    wanted = insert(Table(table.name, MetaData(), *(Column(name) for name in columns)))
    statement = str(wanted.compile(dialect=connection.dialect))
    conversions = _conversions(table, columns, FOR_SQLITE)
    for block in blocks:
        connection.exec_driver_sql(statement, [tuple(row) for row in _rows(block, conversions)])


def _copy(connection: Connection, table: Table, columns: list[str], blocks: Iterable[bytes]) -> None:
    """One COPY for the whole table: PostgreSQL reads the portable text of most types itself."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    conversions = _conversions(table, columns, FOR_COPY)
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(statement) as copy:
        for block in blocks:
            for row in _rows(block, conversions):
                copy.write_row(row)


def _rows(block: bytes, conversions: list[tuple[int, Convert]]) -> Iterator[list[Any]]:
    for line in block.splitlines():
        row = json.loads(line)
        for place, convert in conversions:
            if row[place] is not None:
                row[place] = convert(row[place])
        yield row


def _conversions(
    table: Table, columns: list[str], by_type: dict[type[TypeEngine[Any]], Convert]
) -> list[tuple[int, Convert]]:
    """Which places of a row are to be converted, and how."""
    return [
        (place, convert)
        for place, name in enumerate(columns)
        for kind, convert in by_type.items()
        if isinstance(table.c[name].type, kind)
    ]


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sqlite_moment(value: str) -> str:
    """UTC as SQLAlchemy writes it there: a space, always six decimals, no zone."""
    moment = value.removesuffix("+00:00").replace("T", " ")
    return moment if "." in moment else f"{moment}.000000"


FOR_SQLITE: dict[type[TypeEngine[Any]], Convert] = {
    JSON: json.dumps, UTCDateTime: _sqlite_moment, LargeBinary: base64.b64decode,
}  # fmt: skip
FOR_COPY: dict[type[TypeEngine[Any]], Convert] = {JSON: _json_text, LargeBinary: base64.b64decode}
