"""Values of rows in words, for histories: masked for whoever may not see them in clear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_

from core import kinds, languages, parts
from core.changes import Change
from core.db import db
from core.effects import DELETED, copy_of
from core.masking import HIDDEN, masked
from core.parts import Part
from core.rights import Viewer
from core.roots import Root
from core.tracked import attribute_of, model_of
from core.words import _

NOTHING = "—"

Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Fact:
    """Values of one row's columns, as they were at several moments: column → (before, after …).

    `row` is what is known of the rest of the row.
    """

    table: str
    root: Root
    values: Mapping[str, tuple[Any, ...]]
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One field in words, with its value at each moment."""

    label: str
    values: tuple[str, ...]


def tell(facts: Sequence[Fact], viewer: Viewer) -> list[list[Line]]:
    """Each fact in words; the number of statements depends on the tables referred to, not on the facts."""
    names = _names(facts, viewer)
    clear = clear_roots({fact.root for fact in facts}, viewer)
    return [_lines(fact, names, clear=fact.root in clear) for fact in facts]


def clear_roots(roots: Iterable[Root], viewer: Viewer) -> set[Root]:
    """Of these records, those whose sensitive values the person sees in clear, in the bin or out of it."""
    by_table: dict[str, set[int]] = defaultdict(set)
    for table, id in roots:
        if id is not None:
            by_table[table].add(id)
    found: set[Root] = set()
    for table, ids in by_table.items():
        kind = kinds.kind_of(table) if kinds.is_kind(table) else None
        if kind is None or kind.clear is None:
            found.update((table, id) for id in ids)
        else:
            held = select(kind.model.id).where(kind.model.id.in_(ids), kind.policy.within(viewer, kind.clear))
            found.update((table, id) for id in db.session.scalars(held))
    return found


def _lines(fact: Fact, names: Names, *, clear: bool) -> list[Line]:
    words = parts.words_of(fact.table, fact.root[0])
    columns = model_of(fact.table).__table__.c
    lines = []
    for name, values in fact.values.items():
        if name in words.field_labels and any(value not in (None, "") for value in values):
            shown = (_shown(columns[name], value, words, fact.row, names, clear) for value in values)
            lines.append(Line(str(words.field_labels[name]), tuple(shown)))
    return lines


def _shown(column: Any, value: Any, words: Part, row: Mapping[str, Any], names: Names, clear: bool) -> str:
    if value is None or value == "":
        return NOTHING
    if column.foreign_keys:
        return names.get((_target(column), value), f"#{value}")
    if (column.info.get("encrypted") or not clear) and (mask := _mask(column, words, row)):
        return masked(mask, str(value)) or HIDDEN
    label = _in_words(column.name, value, words, row)
    return str(label) if label is not None else _plain(value)


def _mask(column: Any, words: Part, row: Mapping[str, Any]) -> Any:
    """How a sensitive value is masked; None for one that is not."""
    return words.masks[column.name](row) if column.name in words.masks else column.info.get("sensitive")


def _in_words(name: str, value: Any, words: Part, row: Mapping[str, Any]) -> Any:
    if name in words.by_row:
        return words.by_row[name](value, row)
    return words.value_labels[name](value) if name in words.value_labels else None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return languages.moment(value)
    if isinstance(value, date):
        return languages.day(value, year=True)
    return str(value)


def _target(column: Any) -> str:
    return str(next(iter(column.foreign_keys)).column.table.name)


def _names(facts: Sequence[Fact], viewer: Viewer) -> Names:
    """Names of the rows that the values refer to."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        columns, labelled = (
            model_of(fact.table).__table__.c,
            parts.words_of(fact.table, fact.root[0]).field_labels,
        )
        for name, values in fact.values.items():
            if name in labelled and columns[name].foreign_keys:
                wanted[_target(columns[name])].update(value for value in values if value is not None)
    found = {
        (table, id): name for table, ids in wanted.items() for id, name in titles(table, ids, viewer).items()
    }
    gone = [
        (table, id) for table in wanted if _is_open(table) for id in wanted[table] if (table, id) not in found
    ]
    return {**_last_names(gone), **found} if gone else found


def _last_names(gone: Sequence[tuple[str, int]]) -> Names:
    """What rows that are no more were called when they were deleted; one statement."""
    row = tuple_(Change.record_table, Change.record_id)
    deleted = select(Change).where(row.in_(gone), Change.action == DELETED).order_by(Change.id)
    copies = ((change, copy_of(change)) for change in db.session.scalars(deleted))
    return {(c.record_table, c.record_id): copy["name"] for c, copy in copies if copy.get("name")}


def _is_open(table: str) -> bool:
    """Whether rows of a table are named to whoever reads of them: tags, teams and the like."""
    return not kinds.is_kind(table) or kinds.kind_of(table).internal


def titles(table: str, ids: Iterable[int], viewer: Viewer) -> dict[int, str]:
    """What rows of a table are called; of records of other kinds only those that the person may see."""
    model: Any = model_of(table)
    kind = kinds.kind_of(table) if kinds.is_kind(table) else None
    if kind is None and not hasattr(model, "name"):
        return {}
    rows = select(model).where(model.id.in_(sorted(ids)))
    if kind is not None and not _is_open(table):
        rows = rows.where(kind.policy.within(viewer, kind.see))
    title = kind.title if kind else (lambda row: getattr(row, attribute_of(model, "name")))
    return {row.id: str(title(row)) for row in db.session.scalars(rows).unique()}
