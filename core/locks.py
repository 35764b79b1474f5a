"""Locks on files: held by a process and what it forked, and let go by the system however they end."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

SHORTLY_S = 3.0  # in which the processes of a server that has ended by itself are gone
_ENDING = "ending"
_server: list[int] = []  # the open lock of the server that this process is


def is_taken(descriptor: int) -> bool:
    """Take the lock of an open file; answers whether nobody else had it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def become_server(data: Path, patience_s: float) -> bool:
    """Be the one server of a data folder; answers False if there is another.

    One that was told to stop (`say_ending`) or was killed is waited for until its last process has finished what it
    has in hand, for so long at most.
    """
    descriptor = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    begun = time.monotonic()
    while not is_taken(descriptor):
        if time.monotonic() - begun > (patience_s if _is_ending(descriptor) else SHORTLY_S):
            os.close(descriptor)
            return False
        time.sleep(0.05)
    _say(descriptor, str(os.getpid()))
    _server.append(descriptor)
    return True


def say_ending() -> None:
    """Let a server that is started meanwhile wait for the end of this one."""
    for descriptor in _server:
        _say(descriptor, _ENDING)


def _say(descriptor: int, what: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, what.encode(), 0)


def _is_ending(descriptor: int) -> bool:
    said = os.pread(descriptor, 20, 0).decode(errors="replace")
    return said == _ENDING or (said.isdecimal() and not _lives(int(said)))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True
