"""Writers on SQLite, in the order in which they came.

SQLite has one writer at a time and no queue: who waits asks again after ever longer pauses, so that those who came
last are served first and some never. Threads of a process take turns here; the first of each process asks often.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

BUSY_TIMEOUT_MS = 5_000
_ASK_FOR_MS = 8  # SQLite asks after 1, 2 and 5 ms; then its pauses begin anew


class Turns:
    """A lock that is handed on to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for one's turn for so long at most; answers whether it came."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return True
        with self._guard:
            if mine.is_set():  # it came in this very moment
                return True
            self._waiting.remove(mine)
        return False

    def give_back(self) -> None:
        """End one's turn."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


_turns: WeakKeyDictionary[Any, Turns] = WeakKeyDictionary()


def begin(connection: Any) -> None:
    """Begin a transaction that writes. Raises OperationalError if others write for longer than the timeout."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    turns = _turns.setdefault(connection.dialect, Turns())
    if turns.take(BUSY_TIMEOUT_MS / 1000):
        connection.info["turns"] = turns
    try:
        _begin(connection, deadline)
    except BaseException:
        _end(connection)
        raise


def _begin(connection: Any, deadline: float) -> None:
    raw = connection.connection.dbapi_connection
    raw.execute(f"PRAGMA busy_timeout={_ASK_FOR_MS}")
    try:
        while time.monotonic() < deadline:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _end(connection: Any) -> None:
    if not connection.invalidated and (turns := connection.info.pop("turns", None)):
        turns.give_back()


@event.listens_for(Engine, "checkin")
@event.listens_for(Engine, "invalidate")
def _end_with_connection(_connection: Any, record: Any, _error: Any = None) -> None:
    """Also of a connection that broke, or was closed in the middle of a transaction."""
    if turns := record.info.pop("turns", None):
        turns.give_back()
