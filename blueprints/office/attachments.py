"""The files on a record: seen by whoever sees the record. How large they may be, and of which kinds, are settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from blueprints.office.models import Attachment, StoredFile
from core import clock, filekinds, journal, kinds, lists, settings, uploads
from core.addresses import url_for
from core.db import db
from core.errors import NotFound
from core.filekinds import FileKind
from core.journal import JournalEntry
from core.kinds import Kind
from core.lists import Order, Page
from core.rights import Right, Viewer
from core.words import _

FEW, SIZE = 5, 50
ORDER = Order(Attachment.created_at, descending=True)
MEGABYTES, MEGABYTES_IN_ALL = "company.file_megabytes", "company.record_files_megabytes"
FILE_KINDS = "company.file_kinds"
MEGABYTE = 1024 * 1024
ATTACHMENT_TAKEN = "took_attachment"  # kind of entries of the journal


@dataclass(frozen=True)
class Limits:
    """What may be attached: the most bytes of a file, those of all on a record, and the codes of kinds."""

    most: int
    in_all: int
    kinds: Sequence[str]

    @property
    def megabytes(self) -> int:
        return self.most // MEGABYTE

    @property
    def accept(self) -> str:
        """For the file field of a form: a phone offers its camera where pictures are taken."""
        pictures = any(filekinds.KINDS[code].mime.startswith("image/") for code in self.kinds)
        return ",".join([*(["image/*"] if pictures else []), *(f".{end}" for end in self.extensions)])

    @property
    def extensions(self) -> list[str]:
        return filekinds.extensions(self.kinds)


def limits() -> Limits:
    """What the company has settled."""
    return Limits(
        int(settings.get(MEGABYTES)) * MEGABYTE,
        int(settings.get(MEGABYTES_IN_ALL)) * MEGABYTE,
        filekinds.codes_typed(settings.get(FILE_KINDS)),
    )


@dataclass(frozen=True)
class Files:
    """Some of the files on a record, the newest first, how many there are, and what the viewer may do with them."""

    kind: Kind
    record: Any
    page: Page[Attachment]
    count: int
    bytes: int
    viewer: Viewer
    rights: Collection[Right]

    @property
    def may_attach(self) -> bool:
        return Right.OFFICE_FILES in self.rights

    def may_delete(self, attachment: Attachment) -> bool:
        """One's own, or by the right over those of others."""
        mine = attachment.author_id == self.viewer.id
        return self.may_attach and (mine or Right.OFFICE_FILES_OF_OTHERS in self.rights)


def files(kind: Kind, record: Any, viewer: Viewer, after: str | None = None, *, few: bool = False) -> Files:
    """A page of them, or the first few. The caller has taken the record through the right to see it."""
    rights = {
        right
        for right in (Right.OFFICE_FILES, Right.OFFICE_FILES_OF_OTHERS)
        if kinds.holds(record, viewer, right)
    }
    count, size = counted(kind, record.id)
    page = lists.page(_of(kind, record), Attachment, ORDER, after, FEW if few else SIZE)
    return Files(kind, record, page, count, size, viewer, rights)


def counted(kind: Kind, record_id: int) -> tuple[int, int]:
    """How many files are on a record, and how many bytes they are."""
    mine = Attachment.record_table == kind.table, Attachment.record_id == record_id
    asked = select(func.count(), func.coalesce(func.sum(StoredFile.size), 0))
    count, size = db.session.execute(asked.select_from(Attachment).join(StoredFile).where(*mine)).one()
    return int(count), int(size)


def _of(kind: Kind, record: Any) -> Select[Attachment]:
    mine = Attachment.record_table == kind.table, Attachment.record_id == record.id
    return select(Attachment).where(*mine).options(joinedload(Attachment.author), joinedload(Attachment.file))


def the_attachment(kind: Kind, record: Any, id: int) -> Attachment:
    """One of the files on a record. Raises NotFound for any other."""
    found = db.session.scalar(_of(kind, record).where(Attachment.id == id)) if id <= lists.LARGEST else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def address(attachment: Attachment) -> str:
    """Where a file stands on the page of those of its record, those before it below."""
    kind, after = kinds.kind_of(attachment.record_table), lists.cursor_to(attachment, ORDER)
    return (
        f"{url_for('files.index', kind=kind.name, id=attachment.record_id, after=after)}#file-{attachment.id}"
    )


def said(attachment: Attachment) -> list[str]:
    """Name and remark, as one text."""
    return [" · ".join(part for part in (attachment.name, attachment.remark) if part)]


def path_of(attachment: Attachment) -> Path:
    """Where its file lies. Raises NotFound if that is gone, which `flask doctor` finds too."""
    path = uploads.path_of(attachment.file.stored_as)
    if not path.is_file():
        raise NotFound(_("This file is missing on the server. Tell your administrator."))
    return path


def note_taking(record: Any, attachment: Attachment, viewer: Viewer) -> None:
    """Journal that a person has this file before them: one entry for person, file and day."""
    today = clock.at(clock.today(), datetime.min.time())
    mine = JournalEntry.user_id == viewer.id, JournalEntry.kind == ATTACHMENT_TAKEN, JournalEntry.at >= today
    this = JournalEntry.details["attachment"].as_integer() == attachment.id
    if db.session.scalar(select(JournalEntry.id).where(*mine, this).limit(1)) is None:
        journal.note(ATTACHMENT_TAKEN, record=record, attachment=attachment.id)


def kind_of(attachment: Attachment) -> FileKind:
    """What it is, as its content told when it came."""
    return filekinds.KINDS[attachment.file.kind]


def size_said(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1024:
        return _("%(n)s bytes", n=size)
    if size < MEGABYTE:
        return f"{round(size / 1024):,} KB"
    return f"{size / MEGABYTE:,.1f} MB"
