"""Notes and files as entries of a record's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from blueprints.office.models import Attachment, Note, NoteMention
from core import kinds, timelines
from core.timelines import RECORD_ID, Asked, Source
from core.words import _l

KNOWN = frozenset({timelines.AUTHOR})


def notes(record: Any) -> Source:
    """The notes on a record."""
    seldom = _on_it(Note, _table_of(record))
    return Source("note", _l("Notes"), "office/notes/_moment.html", _notes, KNOWN, _authors_of(Note), seldom)


def files(record: Any) -> Source:
    """The files on a record."""
    seldom = _on_it(Attachment, _table_of(record))
    return Source(
        "file", _l("Files"), "office/files/_moment.html", _files, KNOWN, _authors_of(Attachment), seldom
    )


@cache
def _on_it(model: Any, table: str) -> ColumnElement[bool]:
    return and_(model.record_table == table, model.record_id == RECORD_ID)


def _authors_of(model: Any) -> Any:
    def authors(record: Any) -> Select[Any]:
        on_it = (model.record_table == _table_of(record)) & (model.record_id == record.id)
        return select(model.author_id).where(on_it)

    return authors


def _wanted(asked: Asked, model: Any, kind: str, table: str) -> Select[Any]:
    mine = select(model).where(_on_it(model, table))
    if asked.author is not None:
        mine = mine.where(model.author_id == asked.author)
    return timelines.newest(mine, asked, kind, model.created_at, model.id).options(joinedload(model.author))


def _notes(asked: Asked) -> Iterator[tuple[datetime, int, Note]]:
    for note in timelines.rows(_noted, asked, _table_of(asked.record)).scalars().unique():
        yield note.created_at, note.id, note


def _noted(asked: Asked, table: str) -> Select[Any]:
    named = joinedload(Note.mentions).joinedload(NoteMention.user)
    return _wanted(asked, Note, "note", table).options(named)


def _files(asked: Asked) -> Iterator[tuple[datetime, int, Attachment]]:
    for file in timelines.rows(_attached, asked, _table_of(asked.record)).scalars():
        yield file.created_at, file.id, file


def _attached(asked: Asked, table: str) -> Select[Any]:
    return _wanted(asked, Attachment, "file", table).options(joinedload(Attachment.file))


def _table_of(record: Any) -> str:
    return kinds.kind_of(type(record)).table
