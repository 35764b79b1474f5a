"""A time that reading may take: what cannot be served by an index must not hold a page, nor the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.db import db, plan_anew

MOST_MS = 200
WAITING = 5  # times as long where SQLite has to wait for the processor or the disk
STEPS = 10_000  # of SQLite's machine between two looks at the clock: about a millisecond
LOOKED = 4  # ms of a budget for each look that there has to be


class TooLong(Exception):
    """The database was stopped, because finding out takes longer than a page may."""


@dataclass
class _Budget:
    """What reading may take on the connection that the session has, until it is lifted."""

    ms: int
    worked: float
    waited: float
    driver: Any = None
    looks: int = 0

    def hold(self) -> None:
        """Let the database stop what takes longer."""
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            self.driver = connection.connection.dbapi_connection
            self.driver.set_progress_handler(self._is_over, STEPS)
        else:
            plan_anew()
            db.session.execute(text(f"SET LOCAL statement_timeout = {self.ms}"))

    def lift(self) -> None:
        """Let it be; on PostgreSQL the end of the transaction does that."""
        if self.driver is not None:
            self.driver.set_progress_handler(None, 0)
            self.driver = None

    def _is_over(self) -> bool:
        self.looks += 1  # a page that itself is slow has not worked the database
        over = thread_time() > self.worked or monotonic() > self.waited
        return over and self.looks > self.ms // LOOKED


_held: ContextVar[_Budget | None] = ContextVar("held", default=None)


@contextmanager
def within_budget(ms: int | None = None) -> Iterator[None]:
    """Read inside, for so long at most (None: MOST_MS). Raises TooLong; the transaction is over then, and must
    only have read. A budget inside another is no longer than what is left of that.
    """
    outer, budget = _held.get(), _begun(ms)
    token = _held.set(budget)
    try:
        budget.hold()
        yield
    except OperationalError as error:
        if not _was_stopped(error):
            raise
        budget.lift()
        db.session.rollback()
        if outer:
            outer.hold()
        raise TooLong from error
    else:
        if outer:
            outer.hold()
        elif not budget.driver:
            db.session.execute(text("SET LOCAL statement_timeout = DEFAULT"))
    finally:
        _held.reset(token)
        if not outer:
            budget.lift()


def _begun(ms: int | None) -> _Budget:
    ms, outer = MOST_MS if ms is None else ms, _held.get()
    worked, waited = thread_time() + ms / 1_000, monotonic() + WAITING * ms / 1_000
    if outer is None:
        return _Budget(ms, worked, waited)
    return _Budget(min(ms, outer.ms), min(worked, outer.worked), min(waited, outer.waited))


def _was_stopped(error: OperationalError) -> bool:
    return str(error.orig) == "interrupted" or getattr(error.orig, "sqlstate", "") == "57014"
