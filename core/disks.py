"""A disk that is full or cannot be written, told from faults of ours and from a database that is busy."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError

from core.words import _l

FULL = _l("The server's disk is full. Nothing was saved. Tell your administrator, then send it again.")
BROKEN = _l(
    "The server's disk cannot be written. Nothing was saved. Tell your administrator, then send it again."
)
_OF_SYSTEM = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: BROKEN, errno.EIO: BROKEN}
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: BROKEN,
    sqlite3.SQLITE_IOERR: BROKEN,
}
_OF_POSTGRESQL = {"53100": FULL, "58030": BROKEN}


def trouble(error: BaseException) -> Any:
    """What the disk behind an exception suffers from, in words; None if it is not the disk."""
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _OF_SQLITE.get(code & 0xFF)  # the rest says where it happened
    return _OF_POSTGRESQL.get(getattr(error.orig, "sqlstate", None) or "")
