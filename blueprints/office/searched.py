"""What of the office is found by its text: notes, and files by their names and remarks."""

from __future__ import annotations

from blueprints.office import attachments, notes
from blueprints.office.models import Attachment, AttachmentSearch, Note, NoteSearch
from core import texts
from core.words import _l

texts.declare(
    texts.Searched(
        "notes", _l("Notes"), Note, ("text",), NoteSearch, "created_at", notes.address, notes.said,
        notes.WITH_MENTIONS,
    )
)  # fmt: skip
texts.declare(
    texts.Searched(
        "files", _l("Files"), Attachment, ("name", "remark"), AttachmentSearch, "created_at",
        attachments.address, attachments.said,
    )
)  # fmt: skip
