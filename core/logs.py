"""What libraries put into the log: their faults with a trace, a database that is away in a word."""

from __future__ import annotations

import logging
from typing import Any

LIBRARIES = ("huey", "sqlalchemy")


class Brief(logging.Formatter):
    """Without the trace of a database that is away: the sentence before it says where that was noticed."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        names = {kind.__name__ for kind in type(ei[1]).__mro__}
        return type(ei[1]).__name__ if "OperationalError" in names else super().formatException(ei)


def be_brief() -> None:
    """Have libraries that notice a missing database again and again say so in a line each."""
    for library in map(logging.getLogger, LIBRARIES):
        if not any(isinstance(handler.formatter, Brief) for handler in library.handlers):
            handler = logging.StreamHandler()
            handler.setFormatter(Brief())
            library.addHandler(handler)
