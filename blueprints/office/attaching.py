"""Attach and delete files. What is deleted is taken back like any other change: the file itself is kept for that."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import select

from blueprints.office import attachments, hanging
from blueprints.office.attachments import Limits, size_said
from blueprints.office.models import Attachment, StoredFile
from core import changes, filekinds, kinds, uploads
from core.db import db, one_after_another, released
from core.errors import Refused, RuleBroken
from core.filekinds import FileKind
from core.kinds import Kind, refusal
from core.rights import Right, Viewer
from core.words import _

ATTACHED, DELETED = "file.attached", "file.deleted"
OF_ITS_AUTHOR = (ATTACHED, DELETED)
MOST_AT_ONCE = 20
FIELD = "files"
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class _Checked:
    """A file that may be kept."""

    name: str
    stream: BinaryIO
    kind: FileKind
    size: int
    sha256: str


def attach(
    kind: Kind, record: Any, sent: Sequence[Sent], *, by: Viewer, remark: str | None = None
) -> list[Attachment]:
    """Attach files to a record: all of them, or none. One that is there already is not attached again.

    To be asked before anything else is written: the files are read between two transactions. Raises RuleBroken, and
    NotFound or Refused if the record was taken from this person meanwhile.
    """
    limits, record_id, kept = attachments.limits(), record.id, list[str]()
    if len(sent) > MOST_AT_ONCE:
        raise RuleBroken(_("Send at most %(n)s files at once.", n=MOST_AT_ONCE), FIELD)
    try:
        with released():
            checked = [_checked(each, limits) for each in sent]
            for each in checked:
                kept.append(uploads.keep(each.stream, lasting=True))
        one_after_another(f"files {kind.table} {record_id}")
        hanging.hold(kind, record_id)
        for name in kept:
            uploads.drop_unless_committed(name)
    except BaseException:
        for name in kept:
            uploads.drop(name)
        raise
    changes.record(ATTACHED)
    if not kinds.holds(record, by, Right.OFFICE_FILES):
        raise Refused(refusal(Right.OFFICE_FILES))
    return list(_attached(kind, record_id, zip(checked, kept, strict=True), limits, by, remark))


def _checked(sent: Sent, limits: Limits) -> _Checked:
    """Raises RuleBroken for a file that cannot be kept. Its content is read in pieces."""
    size = sent.stream.seek(0, io.SEEK_END)
    shown = filekinds.plain_name(sent.name)
    if size == 0:
        raise RuleBroken(_("%(name)s is empty.", name=shown), FIELD)
    if size > limits.most:
        raise RuleBroken(too_large(shown, size, limits), FIELD)
    try:
        kind = filekinds.kind_of(shown, sent.stream, limits.kinds)
    except RuleBroken as broken:
        raise RuleBroken(_("%(name)s: %(why)s", name=shown, why=broken.message), FIELD) from broken
    name = filekinds.clean_name(shown, kind)
    return _Checked(name, sent.stream, kind, size, _sha256(sent.stream))


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()


def too_large(name: str, size: int, limits: Limits) -> str:
    """The sentence that refuses a file for its size."""
    return _(
        "%(name)s has %(size)s. A file can have at most %(most)s MB.",
        name=name,
        size=size_said(size),
        most=limits.megabytes,
    )


def _attached(
    kind: Kind,
    record_id: int,
    files: Iterable[tuple[_Checked, str]],
    limits: Limits,
    by: Viewer,
    remark: str | None,
) -> Iterable[Attachment]:
    _count, used = attachments.counted(kind, record_id)
    for each, stored_as in files:
        if again := _there_already(kind, record_id, each):
            uploads.drop(stored_as)
            yield again
            continue
        used += each.size
        if used > limits.in_all:
            most = limits.in_all // attachments.MEGABYTE
            raise RuleBroken(
                _("All files here together can have at most %(most)s MB. Delete some first.", most=most),
                FIELD,
            )
        file = StoredFile(stored_as=stored_as, kind=each.kind.code, size=each.size, sha256=each.sha256)
        on = {"record_table": kind.table, "record_id": record_id}
        db.session.add(file)
        db.session.flush()
        made = Attachment(file_id=file.id, author_id=by.id, name=each.name, remark=remark or None, **on)
        db.session.add(made)
        db.session.flush()
        yield made


def _there_already(kind: Kind, record_id: int, file: _Checked) -> Attachment | None:
    """The same content under the same name: somebody pressed twice."""
    mine = Attachment.record_table == kind.table, Attachment.record_id == record_id
    same = StoredFile.sha256 == file.sha256, StoredFile.size == file.size, Attachment.name == file.name
    return db.session.scalars(select(Attachment).join(StoredFile).where(*mine, *same).limit(1)).first()


def delete_attachment(attachment: Attachment, record: Any, *, by: Viewer) -> int | None:
    """Delete a file; answers the change set by which that is taken back. Raises Refused."""
    changes.record(DELETED)
    hanging.check_hand(attachment, record, by, Right.OFFICE_FILES_OF_OTHERS)
    db.session.delete(attachment)
    return changes.set_id()
