"""Who may be mentioned in a note: whoever may see what it is about. And what they are told when they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.office import rules
from blueprints.office.models import Note, NoteMention
from core import kinds, notifications
from core.db import db
from core.errors import RuleBroken
from core.kinds import Kind
from core.notifications import Notification, Told
from core.rights import Viewer
from core.words import _

KIND = "office.mentioned"
LOOKED_AT, OFFERED, EXCERPT = 60, 20, 120


def colleagues(kind: Kind, record: Any, q: str, viewer: Viewer) -> Sequence[User]:
    """Whom this person may mention and means by what they typed; nobody is told of who may not see the record.

    Of very many that could be meant, only the first are looked at. Five statements.
    """
    found = [user for user in access.meant(q, viewer, LOOKED_AT) if user.id != viewer.id]
    seeing = _seeing(kind, record, found)
    return [user for user in found if user.id in seeing][:OFFERED]


def _seeing(kind: Kind, record: Any, people: Sequence[User]) -> set[int]:
    return kinds.seeing(kind.model, record.id, access.viewers_of(people)) if people else set()


def settle(note: Note, kind: Kind, record: Any, by: Viewer) -> None:
    """Write down whom the text mentions, and tell those of whom it did not before; nobody is told of themselves.

    Raises RuleBroken if one of them may not see the record; it says no more of a name that nobody bears.
    """
    named = rules.mentioned(note.text)
    present = {mention.user.username: mention for mention in note.mentions}
    fresh = _people([name for name in named if name not in present])
    seeing = _seeing(kind, record, list(fresh.values()))
    for name in named:
        if name not in present and (name not in fresh or fresh[name].id not in seeing):
            raise RuleBroken(_nobody(name), "text")
    for name in present.keys() - set(named):
        note.mentions.remove(present[name])
    for user in fresh.values():
        on = {"record_table": note.record_table, "record_id": note.record_id}
        note.mentions.append(NoteMention(user=user, user_id=user.id, note_id=note.id, **on))
    db.session.flush()
    told = [user.id for user in fresh.values() if user.id != by.id]
    notifications.notify(KIND, told, key=str(note.id), about=(Note.__tablename__, note.id), by=by.id)


def _people(usernames: Sequence[str]) -> dict[str, User]:
    if not usernames:
        return {}
    asked = select(User).where(User.username.in_(usernames), User.deactivated_at.is_(None))
    return {user.username: user for user in db.session.scalars(asked.order_by(User.id))}


def _nobody(name: str) -> str:
    return _(
        "“@%(name)s” is nobody who may see this. Choose from the list that @ opens, or put a space behind the @.",
        name=name,
    )


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """Who mentioned them, on what, and how it begins: as long as there is the note and they see what it is about.

    Two statements, and one for each kind of records.
    """
    found = _notes(rows)
    records = _records(found.values(), viewer)
    people = select(User.id, User.name).where(User.id.in_({row.facts["by"] for row in rows}))
    names = dict(db.session.execute(people).all()) if records else {}
    return {
        row.id: _told(note, records[on], names.get(row.facts["by"], ""))
        for row in rows
        if (note := found.get(row.record_id or 0)) and (on := (note.record_table, note.record_id)) in records
    }


def _notes(rows: Sequence[Notification]) -> dict[int, Note]:
    asked = select(Note).where(Note.id.in_({row.record_id for row in rows}))
    return {note.id: note for note in db.session.scalars(asked.options(joinedload(Note.author)))}


def _records(found: Collection[Note], viewer: Viewer) -> dict[tuple[str, int], Any]:
    """Table and id → the records that these notes are about, as far as the person sees them."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for note in found:
        ids[note.record_table].add(note.record_id)
    records: dict[tuple[str, int], Any] = {}
    for table, those in ids.items():
        model = kinds.kind_of(table).model
        seen = db.session.scalars(kinds.visible(model, viewer).where(model.id.in_(those)))
        records.update(((table, record.id), record) for record in seen)
    return records


def _told(note: Note, record: Any, name: str) -> Told:
    kind = kinds.kind_of(note.record_table)
    text = _("%(name)s mentioned you in a note on %(record)s", name=name, record=kind.title(record))
    begins = " ".join(note.text.split())
    more = begins if len(begins) <= EXCERPT else f"{begins[:EXCERPT]}…"
    values: Mapping[str, Any] = {"kind": kind.name, "id": record.id, "note_id": note.id}
    return Told(text, (more,), "notes.show", values)
