"""A list by groups: how many rows each holds, counted to a cap, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select

from core import clock
from core.conditions import tried
from core.db import db
from core.filterlines import Line, Lines, moved
from core.filters import Day, Field
from core.lists import COUNT_CAP, Count
from core.rights import Viewer
from core.words import _

MOST = 100  # groups
MONTHS = range(-6, 13)  # from this one


@dataclass(frozen=True)
class Group:
    """Some of the rows of a list: their name, the condition that finds them, and how many there are."""

    name: Any
    line: Line
    count: Count

    def narrowing(self, lines: Lines) -> Lines | None:
        """The conditions of the list, and that of the group; None where no address can say both."""
        if lines.any and len(lines.groups) > 1:
            return None
        groups = tuple((line,) for line in lines.groups[0]) if lines.any and lines.groups else lines.groups
        return Lines((*groups, (self.line,)))


def grouped(statement: Select[Any], field: Field, viewer: Viewer) -> Sequence[Group]:
    """The groups of a select that hold a row, in the order of the field's choices; one statement for all counts."""
    lines = list(_lines(field, viewer))[:MOST]
    if "empty" in field.operators:
        lines.append((_("none"), Line(field.name, "empty")))
    counts = [
        _counted(statement, field.condition(line.operator, line.value, viewer)) for _name, line in lines
    ]
    if not counts:
        return ()
    row = db.session.execute(select(*(count.label(f"n{n}") for n, count in enumerate(counts)))).one()
    return [
        Group(name, line, Count(min(count, COUNT_CAP), count > COUNT_CAP))
        for (name, line), count in zip(lines, row, strict=True)
        if count
    ]


def _lines(field: Field, viewer: Viewer) -> Iterator[tuple[Any, Line]]:
    """Name and condition of each group: a choice of the field, or a month of the year around today."""
    if isinstance(field, Day):
        for n in MONTHS:
            month = f"{moved(clock.today(), n, 'm'):%Y-%m}"
            yield month, Line(field.name, "in", month)
    for code, name in field.choices(viewer):
        if not code.startswith("@"):  # who looks is among the others
            yield name, Line(field.name, "is", code)


def _counted(statement: Select[Any], condition: ColumnElement[bool]) -> Any:
    inner = (
        statement.where(tried(condition))
        .with_only_columns(literal(1).label("one"), maintain_column_froms=True)
        .order_by(None)
        .limit(COUNT_CAP + 1)
        .correlate(None)
    )
    return select(func.count()).select_from(inner.subquery()).scalar_subquery()
