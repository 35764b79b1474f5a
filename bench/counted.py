"""The application as a server runs it; each answer says in a header how many statements it took."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine, event

from app import create_app
from core.processes import make_ready

HEADER = "X-Statements"
_ASIDE = ("PRAGMA", "BEGIN")
_request = threading.local()


def create() -> Callable[..., Iterable[bytes]]:
    """The application with the counter around it."""
    event.listen(Engine, "before_cursor_execute", _count)
    application = create_app()
    make_ready(application)

    def counting(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        _request.statements = 0

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (HEADER, str(_request.statements))], *rest)

        return application(environ, start)

    return counting


def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith(_ASIDE):
        _request.statements = getattr(_request, "statements", 0) + 1
