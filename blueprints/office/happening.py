"""Notes and files as entries of a record's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.office.models import Attachment, Note, NoteMention
from core import kinds, timelines
from core.db import db
from core.timelines import Asked, Source
from core.words import _l

KNOWN = frozenset({timelines.AUTHOR})


def notes() -> Source:
    """The notes on a record."""
    return Source("note", _l("Notes"), "office/notes/_moment.html", _notes, KNOWN, _authors_of(Note))


def files() -> Source:
    """The files on a record."""
    return Source("file", _l("Files"), "office/files/_moment.html", _files, KNOWN, _authors_of(Attachment))


def _authors_of(model: Any) -> Any:
    def authors(record: Any) -> Select[Any]:
        return _on(select(model.author_id), model, record)

    return authors


def _on(statement: Select[Any], model: Any, record: Any) -> Select[Any]:
    table = kinds.kind_of(type(record)).table
    return statement.where(model.record_table == table, model.record_id == record.id)


def _wanted(model: Any, kind: str, asked: Asked) -> Select[Any]:
    mine = _on(select(model), model, asked.record)
    if asked.author is not None:
        mine = mine.where(model.author_id == asked.author)
    return timelines.newest(mine, asked, kind, model.created_at, model.id).options(joinedload(model.author))


def _notes(asked: Asked) -> Iterator[tuple[datetime, int, Note]]:
    named = joinedload(Note.mentions).joinedload(NoteMention.user)
    for note in db.session.scalars(_wanted(Note, "note", asked).options(named)).unique():
        yield note.created_at, note.id, note


def _files(asked: Asked) -> Iterator[tuple[datetime, int, Attachment]]:
    for file in db.session.scalars(_wanted(Attachment, "file", asked).options(joinedload(Attachment.file))):
        yield file.created_at, file.id, file
