"""Write, edit, pin and delete notes. What is deleted is taken back like any other change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from blueprints.office import mentions
from blueprints.office.models import Note
from core import changes, clock, kinds, undo
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import NotFound, Refused, Stale
from core.kinds import Kind, refusal
from core.rights import Right, Viewer
from core.words import _

WRITTEN, EDITED, DELETED = "note.written", "note.edited", "note.deleted"
PINNED, UNPINNED = "note.pinned", "note.unpinned"


def write_note(kind: Kind, record: Any, text: str, *, by: Viewer) -> Note:
    """Note something on a record, and tell whom it mentions. Raises RuleBroken."""
    changes.record(WRITTEN)
    _hold(kind, record)
    note = Note(record_table=kind.table, record_id=record.id, author_id=by.id, text=text, mentions=[])
    db.session.add(note)
    db.session.flush()
    mentions.settle(note, kind, record, by)
    return note


def _hold(kind: Kind, record: Any) -> None:
    """Let nobody unmake the record while a note is written on it: no foreign key would object. Raises NotFound."""
    held = select(kind.model.id).where(kind.model.id == record.id).with_for_update(read=True, key_share=True)
    if db.session.scalar(held) is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))


def edit_note(note: Note, kind: Kind, record: Any, text: str, *, by: Viewer, version: int) -> None:
    """Change the text of a note, and tell whom it mentions now. Raises Refused, Stale, RuleBroken."""
    changes.record(EDITED)
    check_hand(note, record, by)
    present = select(Note.version).where(Note.id == note.id).with_for_update()
    if db.session.scalar(present) != version:
        raise Stale(_("Somebody else has changed this note since you opened it."))
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
    if note.author_id != by.id and not kinds.holds(record, by, Right.OFFICE_NOTES_OF_OTHERS):
        raise Refused(refusal(Right.OFFICE_NOTES_OF_OTHERS))


def check_undo(change_set: ChangeSet, viewer: Viewer) -> None:
    """Taking back what was written, edited or deleted changes the note: that needs what changing it needs."""
    if undo.origin(change_set).verb not in (WRITTEN, EDITED, DELETED):
        return
    touched = select(Change).where(Change.set_id == change_set.id, Change.record_table == Note.__tablename__)
    for change in db.session.scalars(touched):
        author = (change.before or {}).get("author_id") or _author(change.record_id)
        kind = kinds.kind_of(change.root_table)
        right = Right.OFFICE_NOTES_OF_OTHERS
        if author != viewer.id and not kinds.held(kind.model, viewer, right, [change.root_id or 0]):
            raise Refused(refusal(right))


def _author(note_id: int) -> int | None:
    return db.session.scalar(select(Note.author_id).where(Note.id == note_id))
