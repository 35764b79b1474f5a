"""Write, edit, pin and delete notes. What is deleted is taken back like any other change."""

from __future__ import annotations

from typing import Any

from blueprints.office import hanging, mentions
from blueprints.office.models import Note
from core import changes, clock, versions
from core.db import db
from core.kinds import Kind
from core.rights import Right, Viewer
from core.words import _

WRITTEN, EDITED, DELETED = "note.written", "note.edited", "note.deleted"
PINNED, UNPINNED = "note.pinned", "note.unpinned"
OF_ITS_AUTHOR = (WRITTEN, EDITED, DELETED)


def write_note(kind: Kind, record: Any, text: str, *, by: Viewer) -> Note:
    """Note something on a record, and tell whom it mentions. Raises RuleBroken."""
    changes.record(WRITTEN)
    hanging.hold(kind, record.id)
    note = Note(record_table=kind.table, record_id=record.id, author_id=by.id, text=text, mentions=[])
    db.session.add(note)
    db.session.flush()
    mentions.settle(note, kind, record, by)
    return note


def edit_note(note: Note, kind: Kind, record: Any, text: str, *, by: Viewer, version: int) -> None:
    """Change the text of a note, and tell whom it mentions now. Raises Refused, Stale, RuleBroken."""
    changes.record(EDITED)
    check_hand(note, record, by)
    versions.check(note, version, _("Somebody else has changed this note since you opened it."))
    if text == note.text:
        return
    note.text, note.edited_at = text, clock.now()
    mentions.settle(note, kind, record, by)


def pin_note(note: Note, *, pinned: bool) -> None:
    """Let a note stand before the others, or no longer."""
    changes.record(PINNED if pinned else UNPINNED)
    note.pinned = pinned
    db.session.flush()


def delete_note(note: Note, record: Any, *, by: Viewer) -> int | None:
    """Delete a note; answers the change set by which that is taken back. Raises Refused."""
    changes.record(DELETED)
    check_hand(note, record, by)
    db.session.delete(note)
    return changes.set_id()


def check_hand(note: Note, record: Any, by: Viewer) -> None:
    """Raises Refused unless the note is one's own, or one may change those of others on this record."""
    hanging.check_hand(note, record, by, Right.OFFICE_NOTES_OF_OTHERS)
