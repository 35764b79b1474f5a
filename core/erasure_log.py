"""The erasures on record outside of the database: what a backup brings back that was erased is erased again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import events
from core.db import db, reading
from core.erasures import Erasure

NAME = "erasures.log"
_ERASED = "something was erased"


class Entry(NamedTuple):
    """One line: which record of which table, by the hash of its number, and on which ground."""

    table: str
    id: int
    number_hash: str
    ground: str


def read(data: Path) -> list[Entry]:
    """All entries; a line that cannot be read (the machine stopped while it was written) is left out."""
    path = data / NAME
    return list(_entries(path)) if path.is_file() else []


def _entries(path: Path) -> Iterator[Entry]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield Entry(*json.loads(line))
        except (ValueError, TypeError):
            continue


def bring_up_to_date(data: Path) -> int:
    """Write down what the database knows to be erased and the file does not; answers how many.

    A database that is damaged, or of a version before there were any, knows of none.
    """
    try:
        with reading(), db.engine.connect() as connection:
            columns = Erasure.record_table, Erasure.record_id, Erasure.number_hash, Erasure.ground
            found = [Entry(*row) for row in connection.execute(select(*columns).order_by(Erasure.id))]
    except SQLAlchemyError:
        return 0
    known = set(read(data))
    fresh = [entry for entry in found if entry not in known]
    _append(data / NAME, fresh)
    return len(fresh)


def _append(path: Path, entries: Iterable[Entry]) -> None:
    lines = "".join(json.dumps(list(entry)) + "\n" for entry in entries)
    if not lines:
        return
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
    ) as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def brought_back(data: Path, *, really: bool) -> int:
    """How many of those that were erased are in the database again; if `really`, they are erased anew."""
    entries = read(data)
    return sum(events.ask("erasures.repeat", entries=entries, really=really)) if entries else 0


def write_when_committed(data: Path) -> None:
    """Bring the file up to date once the running transaction has ended well."""
    db.session.info[_ERASED] = data


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    if (data := session.info.pop(_ERASED, None)) is not None:
        bring_up_to_date(data)


@event.listens_for(db.session, "after_soft_rollback")
def _taken_back(session: Session, transaction: object) -> None:
    if not getattr(transaction, "nested", False):
        session.info.pop(_ERASED, None)
