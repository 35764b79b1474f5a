"""What notes and files have in common: they hang on records of any kind, and each has somebody whose own it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from core import kinds, undo
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import NotFound, Refused
from core.kinds import Kind, refusal
from core.rights import Right, Viewer
from core.words import _


def kind_named(name: str) -> Kind:
    """The kind of records that an address names. Raises NotFound for one on whose records nothing hangs."""
    found = kinds.kind_named(name)
    if found is None or not found.noted:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def hold(kind: Kind, record_id: int) -> None:
    """Let nobody unmake the record while something is hung on it: no foreign key would object. Raises NotFound."""
    held = select(kind.model.id).where(kind.model.id == record_id).with_for_update(read=True, key_share=True)
    if db.session.scalar(held) is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))


def check_hand(row: Any, record: Any, by: Viewer, right: Right) -> None:
    """Raises Refused unless it is one's own, or one holds the right over those of others on this record."""
    if row.author_id != by.id and not kinds.holds(record, by, right):
        raise Refused(refusal(right))


def check_undo(
    change_set: ChangeSet, viewer: Viewer, model: Any, verbs: Collection[str], right: Right
) -> None:
    """Taking back what one of these verbs did changes the rows: that needs what changing them needs."""
    if undo.origin(change_set).verb not in verbs:
        return
    touched = select(Change).where(Change.set_id == change_set.id, Change.record_table == model.__tablename__)
    for change in db.session.scalars(touched):
        author = (change.before or {}).get("author_id") or _author(model, change.record_id)
        kind = kinds.kind_of(change.root_table)
        if author != viewer.id and not kinds.held(kind.model, viewer, right, [change.root_id or 0]):
            raise Refused(refusal(right))


def _author(model: Any, id: int) -> int | None:
    return db.session.scalar(select(model.author_id).where(model.id == id))
