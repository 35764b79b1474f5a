"""Where a backup is restored to: a new database that takes the place of the old one in one step, or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    ForeignKeyConstraint,
    MetaData,
    Table,
    create_engine,
    func,
    select,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint, DropConstraint

from core import events, schema
from core.backup_faults import BackupRefused
from core.backup_file import Manifest
from core.backup_rows import tables
from core.backup_snapshot import sqlite_file
from core.config import Config
from core.db import db, reading
from core.disks import sync_folder

IN_USE = "Huifang is running on this database. Stop it, then try again."
PATIENCE_S = 10
LOCK_NOT_AVAILABLE = "55P03"


def contents(engine: Engine) -> dict[str, int]:
    """How many rows each table holds that holds any."""
    with reading(), engine.connect() as connection:
        counts = {name: _count(connection, table) for name, table in tables(connection).items()}
    return {name: count for name, count in counts.items() if count}


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def filling(config: Config, manifest: Manifest) -> AbstractContextManager[Connection]:
    """A connection to a new database with the empty tables of a backup; it takes the old one's place if the block
    ends well, brought up to this version, without what is not to come back (`backup.restored`).
    """
    if config.database_url.startswith("sqlite"):
        return _filling_sqlite(sqlite_file(config), manifest)
    return _filling_postgresql(manifest)


@contextmanager
def _filling_sqlite(old: Path, manifest: Manifest) -> Iterator[Connection]:
    """A file beside the old one, which is renamed over it."""
    new = old.with_name(f".{old.name}.restored")
    try:
        with _new_file(new) as connection:
            schema.migrate(connection, manifest.schema)
            yield connection
            schema.migrate(connection, str(schema.expected()))
            events.tell("backup.restored", connection=connection)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise BackupRefused(f"Rows of the backup point nowhere: {broken[:3]}. Nothing was changed.")
        with new.open("rb") as file:
            os.fsync(file.fileno())
        with alone(old):
            new.replace(old)
        sync_folder(old.parent)
    finally:
        for name in files_of(new):
            name.unlink(missing_ok=True)


@contextmanager
def _new_file(path: Path) -> Iterator[Connection]:
    """One transaction in a new file, without a journal: should it fail, the file goes."""
    for name in files_of(path):
        name.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF"):
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
        with connection.begin():
            yield connection
    engine.dispose()


def files_of(path: Path) -> list[Path]:
    """A SQLite database, and what it lays beside itself."""
    return [path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")]


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else has a SQLite file open, and what its log held is in it. Raises BackupRefused.

    A log that stayed behind would be played into the file that takes its place.
    """
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise BackupRefused(IN_USE) from None
        except sqlite3.DatabaseError:  # damaged: that is why somebody restores
            for log in files_of(file)[1:]:
                log.unlink(missing_ok=True)
        yield


@contextmanager
def _filling_postgresql(manifest: Manifest) -> Iterator[Connection]:
    """One transaction that drops the old tables, makes and fills the new ones."""
    try:
        with db.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'")
            _drop_tables(connection, {*db.metadata.tables, *manifest.tables, "alembic_version"})
            schema.migrate(connection, manifest.schema)
            with _without_foreign_keys(connection):
                yield connection
            schema.migrate(connection, str(schema.expected()))
            events.tell("backup.restored", connection=connection)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")  # the planner knows nothing of tables that were just filled
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
            raise BackupRefused(IN_USE) from None
        raise


def _drop_tables(connection: Connection, ours: set[str]) -> None:
    there = MetaData()
    there.reflect(connection, only=lambda name, _metadata: name in ours)
    for constraint in _foreign_keys(there):
        connection.execute(DropConstraint(constraint))
    there.drop_all(connection)


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Rows may come in any order; all references are checked at the end, each table in one go."""
    made = MetaData()
    made.reflect(connection)
    constraints = _foreign_keys(made)
    for constraint in constraints:
        connection.execute(DropConstraint(constraint))
    yield
    for constraint in constraints:
        connection.execute(AddConstraint(constraint))


def _foreign_keys(metadata: MetaData) -> list[ForeignKeyConstraint]:
    return [constraint for table in metadata.tables.values() for constraint in table.foreign_key_constraints]
