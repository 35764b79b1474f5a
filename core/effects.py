"""What an act did to each row, all in all, and what has become of these rows since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, true, union_all
from sqlalchemy.orm.exc import StaleDataError

from core import kinds
from core.acts import echoes_of, sets_of
from core.bulk import chunks
from core.change_sets import Change, ChangeSet
from core.conditions import listed, unindexed
from core.db import Model, db
from core.erasures import Erasure
from core.roots import Root
from core.tracked import Tracked, decoded, model_of

_CHANGES: Any = Change.__table__
MADE, CHANGED, DELETED = "insert", "update", "delete"
ASKED_AT_ONCE = 50  # questions in one statement


@dataclass(frozen=True)
class Effect:
    """What an act did to one row: made, changed or deleted it.

    `before` and `after` hold columns as Python values, `row` the row as it is now (None: not there).
    `edited` and `used` tell of a row that the act made whether it was changed later, and whether rows refer to
    it that the act did not make.
    """

    change: Change
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    row: Mapping[str, Any] | None
    edited: bool = False
    used: bool = False

    @property
    def table(self) -> str:
        return self.change.record_table


def difference(change: Change) -> dict[str, tuple[Any, Any]]:
    """Column → value before and after, of what a change of a row really changed."""
    columns: Any = model_of(change.record_table).__table__.c
    before, after = change.before or {}, change.after or {}
    known = [name for name in before if name in columns and name in after]
    pairs = {
        name: (decoded(columns[name], before[name]), decoded(columns[name], after[name])) for name in known
    }
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


def copy_of(change: Change) -> dict[str, Any]:
    """The row that a change deleted, column → value."""
    columns: Any = model_of(change.record_table).__table__.c
    return {
        name: decoded(columns[name], value)
        for name, value in (change.before or {}).items()
        if name in columns
    }


def effects_of(
    leader: ChangeSet, roots: Iterable[Root] | None = None, *, others_gone: bool = False
) -> list[Effect]:
    """What an act did, a row each; what it made and deleted again is left out.

    With `roots` only to these records and their parts. `others_gone`: whatever else the act made after them has
    been taken back by now, so that what is still there and refers to them is there to stay.
    """
    by_table: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    set_id = Change.set_id if roots is None else unindexed(Change.set_id)
    for part in [true()] if roots is None else _of_roots(roots):
        # Rows, for many changes are read and none is ever written
        rows = select(_CHANGES).where(set_id.in_(sets_of(leader.id)), part, ~_is_erased())
        rows = rows.order_by(Change.id)
        for change in db.session.execute(rows):
            by_table[change.record_table][change.record_id].append(change)
    since = _Since.of(leader, by_table, others_gone)
    return [effect for table, found in by_table.items() for effect in _effects(table, found, since)]


def _is_erased() -> ColumnElement[bool]:
    """A change of what was erased for good says nothing any more, nor does one of others that told of it."""
    record = or_(Erasure.record_id == Change.root_id, Erasure.record_id == Change.also_id)
    says_nothing = and_(Change.action != MADE, Change.before.is_(None), Change.after.is_(None))
    return or_(says_nothing, exists().where(Erasure.record_table == Change.root_table, record))


def is_all_erased(change_set: ChangeSet) -> bool:
    """Whether all that an act touched was erased since."""
    touched = select(Change.id).where(Change.set_id.in_(sets_of(change_set.id))).limit(1)
    if db.session.scalar(touched) is None:
        return False
    return db.session.scalar(touched.where(~_is_erased())) is None


def _of_roots(roots: Iterable[Root]) -> Iterable[ColumnElement[bool]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for table, id in roots:
        if id is not None:
            ids[table].append(id)
    for table, found in ids.items():
        for chunk in chunks(sorted(found)):
            yield (Change.root_table == table) & listed(Change.root_id, chunk)


def _effects(table: str, found: Mapping[int, Sequence[Change]], since: _Since) -> Iterable[Effect]:
    made = _made(found)
    present = _present(table, found)
    edited, used = since.edited.get(table, ()), since.used(table, made)
    for id, history in found.items():
        first, last = history[0], history[-1]
        if first.action == MADE and last.action == DELETED:
            continue
        before, after = _sum(history)
        action = first.action if first.action == MADE else last.action
        yield Effect(first, action, before, after, present.get(id), id in edited, id in used)


def _made(found: Mapping[int, Sequence[Change]]) -> list[int]:
    return sorted(id for id, history in found.items() if history[0].action == MADE)


def _sum(history: Sequence[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a row held before the first and after the last of its changes in one set."""
    before = copy_of(history[-1]) if history[-1].action == DELETED else {}
    after: dict[str, Any] = {}
    earlier: dict[str, Any] = {}
    for change in history:
        if change.action == CHANGED:
            for name, (old, new) in difference(change).items():
                earlier.setdefault(name, old)
                after[name] = new
    return {**before, **earlier}, after


