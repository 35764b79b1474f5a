"""Files that people sent or had made, kept under names of ours in the data folder, where nothing is served from.

What only serves a job lies together; what lasts has a longer name, by which it lies in one of 256 folders.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from sqlalchemy import event

from core.db import db
from core.disks import sync_folder

FOLDER = "uploads"
BRIEF, LASTING = 32, 40  # signs of a name
_OUR_NAME = re.compile(rf"[0-9a-f]{{{BRIEF}}}|[0-9a-f]{{{LASTING}}}")
LASTING_LIE = "[0-9a-f][0-9a-f]/*"
_UNCERTAIN, _DOOMED = "uncertain uploads", "doomed uploads"


def keep(data: bytes | Path | BinaryIO, *, lasting: bool = False) -> str:
    """Store a file, or a copy of one (mode 0600), and answer its name, which tells nothing about it."""
    name = secrets.token_hex((LASTING if lasting else BRIEF) // 2)
    path = path_of(name)
    _make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, file)
            elif isinstance(data, bytes):
                file.write(data)
            else:
                shutil.copyfileobj(data, file)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError:
        drop(name)  # half a file is of no use, and the disk may be full
        raise
    return name


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, such that a power cut does not take them back."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def drop_unless_committed(name: str) -> None:
    """Remove a kept file if the transaction that is to name it is taken back."""
    db.session.info.setdefault(_UNCERTAIN, []).append(name)


def drop_when_committed(names: Iterable[str]) -> None:
    """Remove kept files as soon as the transaction has ended well that names them no more."""
    db.session.info.setdefault(_DOOMED, []).extend(names)


@event.listens_for(db.session, "after_commit")
def _certain(session: Any) -> None:
    session.info.pop(_UNCERTAIN, None)
    for name in session.info.pop(_DOOMED, ()):
        drop(name)


@event.listens_for(db.session, "after_soft_rollback")
def _taken_back(session: Any, transaction: Any) -> None:
    if not transaction.nested:
        session.info.pop(_DOOMED, None)
        for name in session.info.pop(_UNCERTAIN, ()):
            drop(name)


def append(name: str, size: int, data: bytes) -> int:
    """Go on with a kept file behind its first `size` bytes, which are all that counts; answers its new size."""
    if not data:
        return size
    with path_of(name).open("r+b") as file:
        file.seek(size)
        file.truncate()
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return size + len(data)


def rewrite(name: str, data: bytes) -> None:
    """Put other bytes in the place of those of a kept file, all at once."""
    path = path_of(name)
    new = path.with_name(f".{path.name}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def path_of(name: str) -> Path:
    """Where a kept file lies. Raises ValueError for what is no name of ours."""
    if not is_our_name(name):
        raise ValueError(f"not the name of an upload: {name!r}")
    return place_in(_data(), name)


def place_in(data: Path, name: str) -> Path:
    """Where a file of this name lies in a data folder."""
    folder = data / FOLDER
    return folder / name[:2] / name if len(name) == LASTING else folder / name


def kept_in(data: Path) -> list[Path]:
    """All kept files of a data folder, in the order of their names."""
    found = (path for pattern in ("*", LASTING_LIE) for path in (data / FOLDER).glob(pattern))
    return sorted((path for path in found if is_our_name(path.name)), key=lambda path: path.name)


def lasting() -> Iterator[Path]:
    """Those that last, in no order."""
    found = (_data() / FOLDER).glob(LASTING_LIE)
    return (path for path in found if is_our_name(path.name))


def is_our_name(name: str) -> bool:
    """Whether a file could have been kept under this name."""
    return _OUR_NAME.fullmatch(name) is not None


def drop(name: str) -> None:
    """Remove a kept file; one that is gone already does not matter."""
    path_of(name).unlink(missing_ok=True)


def _data() -> Path:
    return Path(current_app.extensions["huifang"].data)
