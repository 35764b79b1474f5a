"""What a list is filtered by, as its address says it: conditions of field, operator and value. Pure.

    where=industry:is:food                    one condition
    where=city:is:Shanghai|city:is:Suzhou     one of two
    where=last_contact:silent:60d             days are counted from the day on which somebody looks

Each `where` is a group. All groups have to hold, and of each group one condition is enough; with `match=any` one group
is enough, and all conditions of it have to hold.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import RuleBroken
from core.words import _l

WHERE, MATCH, ANY = "where", "match", "any"
MOST_LINES, MOST_TEXT, MOST_SPAN = 20, 200, 36_500
UNITS = {"d": _l("days"), "w": _l("weeks"), "m": _l("months"), "y": _l("years")}
PERIODS = {
    "today": _l("today"), "this_week": _l("this week"), "last_week": _l("last week"), "next_week": _l("next week"),
    "this_month": _l("this month"), "last_month": _l("last month"), "next_month": _l("next month"),
    "this_quarter": _l("this quarter"), "last_quarter": _l("last quarter"),
    "this_year": _l("this year"), "last_year": _l("last year"),
}  # fmt: skip
_YEARS = range(1900, 2201)
_PARTS = re.compile(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)")
_SPAN = re.compile(r"(\d{1,5})([dwmy])")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_LENGTH = {"d": 1, "w": 7, "m": 31, "y": 366}


@dataclass(frozen=True)
class Line:
    """One condition. `value` is as it is written: a text, codes between commas, a day, a span, a period."""

    field: str
    operator: str = ""
    value: str = ""

    @classmethod
    def read(cls, text: str) -> Line:
        """A condition as it is written; what it lacks is empty."""
        parts = [*re.sub(r"\\(.)", r"\1", text).split(":", 2), "", ""]
        return cls(parts[0].strip(), parts[1].strip(), parts[2].strip())

    def written(self) -> str:
        """The condition as a part of an address."""
        parts = (self.field, self.operator, self.value) if self.value else (self.field, self.operator)
        return re.sub(r"([\\|])", r"\\\1", ":".join(parts))


@dataclass(frozen=True)
class Lines:
    """All conditions of an address, in their groups; `any`: one group is enough, and needs all of its conditions."""

    groups: tuple[tuple[Line, ...], ...] = ()
    any: bool = False

    @classmethod
    def read(cls, wheres: Iterable[str], match: str | None) -> Lines:
        """The conditions that an address holds. Whether they mean something is not judged here."""
        groups = [tuple(Line.read(part) for part in _alternatives(where)) for where in wheres]
        return cls(tuple(group for group in groups if group), match == ANY)

    def written(self) -> list[tuple[str, str]]:
        """The arguments of an address with just these conditions."""
        wheres = [(WHERE, "|".join(line.written() for line in group)) for group in self.groups]
        return [*wheres, (MATCH, ANY)] if self.any and len(wheres) > 0 else wheres

    def without(self, group: int) -> Lines:
        """What is left without one of the groups."""
        return Lines(self.groups[:group] + self.groups[group + 1 :], self.any)

    @property
    def single(self) -> Sequence[Line]:
        """The conditions that have to hold whatever becomes of the others."""
        if self.any and len(self.groups) > 1:
            return ()
        if self.any:
            return self.groups[0] if self.groups else ()
        return [group[0] for group in self.groups if len(group) == 1]

    def __bool__(self) -> bool:
        return bool(self.groups)

    def __len__(self) -> int:
        return sum(map(len, self.groups))


def _alternatives(where: str) -> list[str]:
    return [part for part in (found.strip() for found in _PARTS.findall(where)) if part]


def several(value: str) -> tuple[str, ...]:
    """The codes that a value names."""
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def the_day(value: str) -> date:
    """A day of an address. Raises RuleBroken."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = date.min
    if found.year not in _YEARS:
        raise RuleBroken(_l("“%(value)s” is not a date. Write it like 2026-05-31.", value=value[:60]))
    return found


def span(value: str) -> tuple[int, str]:
    """So many days, weeks, months or years: 60d, 8w, 3m, 1y. Raises RuleBroken."""
    match = _SPAN.fullmatch(value)
    if match is None or int(match[1]) * _LENGTH[match[2]] > MOST_SPAN:
        raise RuleBroken(
            _l("“%(value)s” is no span of time. Write it like 60d, 8w, 3m or 1y.", value=value[:60])
        )
    return int(match[1]), match[2]


def moved(day: date, count: int, unit: str) -> date:
    """The day so many days, weeks, months or years later, or earlier; in a shorter month its last."""
    if unit in "dw":
        return day + timedelta(days=count * _LENGTH[unit])
    months = 12 * day.year + day.month - 1 + (count if unit == "m" else 12 * count)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period(value: str, today: date) -> tuple[date, date]:
    """First and last day of a period: one of PERIODS, a month (2026-05) or a year (2026). Raises RuleBroken."""
    if value in PERIODS:
        return _named(value, today)
    match = _MONTH.fullmatch(value)
    if match and int(match[1]) in _YEARS and 1 <= int(match[2]) <= 12:
        return _months(date(int(match[1]), int(match[2]), 1), 1)
    if re.fullmatch(r"\d{4}", value) and int(value) in _YEARS:
        return _months(date(int(value), 1, 1), 12)
    raise RuleBroken(_l("“%(value)s” is no period of time.", value=value[:60]))


def _named(value: str, today: date) -> tuple[date, date]:
    if value == "today":
        return today, today
    which, _sep, unit = value.partition("_")
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * step)
        return monday, monday + timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = today.replace(day=1, month=today.month - (today.month - 1) % length)
    return _months(moved(first, length * step, "m"), length)


def _months(first: date, count: int) -> tuple[date, date]:
    return first, moved(first, count, "m") - timedelta(days=1)
