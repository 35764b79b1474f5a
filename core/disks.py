"""A disk that is full or cannot be written, told from faults of ours and from a database that is busy; also before
anybody has tried.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from core.words import _l

FULL = _l("The server's disk is full. Nothing was saved. Tell your administrator, then send it again.")
BROKEN = _l(
    "The server's disk cannot be written. Nothing was saved. Tell your administrator, then send it again."
)
LEAST_FREE = 1024 * 1024  # bytes: with less, no change of a few rows fits for certain
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


def refusal_of(place: Path) -> str | None:
    """Why nothing can be written to a folder or file, for monitors; None if it can. Nothing is tried."""
    try:
        found = os.statvfs(place)
    except OSError as error:
        return f"The server's disk does not answer: {os.strerror(error.errno or 0)}."
    if found.f_flag & os.ST_RDONLY or not os.access(place, os.W_OK):
        return "The server's disk cannot be written."
    if found.f_bavail * found.f_frsize < LEAST_FREE or (found.f_files and not found.f_favail):
        return "The server's disk is full."
    return None


def sync_folder(folder: Path) -> None:
    """Let new names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
