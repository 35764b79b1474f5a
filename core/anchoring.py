"""The anchor of the chain: how far it was sealed, written down outside of the database.

A chain alone does not tell that its end was cut off, or that all of it was made anew. The anchor says what stood at
which position once; it goes forward with what is sealed, and only as long as the database still agrees. The database
in its turn says which data folders have one, so that it is missed; a folder that is new to it may be without.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, select

from core.counters import Counter, reach
from core.db import db
from core.disks import sync_folder

NAME = "trail-anchor"


@dataclass(frozen=True)
class Anchor:
    """That the chain had this link (hexadecimal) at this position, and when that was sealed."""

    position: int
    link: str
    at: str

    @classmethod
    def of(cls, position: int, link: bytes, at: datetime) -> Anchor:
        return cls(position, link.hex(), at.isoformat(timespec="seconds"))


def read(data: Path | None = None) -> Anchor | None:
    """The anchor of a data folder; None if there is none. Raises ValueError for one that cannot be read."""
    try:
        found = json.loads((_file(data)).read_text(encoding="utf-8"))
        return Anchor(int(found["position"]), str(found["link"]), str(found["at"]))
    except FileNotFoundError:
        return None
    except (OSError, TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{_file(data)} cannot be read") from error


def bytes_of(data: Path) -> bytes | None:
    """The anchor of a data folder as it lies there; None if there is none."""
    return _file(data).read_bytes() if _file(data).is_file() else None


def write(anchor: Anchor) -> None:
    """Put an anchor in the place of the one there is: all of it, or nothing, on the disk. Raises OSError."""
    path = _file(None)
    new = path.with_name(f".{NAME}-{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(anchor), file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def is_expected() -> bool:
    """Whether the database says that an anchor was let down in this data folder."""
    return db.session.scalar(select(Counter.value).where(Counter.name == _mark())) is not None


def expect(anchor: Anchor) -> None:
    """Let the database say so from now on. Flushes."""
    reach(_mark(), anchor.position)


def remove() -> None:
    """Forget it, in the database too: there is nothing that is sealed. Flushes."""
    _file(None).unlink(missing_ok=True)
    db.session.execute(delete(Counter).where(Counter.name == _mark()))


def _mark() -> str:
    """Under which name the database knows this data folder: several machines may work on one PostgreSQL."""
    place = f"{socket.gethostname()}:{_file(None).resolve()}"
    return f"{NAME} {hashlib.sha256(place.encode()).hexdigest()[:32]}"


def _file(data: Path | None) -> Path:
    return (data or Path(current_app.extensions["huifang"].data)) / NAME
