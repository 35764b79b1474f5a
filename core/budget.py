"""A time that reading may take: what cannot be served by an index must not hold a page, nor the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, thread_time
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.db import db

MOST_MS = 200
WAITING = 5  # times as long where SQLite has to wait for the processor or the disk
STEPS = 10_000  # of SQLite's machine between two looks at the clock: less than a millisecond


class TooLong(Exception):
    """The database was stopped, because finding out takes longer than a page may."""


@contextmanager
def within_budget(ms: int | None = None) -> Iterator[None]:
    """Read inside, for so long at most (None: MOST_MS). Raises TooLong; the transaction is over then, and must
    only have read.
    """
    ms = MOST_MS if ms is None else ms
    connection = db.session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    driver: Any = connection.connection.dbapi_connection
    if on_sqlite:
        worked, waited = thread_time() + ms / 1_000, monotonic() + WAITING * ms / 1_000
        driver.set_progress_handler(lambda: thread_time() > worked or monotonic() > waited, STEPS)
    else:
        db.session.execute(text(f"SET LOCAL statement_timeout = {ms}"))
    try:
        yield
    except OperationalError as error:
        if not _was_stopped(error):
            raise
        db.session.rollback()
        raise TooLong from error
    else:
        if not on_sqlite:
            db.session.execute(text("SET LOCAL statement_timeout = DEFAULT"))
    finally:
        if on_sqlite:
            driver.set_progress_handler(None, 0)


def _was_stopped(error: OperationalError) -> bool:
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", "") == "57014"
