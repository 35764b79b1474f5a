"""Finding what was written, in notes, contacts and whatever else is declared as searched (`core.texts`).

A text is found by whoever sees the record on which it hangs, as that shows it. Where one sees but one's own records,
what hangs on those is read; else the index names the newest texts, and each is looked at, up to a number that a page
can bear. So a word that stands everywhere costs no more than one that is rare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from core import fulltext, kinds
from core.budget import TooLong, within_budget
from core.conditions import listed, tried
from core.db import db
from core.kinds import Kind
from core.rights import Scope, Viewer
from core.terms import Expression
from core.terms.texts import Pieces, Sought, sought
from core.texts import Searched, searched
from core.tracked import attribute_of, root_of, root_table_of

MOST = 20  # texts of a kind that a page shows
READ = 60  # of those that the index names: it may name some that only look right
NAMED = 2_000  # that the index names before the person's view is asked
OWN_MS = 120


@dataclass(frozen=True)
class TextHit:
    """A text that was found, as the page shows it: on which record, when, by whom, and what stands around the words."""

    url: str
    name: str
    at: datetime
    who: str
    pieces: Pieces


@dataclass(frozen=True)
class Section:
    """What was found of one kind of texts, the newest first. `more`: there is more than is shown. `late`: finding what
    is older would take longer than a page may.
    """

    name: str
    label: Any
    hits: Sequence[TextHit]
    more: bool = False
    late: bool = False


def may_search(viewer: Viewer) -> bool:
    """Whether there is a kind of texts that the person may see any of."""
    return any(_roots(found, viewer) for found in searched())


def find(viewer: Viewer, q: str) -> list[Section] | None:
    """What was written of what a person typed, as far as they may see it. None if that is too little to look for."""
    asked = sought(q)
    if not asked.passes:
        return None
    return [_section(found, viewer, asked) for found in searched() if _roots(found, viewer)]


def _roots(searched: Searched, viewer: Viewer) -> list[Kind]:
    """The kinds of records on which texts hang and of which the person may see any."""
    table = root_table_of(searched.model)
    return [
        kind
        for kind in kinds.kinds()
        if (kind.noted if table is None else kind.table == table) and viewer.may(kind.see)
    ]


def _section(searched: Searched, viewer: Viewer, asked: Sought) -> Section:
    found: dict[int, TextHit] = {}
    more = late = False
    try:
        with within_budget():
            for hits, capped, stopped in _hits(searched, viewer, asked):
                found |= hits
                more, late = capped, stopped
                if len(found) > MOST:
                    break
    except TooLong:
        late = True
    newest = sorted(found.items(), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    shown = [hit for _id, hit in newest[:MOST]]
    return Section(searched.name, searched.label, shown, more or len(found) > MOST, late)


def _hits(
    searched: Searched, viewer: Viewer, asked: Sought
) -> Iterator[tuple[dict[int, TextHit], bool, bool]]:
    """By each question to the index: hits by id, whether there may be more, whether it was stopped.

    No rows: what a later question is stopped in would let go of them.
    """
    looked: set[int] = set()
    for expression in asked.passes:
        ids, late = _ids(searched, viewer, expression)
        fresh = _read(searched, [id for id in ids if id not in looked])
        looked.update(ids)
        meant = [row for row in fresh if asked.fits(searched.texts(row))]
        yield _shown(searched, meant, asked), len(ids) == READ, late


def _read(searched: Searched, ids: Sequence[int]) -> Iterable[Any]:
    if not ids:
        return ()
    model: Any = searched.model
    rows = select(model).where(model.id.in_(ids)).options(joinedload(model.author), *searched.loading)
    return db.session.scalars(rows).unique()


def _ids(searched: Searched, viewer: Viewer, expression: Expression) -> tuple[Sequence[int], bool]:
    """The newest texts that match and that the person may see; whether the index was stopped before it named all."""
    roots = _roots(searched, viewer)
    if all(viewer.scope(kind.see) is Scope.OWN for kind in roots):
        # Else so many are one's own that the index has to choose
        with suppress(TooLong), within_budget(OWN_MS):
            return _first(searched, viewer, roots, expression), False
    named, late = fulltext.newest(searched.search, searched.index, expression, NAMED)
    id: Any = searched.model.id
    among = or_(*(_is_on(searched, kind) & _among(searched, kind, viewer) for kind in roots))
    seen = select(id).where(listed(id, named), tried(among)).order_by(id.desc()).limit(READ)
    return (db.session.scalars(seen).all() if named else ()), late


def _first(
    searched: Searched, viewer: Viewer, roots: Sequence[Kind], expression: Expression
) -> Sequence[int]:
    """The newest of those that hang on the records that a person sees, each of which is read."""
    id: Any = searched.model.id
    ways = [
        select(id).where(
            _is_on(searched, kind),
            _root(searched).in_(select(kind.model.id).where(kinds.reach(kind.model, viewer, kind.see))),
            fulltext.said(searched.search, id, expression),
        )
        for kind in roots
    ]
    found = union_all(*ways).subquery("found")
    return db.session.scalars(select(found.c.id).order_by(found.c.id.desc()).limit(READ)).all()


def _among(searched: Searched, kind: Kind, viewer: Viewer) -> ColumnElement[bool]:
    """That the record of a kind on which a text hangs is one that the person sees."""
    return kinds.among_those(_root(searched), kind.model, kinds.reach(kind.model, viewer, kind.see))


def _root(searched: Searched) -> Any:
    return getattr(searched.model, attribute_of(searched.model, str(searched.model.root_column)))


def _is_on(searched: Searched, kind: Kind) -> ColumnElement[bool]:
    """That a text hangs on a record of this kind."""
    column = searched.model.root_table_column
    if column is None:
        return true()
    on_kind: ColumnElement[bool] = getattr(searched.model, attribute_of(searched.model, column)) == kind.table
    return on_kind


def _shown(searched: Searched, rows: Sequence[Any], asked: Sought) -> dict[int, TextHit]:
    said = searched.said or searched.texts
    names = _names(root_of(row)[:2] for row in rows)
    return {
        row.id: TextHit(
            searched.url(row), names[root_of(row)[:2]], getattr(row, searched.happened), row.author.name,
            asked.piece_of(said(row)),
        )
        for row in rows
    }  # fmt: skip


def _names(roots: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    """What records are called; a statement for each kind. They were found through the right to see them."""
    ids: dict[str, set[int]] = defaultdict(set)
    for table, id in roots:
        ids[table].add(id or 0)
    found: dict[tuple[str, int | None], str] = {}
    for table, some in ids.items():
        kind = kinds.kind_of(table)
        for record in db.session.scalars(select(kind.model).where(kind.model.id.in_(some))):
            found[table, record.id] = kind.title(record)
    return found
