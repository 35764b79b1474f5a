"""Counting what a request asks of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

# The frame of a transaction, not its work
FRAME = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "SHOW ")
Counter = Callable[[], AbstractContextManager[list[str]]]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent inside, in order, without what begins and ends transactions."""
    sent: list[str] = []
    with asked(lambda statement, _parameters: sent.append(statement)):
        yield sent


@contextmanager
def asked(told: Callable[[str, Any], object]) -> Iterator[None]:
    """Tell of every statement sent inside, and of its parameters."""

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAME):
            told(statement, parameters)

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", remember)


@pytest.fixture
def statements() -> Counter:
    """`with statements() as sent: client.get("/customers")`, then `assert len(sent) == 9`."""
    return counted
