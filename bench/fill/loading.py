"""Many rows into a table at the speed of the driver: executemany on SQLite, COPY on PostgreSQL.

The recorder of changes is gone around on purpose: the filler writes the change sets itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = Mapping[str, Any]


class Loader:
    """Writes rows into tables over one connection; columns left out take their default."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.dbapi_connection
        self.on_sqlite = connection.dialect.name == "sqlite"

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert the rows; all of them name the same columns."""
        if not rows:
            return
        names, make = self._shape(table, rows[0])
        listed = ", ".join(f'"{name}"' for name in names)
        if self.on_sqlite:
            marks = ", ".join("?" * len(names))
            self.driver.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", map(make, rows))  # noqa: S608
            return
        with self.driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(make(row))

    def _shape(self, table: Table, first: Row) -> tuple[list[str], Callable[[Row], list[Any]]]:
        """The columns to write, and how a row becomes the driver's values."""
        given = [(name, self._way(table, name)) for name in first]
        constants = {
            column.name: column.default.arg
            for column in table.columns
            if column.name not in first and isinstance(column.default, ScalarElementColumnDefault)
        }
        tail = list(constants.values())

        def make(row: Row) -> list[Any]:
            return [row[name] if way is None else way(row[name]) for name, way in given] + tail

        return [*first, *constants], make

    def _way(self, table: Table, name: str) -> Any:
        """What makes a column's value one of the driver's; None where it is one already."""
        dialect = self.connection.dialect
        kind: Any = table.c[name].type
        return kind.dialect_impl(dialect).bind_processor(dialect)
