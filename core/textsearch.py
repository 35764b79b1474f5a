"""Finding what was written, in notes, contacts and whatever else is declared as searched (`core.texts`).

A text is found by whoever sees the record on which it hangs, as that shows it. Where one sees but one's own records,
what hangs on those is read; else the index names the newest texts, and each is looked at, up to a number that a page
can bear. So a word that stands everywhere costs no more than one that is rare. Further pages go on in what the index
named, by when it happened: behind the last text of one question, then with the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from core import fulltext, kinds, lists
from core.budget import TooLong, within_budget
from core.conditions import listed, tried
from core.db import db
from core.kinds import Kind
from core.lists import Order, Page
from core.rights import Scope, Viewer
from core.terms import Expression
from core.terms.texts import Pieces, Sought, sought
from core.texts import Searched, searched
from core.tracked import attribute_of, root_of, root_table_of

MOST = 20  # texts of a kind that a page shows
READ = 60  # of those that the index names: it may name some that only look right
NAMED = 2_000  # that the index names before the person's view is asked
OWN_MS = 120
_PLACE = re.compile(r"(\d)\.([\w-]*)")


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
    """What was found of one kind of texts, the newest first, behind the cursor `after` if that is one.

    `older` is the cursor of those that follow. `late`: finding what is older would take longer than a page may.
    `ended`: these are the last that the index names, and the person, who sees everything, may know that there are more.
    """

    name: str
    label: Any
    hits: Sequence[TextHit]
    after: str | None = None
    older: str | None = None
    late: bool = False
    ended: bool = False


@dataclass(frozen=True)
class _Answer:
    """What one question to the index found, for a page with some room: hits by id, and as in a section."""

    hits: dict[int, TextHit]
    older: str | None
    late: bool
    capped: bool


def may_search(viewer: Viewer) -> bool:
    """Whether there is a kind of texts that the person may see any of."""
    return any(_roots(found, viewer) for found in searched())


def find(viewer: Viewer, q: str, only: str = "", after: str | None = None) -> list[Section] | None:
    """What was written of what a person typed, as far as they may see it. None if that is too little to look for.

    `only` one kind of texts, behind a cursor of its section; what cannot be read is all of them, from the newest on.
    """
    asked = sought(q)
    if not asked.passes:
        return None
    mine = [found for found in searched() if _roots(found, viewer)]
    if named := [found for found in mine if found.name == only]:
        return [_section(found, viewer, asked, after) for found in named]
    return [_section(found, viewer, asked) for found in mine]


def _roots(searched: Searched, viewer: Viewer) -> list[Kind]:
    """The kinds of records on which texts hang and of which the person may see any."""
    table = root_table_of(searched.model)
    return [
        kind
        for kind in kinds.kinds()
        if (kind.noted if table is None else kind.table == table) and viewer.may(kind.see)
    ]


def _section(searched: Searched, viewer: Viewer, asked: Sought, after: str | None = None) -> Section:
    found: dict[int, TextHit] = {}
    older: str | None = None
    late = capped = False
    begun, place = first = _begun(after, len(asked.passes))
    try:
        with within_budget():
            for number in range(begun, len(asked.passes)):
                answer = _answer(searched, viewer, asked, number, place, MOST - len(found))
                found |= answer.hits
                older, late, capped = answer.older, late or answer.late, capped or answer.capped
                place = None
                if older is not None:
                    break
    except TooLong:
        older, late = None, True
    newest = sorted(found.items(), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    sees_all = all(viewer.scope(kind.see) is Scope.ALL for kind in _roots(searched, viewer))
    return Section(
        searched.name, searched.label, [hit for _id, hit in newest], after if any(first) else None, older, late,
        ended=capped and older is None and sees_all,
    )  # fmt: skip


def _begun(after: str | None, passes: int) -> tuple[int, str | None]:
    """With which question to the index a page goes on, and behind which of its texts."""
    read = _PLACE.fullmatch(after or "")
    if read is None or int(read[1]) >= passes:
        return 0, None
    return int(read[1]), read[2] or None


def _answer(
    searched: Searched, viewer: Viewer, asked: Sought, number: int, place: str | None, room: int
) -> _Answer:
    """What a question finds that none before it did.

    No rows: what a later question is stopped in would let go of them.
    """
    page, late, capped = _named(searched, viewer, asked, number, place)
    rows = {row.id: row for row in _read(searched, [row.id for row in page.rows])}
    meant = [rows[id] for id, _at in page.rows if id in rows and asked.fits(searched.texts(rows[id]))]
    older = page.after
    if len(meant) > room:
        older = lists.cursor(meant[room - 1], _order(searched)) if room else ""
    hits = _shown(searched, meant[:room], asked)
    return _Answer(hits, f"{number}.{older}" if older is not None else None, late, capped)


def _read(searched: Searched, ids: Sequence[int]) -> Iterable[Any]:
    if not ids:
        return ()
    model: Any = searched.model
    rows = select(model).where(model.id.in_(ids)).options(joinedload(model.author), *searched.loading)
    return db.session.scalars(rows).unique()


def _named(
    searched: Searched, viewer: Viewer, asked: Sought, number: int, after: str | None
) -> tuple[Page[Any], bool, bool]:
    """Id and moment of the newest texts that match, that no question before named and that the person may see; whether
    the index was stopped before it named all, and whether it named as many as it may.
    """
    roots, expression, id = _roots(searched, viewer), asked.passes[number], _id(searched)
    fresh = [~fulltext.said(searched.search, id, before) for before in asked.passes[:number]]
    if all(viewer.scope(kind.see) is Scope.OWN for kind in roots):
        # Else so many are one's own that the index has to choose
        with suppress(TooLong), within_budget(OWN_MS):
            return _first(searched, viewer, roots, expression, fresh, after), False, False
    named, late = fulltext.newest(searched.search, searched.index, expression, NAMED)
    if not named:
        return Page([], None), late, False
    among = or_(*(_is_on(searched, kind) & _among(searched, kind, viewer) for kind in roots))
    order = _order(searched)
    seen = select(id, order.column).where(listed(id, named), tried(and_(among, *fresh)))
    return lists.page(seen, searched.model, order, after, READ), late, len(named) == NAMED


def _first(
    searched: Searched,
    viewer: Viewer,
    roots: Sequence[Kind],
    expression: Expression,
    fresh: Sequence[ColumnElement[bool]],
    after: str | None,
) -> Page[Any]:
    """The newest of those that hang on the records that a person sees, each of which is read."""
    id, order = _id(searched), _order(searched)
    ways = [
        select(id, order.column).where(
            _is_on(searched, kind),
            _root(searched).in_(select(kind.model.id).where(kinds.reach(kind.model, viewer, kind.see))),
            fulltext.said(searched.search, id, expression),
            *fresh,
        )
        for kind in roots
    ]
    found = union_all(*ways).subquery("found").c
    order = replace(order, column=found[order.column.key])
    return lists.page_by(select(found.id, order.column), found.id, order, after, READ)


def _order(searched: Searched) -> Order:
    """The newest first, of rows that are at hand."""
    return Order(getattr(searched.model, searched.happened), descending=True, walked=False)


def _id(searched: Searched) -> Any:
    model: Any = searched.model
    return model.id


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
