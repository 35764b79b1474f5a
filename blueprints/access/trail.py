"""The trail as a person may read it: change sets, and the records that they touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, true, tuple_

from blueprints.access.changed_rows import Row, rows_of
from core import acts, kinds, undo
from core.changes import Change, ChangeSet
from core.conditions import tried
from core.db import db
from core.errors import NotFound, Problem
from core.kinds import Kind
from core.rights import Right, Viewer
from core.roots import Root, those
from core.verbs import verb_of
from core.words import _

RECORDS_SHOWN = 50


@dataclass(frozen=True)
class Touched:
    """A record that a set touched, with what happened to it and its parts; `url` if it has a page to open."""

    kind: Any
    title: str
    url: str | None
    rows: Sequence[Row]


@dataclass(frozen=True)
class Page:
    """Some of the records of an act, all of one set: the `part`-th of `parts`.

    `hidden` of all records of this set are not for this person; `after` is the cursor of the next page.
    """

    touched: Sequence[Touched]
    hidden: int
    after: str | None
    part: int
    parts: int


def verb_label(change_set: ChangeSet) -> str:
    """What a set did, in words."""
    return str(verb_of(change_set.verb).label)


def the_set(id: int, viewer: Viewer) -> ChangeSet:
    """A change set that the person may read. Raises NotFound otherwise.

    Open to whoever reads the trail, to whoever may see a record that it touched, and to its author unless all
    records that it touched are out of the author's sight by now.
    """
    change_set = _found(id, viewer)
    if change_set is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return change_set


def change_is_open(id: int, viewer: Viewer) -> bool:
    """Whether the person may read a change set (see `the_set`)."""
    return _found(id, viewer) is not None


def leader_of(change_set: ChangeSet, viewer: Viewer) -> ChangeSet | None:
    """The set that leads the act, if the person may read it."""
    return change_set if change_set.part_of_id is None else _found(change_set.part_of_id, viewer)


def _found(id: int, viewer: Viewer) -> ChangeSet | None:
    change_set = db.session.get(ChangeSet, id) if 0 < id < 2**63 else None
    return change_set if change_set is not None and _is_open(change_set, viewer) else None


def _is_open(change_set: ChangeSet, viewer: Viewer) -> bool:
    if viewer.may(Right.ACCESS_AUDIT):
        return True
    own = select(Change.id).where(Change.set_id == change_set.id)
    if db.session.scalar(own.where(readable(viewer)).limit(1)) is not None:
        return True
    return change_set.user_id == viewer.id and db.session.scalar(own.where(_still_there()).limit(1)) is None


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Changes of records that the person may see, in the bin or out of it; of what is a fact of two, both."""
    return or_(false(), *(_of(kind, _seen(kind, viewer)) for kind in kinds.kinds()))


def told(viewer: Viewer) -> ColumnElement[bool]:
    """Changes of which a person may know who sees the record: of what is a fact of two, they have to see both."""
    return Change.also_id.is_(None) | readable(viewer)


def _seen(kind: Kind, viewer: Viewer) -> ColumnElement[bool]:
    if kind.internal and viewer.may(Right.ACCESS_AUDIT):
        return true()
    return kind.policy.within(viewer, kind.see)


def _still_there() -> ColumnElement[bool]:
    """Changes of records that exist, whoever may see them."""
    return or_(false(), *(_of(kind, true()) for kind in kinds.kinds()))


def _of(kind: Kind, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    root, also = (kinds.among_those(c, kind.model, condition) for c in (Change.root_id, Change.also_id))
    return (Change.root_table == kind.table) & root & (Change.also_id.is_(None) | also)


def page_of(change_set: ChangeSet, viewer: Viewer, after: str | None = None) -> Page:
    """The records that an act touched, a set at a time; those that the person may see in words, the others counted.

    Of a set that leads, the pages go on with its parts. Statements do not grow with the act.
    """
    sets = acts.set_ids(change_set)
    begun, _dot, cursor = (after or "").partition(".")
    part = sets.index(int(begun)) if begun in map(str, sets) else 0
    own = select(Change.root_table, Change.root_id).where(Change.set_id == sets[part])
    roots = own.where(readable(viewer)).distinct()
    shown = _roots(roots, cursor)
    touched = _touched(sets[part], shown[:RECORDS_SHOWN], viewer)
    every = own.where(Change.root_table.in_([kind.table for kind in kinds.kinds()])).distinct()
    next_page = str(sets[part + 1]) if part + 1 < len(sets) else None
    if len(shown) > RECORDS_SHOWN:
        next_page = "{}.{}.{}".format(sets[part], *shown[RECORDS_SHOWN - 1])
    return Page(touched, _count(every) - _count(roots), next_page, part + 1, len(sets))


def _roots(roots: Any, cursor: str) -> list[tuple[str, int]]:
    table, _dot, id = cursor.rpartition(".")
    key = tuple_(Change.root_table, Change.root_id)
    if table and id.isdecimal() and len(id) < 19:
        roots = roots.where(key > tuple_(table, int(id)))
    limited = roots.order_by(Change.root_table, Change.root_id).limit(RECORDS_SHOWN + 1)
    return [(row[0], row[1]) for row in db.session.execute(limited)]


def _count(roots: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(roots.subquery())) or 0


def _touched(set_id: int, roots: Sequence[Root], viewer: Viewer) -> list[Touched]:
    if not roots:
        return []
    of_roots = tuple_(Change.root_table, Change.root_id).in_(roots)
    wanted = select(Change).where(Change.set_id == set_id, of_roots, told(viewer)).order_by(Change.id)
    rows: dict[Root, list[Row]] = defaultdict(list)
    for change, row in rows_of(db.session.scalars(wanted).all(), viewer):
        rows[change.root_table, change.root_id].append(row)
    names = named(roots, viewer)
    return [Touched(kinds.kind_of(root[0]).label, *names[root], rows[root]) for root in roots]


def seen(roots: Iterable[Root], viewer: Viewer) -> set[Root]:
    """Those of these records that the person may see, in the bin or out of it."""
    return those(roots, lambda kind: _seen(kind, viewer))


def named(roots: Iterable[Root], viewer: Viewer) -> dict[Root, tuple[str, str | None]]:
    """Title and address of those records that the person may see; no address of what lies in the bin."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, id in roots:
        by_table[table].append(id or 0)
    found: dict[Root, tuple[str, str | None]] = {}
    for table, ids in by_table.items():
        kind = kinds.kind_of(table)
        rows = select(kind.model).where(kind.model.id.in_(ids), tried(_seen(kind, viewer)))
        for row in db.session.scalars(rows).unique():
            living = getattr(row, "deleted_at", None) is None and viewer.may(kind.see)
            found[table, row.id] = kind.title(row), kind.url(row.id) if living else None
    return found


def why_not(change_set: ChangeSet, viewer: Viewer) -> str | None:
    """Why this person cannot take a set back; None if they can."""
    try:
        undo.check(change_set, viewer)
    except Problem as problem:
        return str(problem.message)
    return None
