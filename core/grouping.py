"""A list by groups: how many rows each holds, counted to a cap, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal_column, select

from core import clock
from core.budget import TooLong, within_budget
from core.conditions import tried
from core.db import db, plan_anew
from core.filterlines import MOST_LINES, Line, Lines, moved
from core.filters import Day, Field
from core.lists import COUNT_CAP, Count
from core.rights import Viewer
from core.words import _

MOST = 100  # groups
PASS_MS = 100
MONTHS = range(-6, 13)  # from this one


@dataclass(frozen=True)
class Group:
    """Some of the rows of a list: their name, the condition that finds them, and how many there are."""

    name: Any
    line: Line
    count: Count

    def narrowing(self, lines: Lines) -> Lines | None:
        """The conditions of the list, and that of the group; None where no address can hold so many."""
        if lines.any and lines.groups:
            narrowed = Lines(tuple((*group, self.line) for group in lines.groups), any=True)
        else:
            narrowed = Lines((*lines.groups, (self.line,)))
        return narrowed if len(narrowed) <= MOST_LINES else None


def grouped(
    statement: Select[Any], model: Any, field: Field, viewer: Viewer, *, whole: bool
) -> Sequence[Group]:
    """The groups of a select of a model that hold a row, in the order of the field's choices; one statement counts
    all of them. Where that takes too long in one way, it is tried in the other: `whole` tells that no index finds the
    rows of the select. To be asked within a budget; raises TooLong.
    """
    lines = list(_lines(field, viewer))[:MOST]
    if "empty" in field.operators:
        lines.append((_("none"), Line(field.name, "empty")))
    if not lines:
        return ()
    wanted = [line for _name, line in lines]
    counts = None if whole else _in_one_pass(statement, field, wanted, viewer)
    if counts is None:
        counts = _each_by_its_index(statement, model, field, wanted, viewer)
    return [
        Group(name, line, Count(min(count, COUNT_CAP), count > COUNT_CAP))
        for (name, line), count in zip(lines, counts, strict=True)
        if count
    ]


def _in_one_pass(
    statement: Select[Any], field: Field, lines: Sequence[Line], viewer: Viewer
) -> Sequence[int] | None:
    """All rows are read once, and each is tried on all groups; None if they are too many for that."""
    plan_anew()
    tries = (field.condition(line.operator, line.value, viewer) for line in lines)
    sums = (
        func.sum(case((condition, 1), else_=0)).label(f"n{place}") for place, condition in enumerate(tries)
    )
    try:
        with within_budget(PASS_MS):
            row = db.session.execute(
                statement.with_only_columns(*sums, maintain_column_froms=True).order_by(None)
            ).one()
    except TooLong:
        return None
    return [count or 0 for count in row]


def _each_by_its_index(
    statement: Select[Any], model: Any, field: Field, lines: Sequence[Line], viewer: Viewer
) -> Sequence[int]:
    """The rows of each group are read up to the cap, and tried on the rest of what was asked."""
    plan_anew()
    found = (field.finding(line.operator, line.value, viewer) for line in lines)
    rest = () if statement.whereclause is None else (tried(statement.whereclause),)
    inner: Iterator[Select[Any]] = (
        select(literal_column("1")).select_from(model).where(one, *rest).limit(COUNT_CAP + 1) for one in found
    )
    counts = (select(func.count()).select_from(rows.subquery()).scalar_subquery() for rows in inner)
    return db.session.execute(select(*(count.label(f"n{place}") for place, count in enumerate(counts)))).one()


def _lines(field: Field, viewer: Viewer) -> Iterator[tuple[Any, Line]]:
    """Name and condition of each group: a choice of the field, or a month of the year around today."""
    if isinstance(field, Day):
        for n in MONTHS:
            month = f"{moved(clock.today(), n, 'm'):%Y-%m}"
            yield month, Line(field.name, "in", month)
    for code, name in field.choices(viewer):
        if not code.startswith("@"):  # who looks is among the others
            yield name, Line(field.name, "is", code)
