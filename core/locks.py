"""Locks on files: held by a process and what it forked, and let go by the system however they end."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

SHORTLY_S = 3.0  # in which the processes of a server that was killed end
_ENDING = b"ending"
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

    One that was told to stop says so (`say_ending`) and is waited for until it has ended, for so long at most.
    """
    descriptor = os.open(data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    begun = time.monotonic()
    while not is_taken(descriptor):
        is_ending = os.pread(descriptor, len(_ENDING), 0) == _ENDING
        if time.monotonic() - begun > (patience_s if is_ending else SHORTLY_S):
            os.close(descriptor)
            return False
        time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    _server.append(descriptor)
    return True


def say_ending() -> None:
    """Let a server that is started meanwhile wait for the end of this one."""
    for descriptor in _server:
        os.pwrite(descriptor, _ENDING, 0)
