"""Texts that are searched: what rows hold of free text is kept as terms beside them, under a full-text index.

The terms are derived: written with the row, whichever way it is written (the session, `core.changes.bulk_*`, undo), and
gone with it by the foreign key. Finding is in `core.textsearch`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.orm import Session

from core import events
from core.db import Model, db
from core.terms.texts import text_terms
from core.tracked import Tracked, attribute_of, root_table_of

CHUNK = 500


@dataclass(frozen=True)
class Searched:
    """Rows of a model that are found by the text in some of its columns, by whoever sees what they hang on.

    `search` is the table of their terms, its key first; `happened` names the moment that pages show; `url` leads
    to a row in the file of its record. Who wrote it, the model calls `author`. `said` answers its texts as the file
    shows them, where that is not as they are kept; `loading` is what that needs.
    """

    name: str
    label: Any
    model: type[Tracked]
    columns: tuple[str, ...]
    search: type[Model]
    happened: str
    url: Callable[[Any], str]
    said: Callable[[Any], Sequence[str | None]] | None = None
    loading: tuple[Any, ...] = ()

    @property
    def key(self) -> Any:
        """The column of the table of terms that names the row."""
        table: Any = self.search.__table__
        return next(iter(table.primary_key.columns))

    @property
    def index(self) -> str:
        """The full-text table on SQLite."""
        return f"{self.search.__tablename__}_fts"

    def texts(self, row: Any) -> list[str | None]:
        """What a row says."""
        return [getattr(row, attribute_of(self.model, name)) for name in self.columns]


_searched: dict[str, Searched] = {}


def declare(searched: Searched) -> None:
    """Let rows of a model be found by their text."""
    _searched[str(searched.model.__tablename__)] = searched


def searched() -> list[Searched]:
    """All that is searched, in the order of AREAS."""
    return list(_searched.values())


@event.listens_for(db.session, "after_flush")
def _keep(session: Session, _context: Any) -> None:
    """Keep the terms of the rows that a flush has written."""
    made: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in session.new:
        if (found := _searched.get(getattr(row, "__tablename__", ""))) is not None:
            made[row.__tablename__].append((row.id, text_terms(found.texts(row))))
    for row in session.dirty:
        found = _searched.get(getattr(row, "__tablename__", ""))
        if found is not None and _is_changed(row, found):
            _drop(found, [row.id])
            made[row.__tablename__].append((row.id, text_terms(found.texts(row))))
    for table, terms in made.items():
        _put(_searched[table], terms)


def _is_changed(row: Any, searched: Searched) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[attribute_of(searched.model, c)].history.has_changes() for c in searched.columns)


def added(model: type[Tracked], ids: Iterable[int], rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the terms of rows, given by column, that were put into the table of a model under these ids."""
    if (found := _searched.get(str(model.__tablename__))) is not None:
        terms = (text_terms(row.get(name) for name in found.columns) for row in rows)
        _put(found, zip(ids, terms, strict=True))


def reads(model: type[Tracked], names: Iterable[str]) -> bool:
    """Whether rows of a model are found by columns with these names."""
    found = _searched.get(str(model.__tablename__))
    return found is not None and not set(found.columns).isdisjoint(names)


def mend(model: type[Tracked], ids: Sequence[int]) -> None:
    """Bring the terms of rows up to date of which a text was written."""
    _mend(_searched[str(model.__tablename__)], ids)


def follow(table: str, ids: Sequence[int]) -> None:
    """The same for rows of a table that were written around the recorder: an erasure has emptied them."""
    if (found := _searched.get(table)) is not None:
        _mend(found, ids)


@events.listen("records.refresh")
def check(table: str, ids: Sequence[int] | None = None) -> int | None:
    """Mend the terms of what hangs on these records (None: on all); answers how many were wrong."""
    mine = [found for found in searched() if root_table_of(found.model) in (table, None)]
    return sum(_check(found, table, ids) for found in mine) if mine else None


def _check(searched: Searched, table: str, ids: Sequence[int] | None) -> int:
    columns: Any = searched.model.__table__.c
    own = select(columns.id)
    if searched.model.root_table_column is not None:
        own = own.where(columns[searched.model.root_table_column] == table)
    if ids is not None:
        root = columns[str(searched.model.root_column)]
        return _mend(searched, db.session.scalars(own.where(root.in_(ids))).all())
    wrong, last = 0, 0
    own = own.order_by(columns.id).limit(CHUNK)
    while found := db.session.scalars(own.where(columns.id > last)).all():
        wrong, last = wrong + _mend(searched, found), found[-1]
    return wrong


def _mend(searched: Searched, ids: Sequence[int]) -> int:
    """Compare the terms of rows with what they say; answers how many were wrong."""
    columns: Any = searched.model.__table__.c
    terms = searched.search.__table__.c.terms
    texts = [columns[name] for name in searched.columns]
    both = select(columns.id, terms, *texts).outerjoin(searched.search, searched.key == columns.id)
    wrong: list[tuple[int, str]] = []
    for start in range(0, len(ids), CHUNK):
        rows = db.session.execute(both.where(columns.id.in_(ids[start : start + CHUNK])))
        wanted = ((id, held, text_terms(said)) for id, held, *said in rows)
        wrong += [(id, made) for id, held, made in wanted if made != (held or "")]
    _drop(searched, [id for id, _terms in wrong])
    _put(searched, wrong)
    return len(wrong)


def _drop(searched: Searched, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        gone = delete(searched.search.__table__).where(searched.key.in_(ids[start : start + CHUNK]))  # type: ignore[arg-type]
        db.session.execute(gone)


def _put(searched: Searched, terms: Iterable[tuple[int, str]]) -> None:
    rows = [{searched.key.name: id, "terms": made} for id, made in terms if made]
    if rows:
        db.session.execute(insert(searched.search.__table__), rows)  # type: ignore[arg-type]
