"""Files that people sent or had made, kept under names of ours in the data folder, where nothing is served from."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from flask import current_app

FOLDER = "uploads"
_OUR_NAME = re.compile(r"[0-9a-f]{32}")


def keep(data: bytes | Path) -> str:
    """Store a file, or a copy of one (mode 0600), and answer its name, which tells nothing about it."""
    name = secrets.token_hex(16)
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path_of(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        drop(name)  # half a file is of no use, and the disk may be full
        raise
    return name


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


def path_of(name: str) -> Path:
    """Where a kept file lies. Raises ValueError for what is no name of ours."""
    if not is_our_name(name):
        raise ValueError(f"not the name of an upload: {name!r}")
    return _folder() / name


def kept_in(data: Path) -> list[Path]:
    """All kept files of a data folder, in the order of their names."""
    folder = data / FOLDER
    return sorted(path for path in folder.glob("*") if is_our_name(path.name))


def is_our_name(name: str) -> bool:
    """Whether a file could have been kept under this name."""
    return _OUR_NAME.fullmatch(name) is not None


def drop(name: str) -> None:
    """Remove a kept file; one that is gone already does not matter."""
    path_of(name).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(current_app.extensions["huifang"].data) / FOLDER
