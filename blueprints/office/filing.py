"""The files on the disk against the rows that name them: what nothing names is removed once no undo can ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, select, update

from blueprints.office.models import Attachment, StoredFile
from core import clock, uploads
from core.db import db

KEPT_FOR = timedelta(days=60)  # as long as the bin; an undo asks at most half of that
NAMELESS_FOR = timedelta(days=1)  # a request that is to name its file lasts minutes
BATCH = 500
_USED = exists().where(Attachment.file_id == StoredFile.id)


def look_for_use() -> None:
    """Write down of each file whether it is used, and since when not."""
    idle, again = ~_USED & StoredFile.unused_since.is_(None), _USED & StoredFile.unused_since.is_not(None)
    fresh = {"synchronize_session": False}
    db.session.execute(
        update(StoredFile).where(idle).values(unused_since=clock.now()), execution_options=fresh
    )
    db.session.execute(update(StoredFile).where(again).values(unused_since=None), execution_options=fresh)


def forget_unused() -> Sequence[str]:
    """Delete the rows of some files that nobody has used for long; answers the names of these files."""
    old = StoredFile.unused_since < clock.now() - KEPT_FOR, ~_USED
    found = db.session.execute(
        select(StoredFile.id, StoredFile.stored_as).where(*old).order_by(StoredFile.id).limit(BATCH)
    ).all()
    gone = delete(StoredFile).where(StoredFile.id.in_([id for id, _name in found]))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    return [name for _id, name in found]


def erase(file_ids: Iterable[int]) -> None:
    """Remove files that no attachment names any more, without waiting until no undo can ask for them."""
    free = StoredFile.id.in_(list(file_ids)), ~_USED
    found = db.session.execute(select(StoredFile.id, StoredFile.stored_as).where(*free)).all()
    gone = delete(StoredFile).where(StoredFile.id.in_([row.id for row in found]))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    uploads.drop_when_committed([row.stored_as for row in found])


def drop(names: Sequence[str]) -> None:
    """Remove files whose rows are gone for good."""
    for name in names:
        uploads.drop(name)


def drop_nameless() -> int:
    """Remove files that no row names: of requests that were cut off. Answers how many."""
    before = (clock.now() - NAMELESS_FOR).timestamp()
    gone = 0
    for batch in _batches():
        named = set(db.session.scalars(select(StoredFile.stored_as).where(StoredFile.stored_as.in_(batch))))
        old = [name for name in batch.keys() - named if batch[name] < before]
        drop(old)
        gone += len(old)
    return gone


def _batches() -> Iterator[dict[str, float]]:
    """Name → when it was written, of all lasting files, some at a time."""
    batch: dict[str, float] = {}
    for path in uploads.lasting():
        batch[path.name] = path.stat().st_mtime
        if len(batch) == BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def checked() -> Iterator[tuple[bool, str]]:
    """What `flask doctor` says: every file is there, as large as it was."""
    wrong, count = [], 0
    rows = db.session.execute(select(StoredFile.stored_as, StoredFile.size)).yield_per(BATCH)
    for name, size in rows:
        path, count = uploads.path_of(name), count + 1
        if not path.is_file() or path.stat().st_size != size:
            wrong.append(name)
    said = f"{len(wrong):,} of {count:,}" + (f", such as {wrong[0]}" if wrong else "")
    yield not wrong, f"attached files that are missing or were changed: {said}"
