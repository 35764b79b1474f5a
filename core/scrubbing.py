"""Nothing of what was erased stays in the files of the database: not in free pages, in the log, or in an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from core import turns
from core.db import db

AT_ONCE = 64 * 1024 * 1024  # bytes: a file that is written anew while somebody waits
JOB = "records.scrubbed"
_DUE = "the files are due to be scrubbed"


def scrub() -> bool:
    """Write the database file anew, without what was deleted, and empty its log; answers whether all of it was done.

    On SQLite nobody else writes meanwhile: some seconds for each 500 MB. A reader that lets nobody empty the log only
    delays it to the next time.
    """
    if db.engine.dialect.name != "sqlite":
        _vacuum_postgresql()
        return True
    file = _file()
    if file is None:
        return True
    with closing(
        sqlite3.connect(file, timeout=turns.BUSY_TIMEOUT_MS / 1000, isolation_level=None)
    ) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        for (name,) in _indexes(connection):
            connection.execute(f"INSERT INTO {name}({name}) VALUES ('optimize')")  # noqa: S608 - a table of ours
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        busy, _log, _done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def _indexes(connection: sqlite3.Connection) -> Sequence[tuple[str]]:
    """The full-text indexes: what was deleted stays in one until its parts are merged."""
    found = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    return connection.execute(found).fetchall()


def _vacuum_postgresql() -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))


def _file() -> Path | None:
    name = db.engine.url.database
    return Path(name) if name and name != ":memory:" else None


def scrub_when_committed() -> None:
    """Scrub as soon as the running transaction has ended well, if that takes but a moment."""
    db.session.info[_DUE] = True


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    if not session.info.pop(_DUE, False):
        return
    file = _file() if db.engine.dialect.name == "sqlite" else None
    if file is not None and file.stat().st_size <= AT_ONCE:
        try:
            scrub()
        except sqlite3.OperationalError:  # somebody is writing: the job that was asked for does it
            return


@event.listens_for(db.session, "after_soft_rollback")
def _taken_back(session: Session, transaction: object) -> None:
    if not getattr(transaction, "nested", False):
        session.info.pop(_DUE, None)
