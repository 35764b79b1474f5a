"""One connection a thread, statements with :names on both databases, one transaction a request."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_NAME = re.compile(r"(?<!:):(\w+)")


class Database:
    """A database by its address: `sqlite:///file` or `postgresql://…`."""

    def __init__(self, url: str) -> None:
        self.on_sqlite = url.startswith("sqlite")
        self.url = url.removeprefix("sqlite:///").replace("+psycopg", "")
        self._local = threading.local()

    def rows(self, statement: str, **values: Any) -> list[Row]:
        """All rows of a statement. Values that are lists stand for `IN :name`."""
        statement, values = _spread(statement, values)
        if self.on_sqlite:
            return [dict(row) for row in self._connection().execute(statement, values)]
        with self._connection().cursor() as cursor:
            cursor.execute(_for_psycopg(statement), values)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, **values: Any) -> Row | None:
        """The first row, None if there is none."""
        return next(iter(self.rows(statement, **values)), None)

    def run(self, statement: str, **values: Any) -> int:
        """Write; answers the id that `RETURNING id` names, 0 without."""
        found = self.rows(statement, **values)
        return int(found[0]["id"]) if found and "id" in found[0] else 0

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """A statement with the driver's own marks for each of many rows."""
        if self.on_sqlite:
            self._connection().executemany(statement, rows)
            return
        with self._connection().cursor() as cursor:
            cursor.executemany(statement, rows)

    @contextmanager
    def transaction(self, *, writing: bool) -> Iterator[None]:
        """Everything inside, or nothing; what only reads is rolled back."""
        connection = self._connection()
        if self.on_sqlite:
            connection.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
            connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
        try:
            yield
            if writing:
                connection.commit()
        finally:
            connection.rollback()

    def _connection(self) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = self._opened()
        return self._local.connection

    def _opened(self) -> Any:
        if not self.on_sqlite:
            return psycopg.connect(self.url, row_factory=dict_row)
        connection = sqlite3.connect(self.url, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _spread(statement: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A list as so many values in brackets; an empty one fits nothing."""
    single: dict[str, Any] = {}
    for name, value in values.items():
        if not isinstance(value, list):
            single[name] = value
            continue
        marks = ", ".join(f":{name}_{place}" for place in range(len(value))) or "NULL"
        statement = re.sub(rf":{name}\b", f"({marks})", statement)
        single.update({f"{name}_{place}": item for place, item in enumerate(value)})
    return statement, single


@lru_cache(500)
def _for_psycopg(statement: str) -> str:
    return _NAME.sub(r"%(\1)s", statement.replace("%", "%%"))
