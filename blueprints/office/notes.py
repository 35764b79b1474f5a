"""The notes on a record: read by whoever sees the record, in one statement a page.

All of them stand on its timeline, and on a page of their own; on the record itself those that are pinned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.office import rules
from blueprints.office.models import Note, NoteMention
from core import kinds, lists
from core.addresses import url_for
from core.errors import NotFound
from core.kinds import Kind
from core.lists import Order, Page
from core.rights import Right, Viewer
from core.words import _

FEW, SIZE = 5, 20
ORDER = Order(Note.pinned, descending=True)
WITH_MENTIONS = (joinedload(Note.mentions).joinedload(NoteMention.user),)


@dataclass(frozen=True)
class Notes:
    """Some of the notes on a record, pinned ones first, then the newest; and what the viewer may do with them."""

    kind: Kind
    record: Any
    page: Page[Note]
    viewer: Viewer
    rights: Collection[Right]
    asked: int | None = None

    @property
    def may_write(self) -> bool:
        return Right.OFFICE_NOTES in self.rights

    def may_edit(self, note: Note) -> bool:
        """One's own, or by the right over those of others."""
        mine = note.author_id == self.viewer.id
        return self.may_write and (mine or Right.OFFICE_NOTES_OF_OTHERS in self.rights)


def first(
    kind: Kind, record: Any, viewer: Viewer, rights: Collection[Right], asked: int | None = None
) -> Notes:
    """The first of those that are pinned, and before them the one that is asked for. One statement."""
    wanted = _of(kind, record)
    if asked is not None and 0 < asked <= lists.LARGEST:
        wanted = wanted.where(Note.pinned | (Note.id == asked)).order_by((Note.id == asked).desc())
    else:
        wanted = wanted.where(Note.pinned)
    return Notes(kind, record, lists.page(wanted, Note, ORDER, None, FEW), viewer, rights, asked)


def page(kind: Kind, record: Any, viewer: Viewer, after: str | None) -> Notes:
    """A page of them all. The caller has taken the record through the right to see it."""
    rights = {
        right
        for right in (Right.OFFICE_NOTES, Right.OFFICE_NOTES_OF_OTHERS)
        if kinds.holds(record, viewer, right)
    }
    return Notes(kind, record, lists.page(_of(kind, record), Note, ORDER, after, SIZE), viewer, rights)


def _of(kind: Kind, record: Any) -> Select[Note]:
    mine = select(Note).where(Note.record_table == kind.table, Note.record_id == record.id)
    return mine.options(joinedload(Note.author), *WITH_MENTIONS)


def the_note(kind: Kind, record: Any, id: int) -> Note:
    """One of the notes on a record. Raises NotFound for any other."""
    found = (
        lists.page(_of(kind, record).where(Note.id == id), Note, ORDER, None, 1).rows
        if id <= lists.LARGEST
        else ()
    )
    if not found:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    note: Note = found[0]
    return note


def address(note: Note) -> str:
    """Where a note stands before the others, with what can be done with it."""
    kind = kinds.kind_of(note.record_table)
    return url_for("notes.show", kind=kind.name, id=note.record_id, note_id=note.id)


def pieces(note: Note) -> list[tuple[str, str]]:
    """Its text cut at the mentions of people (see `rules.pieces`)."""
    return rules.pieces(note.text, {mention.user.username: mention.user.name for mention in note.mentions})


def said(note: Note) -> list[str]:
    """Its text as pages show it: who is mentioned, by name."""
    return ["".join(f"@{name}" if name else text for text, name in pieces(note))]
