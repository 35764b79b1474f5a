"""One moment of the database to copy from, while people go on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url

from core.config import Config
from core.db import db, reading

PAGES_AT_ONCE = 2_000


@contextmanager
def snapshot(config: Config, place: Path) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile.

    SQLite is copied first, since a long read would let its log grow as long as it lasts; PostgreSQL needs no copy.
    """
    with reading():
        if config.database_url.startswith("sqlite"):
            copy = place / "copy.db"
            _copy(sqlite_file(config), copy)
            engine, options = create_engine(f"sqlite:///{copy}"), {}
        else:
            engine, options = db.engine, {"isolation_level": "REPEATABLE READ"}
        with engine.connect().execution_options(**options) as connection:
            connection.exec_driver_sql("SELECT 1")
            yield connection
        engine.dispose()


def sqlite_file(config: Config) -> Path:
    """Where the SQLite database lies."""
    return Path(make_url(config.database_url).database or "").absolute()


def _copy(source: Path, target: Path) -> None:
    """The pages of one moment: the open read keeps later writes out of the copy, and the copy from beginning anew."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.isolation_level = None
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_master").fetchone()
        original.backup(copy, pages=PAGES_AT_ONCE)