def _present(table: str, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    columns: Any = model_of(table).__table__
    found: dict[int, Mapping[str, Any]] = {}
    for chunk in chunks(sorted(ids)):
        rows = db.session.execute(select(columns).where(listed(columns.c.id, chunk))).mappings()
        found.update((row["id"], dict(row)) for row in rows)
    return found


@dataclass(frozen=True)
class _Since:
    """What others did since to the rows that an act made; `rows` are those looked at, `edited` were changed."""

    leader: ChangeSet
    rows: Mapping[str, Collection[int]]
    others_gone: bool
    edited: Mapping[str, Collection[int]]

    @classmethod
    def of(
        cls, leader: ChangeSet, rows: Mapping[str, Mapping[int, Sequence[Change]]], others_gone: bool
    ) -> _Since:
        made = {table: _made(found) for table, found in rows.items()}
        return cls(leader, rows, others_gone, _edited(leader, made))

    def used(self, table: str, made: Sequence[int]) -> set[int]:
        """Those to which rows refer that stay when the act is taken back."""
        return _used(table, made, self.rows, None if self.others_gone else self._by_the_act)

    def _by_the_act(self, child: type[Tracked]) -> ColumnElement[bool]:
        row = (Change.record_table == child.__tablename__) & (Change.record_id == child.__table__.c.id)
        return exists().where(row, unindexed(Change.set_id).in_(sets_of(self.leader.id)))


def _edited(leader: ChangeSet, made: Mapping[str, Sequence[int]]) -> dict[str, set[int]]:
    """Table → those of its rows that were changed. That the act was taken back, and back again, is no change."""
    # Found by the rows: PostgreSQL, not knowing yet how many changes are new, would read all that are
    set_id = unindexed(Change.set_id)
    strange = (set_id > leader.id) & set_id.not_in(echoes_of(leader))
    later = select(Change.record_table, Change.record_id).where(strange)
    parts = [
        later.where(Change.record_table == table, listed(Change.record_id, chunk))
        for table, ids in sorted(made.items())
        for chunk in chunks(ids)
    ]
    found: dict[str, set[int]] = defaultdict(set)
    for some in chunks(parts, ASKED_AT_ONCE):
        for table, id in db.session.execute(union_all(*some)):
            found[table].add(id)
    return found


def _used(
    table: str,
    made: Sequence[int],
    own: Mapping[str, Collection[int]],
    but: Callable[[type[Tracked]], ColumnElement[bool]] | None = None,
) -> set[int]:
    """Those of some rows to which others refer than `own` and those that meet the condition `but`."""
    found: set[int] = set()
    children = children_of(table)
    for chunk in chunks(made) if children else ():
        users = []
        for place, (child, column, refers) in enumerate(children):
            user = select(literal(place), column, child.__table__.c.id).where(listed(column, chunk), refers)
            users.append(user if but is None else user.where(~but(child)))
        for some in chunks(users, ASKED_AT_ONCE):
            for place, used, id in db.session.execute(union_all(*some)):
                if id not in own.get(children[place][0].__tablename__, ()):
                    found.add(used)
    return found


def hold(effects: Iterable[Effect]) -> None:
    """Let nobody else write to these rows, nor refer to those that the act made, until the transaction ends.

    They are all that the act left, or all that is left of it. Raises StaleDataError for what is not any more as it
    was when they were compared.
    """
    by_table: dict[str, dict[int, Effect]] = defaultdict(dict)
    for effect in effects:
        by_table[effect.table][effect.change.record_id] = effect
    for table in sorted(by_table):
        seen = {id: effect.row["version"] for id, effect in by_table[table].items() if effect.row is not None}
        if _held(table, by_table[table]) != seen:
            raise StaleDataError(f"rows of {table} were changed meanwhile")
    for table, found in by_table.items():
        made = {id: effect.used for id, effect in found.items() if effect.action == MADE}
        if _used(table, sorted(made), by_table) != {id for id, used in made.items() if used}:
            raise StaleDataError(f"rows of {table} were referred to meanwhile")


def _held(table: str, ids: Collection[int]) -> dict[int, int]:
    """The version of each row that is there; nobody else changes or deletes them from now on."""
    columns: Any = model_of(table).__table__.c
    found: dict[int, int] = {}
    for chunk in chunks(sorted(ids)):
        rows = select(columns.id, columns.version).where(listed(columns.id, chunk)).order_by(columns.id)
        found.update((id, version) for id, version in db.session.execute(rows.with_for_update()))
    return found


@cache
def children_of(table: str) -> Sequence[tuple[type[Tracked], Any, ColumnElement[bool]]]:
    """Every model with a column that refers to rows of a table, and the condition under which it does."""
    children = [mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, Tracked)]
    return [found for child in children for found in _references(child, table)]


def _references(child: type[Tracked], table: str) -> Iterable[tuple[type[Tracked], Any, ColumnElement[bool]]]:
    columns: Any = child.__table__.c
    for column in columns:
        if any(key.column.table.name == table for key in column.foreign_keys):
            yield child, column, true()
    if child.root_table_column is not None and kinds.is_kind(table) and kinds.kind_of(table).noted:
        yield child, columns[child.root_column], columns[child.root_table_column] == table
