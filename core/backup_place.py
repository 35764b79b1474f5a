"""Where a backup appears, and where what is half done lies meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.backup_faults import BackupRefused
from core.disks import sync_folder
from core.locks import is_taken


@contextmanager
def workplace(data: Path) -> Iterator[Path]:
    """A folder of our own for what is half done, private, and empty even where a command before was killed.

    Raises BackupRefused while another backup or restore is at work.
    """
    place = data / "backup-work"
    place.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        if not is_taken(descriptor):
            raise BackupRefused("Another backup or restore is at work here. Wait until it has ended.")
        _clear(place)
        try:
            yield place
        finally:
            _clear(place)
            place.rmdir()
    finally:
        os.close(descriptor)


def _clear(place: Path) -> None:
    for left in place.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


@contextmanager
def appearing(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is complete and on the disk; nothing stays of one that is not."""
    half = target.with_name(f".{target.name}.part")
    try:
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise BackupRefused(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        half.unlink(missing_ok=True)
