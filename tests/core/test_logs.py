"""A database that goes away while a library reads is a line of the log; any other fault keeps its trace."""

from __future__ import annotations

import io
import logging

import pytest
from psycopg.errors import AdminShutdown

from core import logs


@pytest.fixture
def said() -> io.StringIO:
    """What the handlers of `sqlalchemy` have written."""
    logs.be_brief()
    stream = io.StringIO()
    for handler in logging.getLogger("sqlalchemy").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)
    return stream


@pytest.mark.parametrize(
    ("error", "traced"), [(AdminShutdown("terminating connection"), False), (KeyError("cursor"), True)]
)
def test_only_what_is_not_known_is_traced(said: io.StringIO, error: Exception, traced: bool) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("sqlalchemy.pool.impl.QueuePool").exception("Error closing cursor")
    assert said.getvalue().startswith("Error closing cursor\n")
    assert type(error).__name__ in said.getvalue()
    assert ("Traceback" in said.getvalue()) is traced


def test_libraries_get_one_handler_each() -> None:
    logs.be_brief()
    before = [len(logging.getLogger(library).handlers) for library in logs.LIBRARIES]
    logs.be_brief()
    assert [len(logging.getLogger(library).handlers) for library in logs.LIBRARIES] == before
