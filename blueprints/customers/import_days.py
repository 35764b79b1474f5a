"""Days of the year as lists write them: without a year, of the calendar of the moon, and as our own files do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from blueprints.customers import yearly
from blueprints.customers.yearly import Yearly
from core import dates, lunar
from core.errors import RuleBroken
from core.words import _l

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# --0531, 05-31, 5月31日; May 31; 31 May; 5/31
_NUMBERS = re.compile(r"--(\d\d)-?(\d\d)|(\d{1,2})-(\d{1,2})|(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")
_WORD_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})")
_WORD_LAST = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})")
_EITHER = re.compile(r"(\d{1,2})[/.](\d{1,2})")
_WHOLE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MOON = "[农農阴陰][历曆]"
_LUNAR = re.compile(
    rf"({_MOON})? ?(?:(\d{{4}}) ?年 ?)?([闰閏])?(正|冬|腊|臘|\w{{1,2}}?)月(\w{{1,3}}?)[日号]?"
)
_LUNAR_MONTHS = {
    **{lunar.in_words(month, 1).partition("月")[0]: month for month in range(1, 13)},
    "一": 1, "十一": 11, "十二": 12, "臘": 12,
}  # fmt: skip
_LUNAR_DAYS = {lunar.in_words(1, day)[2:]: day for day in range(1, 31)} | {
    "卅": 30, **{f"二十{lunar.in_words(1, day)[-1]}": 20 + day for day in range(1, 10)},
}  # fmt: skip


class Day(NamedTuple):
    """A special day that a row names; `whose`: the shadow of a contact person's name, if it is theirs."""

    kind: str
    when: Yearly
    remark: str | None = None
    whose: str = ""

    def is_like(self, other: Day) -> bool:
        """Whether two are the same day, of which one may not name the year."""
        one, two = self.when, other.when
        years = one.year is None or two.year is None or one.year == two.year
        places = [(when.calendar, when.month, when.day, when.leap) for when in (one, two)]
        return years and places[0] == places[1] and (self.kind, self.whose) == (other.kind, other.whose)


def without_year(cell: str, order: str, today: date) -> Yearly | None:
    """The day that a cell names by month and day, or by the moon; None for what is none, or may be two.

    `order`: what comes first in 5/3.
    """
    when = _lunar(cell) or _solar(cell, order)
    return when if when is not None and _exists(when, today) else None


def check_order(cell: str, order: str) -> None:
    """Raises RuleBroken for a day such as 5/3, where nobody has said whether the day or the month comes first."""
    match = _EITHER.fullmatch(cell)
    if match is None or order:
        return
    one, two = int(match[1]), int(match[2])
    if one != two and 1 <= one <= 12 and 1 <= two <= 12:
        raise RuleBroken(
            _l(
                "“%(value)s” may lie in month %(one)s or %(two)s. Choose which comes first, or write it like 05-31.",
                value=cell,
                one=one,
                two=two,
            )
        )


def read(cell: str, today: date) -> Yearly | None:
    """The day that `written` wrote, or that a list names."""
    if match := _WHOLE.fullmatch(cell):
        when = Yearly("solar", int(match[2]), int(match[3]), year=int(match[1]))
        return when if _exists(when, today) else None
    return without_year(cell, "", today)


def written(when: Yearly) -> str:
    """A day for a file: --05-31, 1980-05-31, 农历1980年闰六月初八."""
    if when.calendar == "lunar":
        year = f"{when.year}年" if when.year else ""
        return f"农历{year}{lunar.in_words(when.month, when.day, leap=when.leap)}"
    return f"{f'{when.year:04}' if when.year else '-'}-{when.month:02}-{when.day:02}"


def fresh(wanted: Iterable[Day], known: Iterable[Day]) -> list[Day]:
    """Those that are not among the known ones, each once."""
    found: list[Day] = []
    for day in wanted:
        if not any(day.is_like(other) for other in (*known, *found)):
            found.append(day)
    return found


def _exists(when: Yearly, today: date) -> bool:
    try:
        if not (1 <= when.month <= 12 and 1 <= when.day <= 31):
            return False
        yearly.check(when, today)
    except (RuleBroken, ValueError):
        return False
    return True


def _lunar(cell: str) -> Yearly | None:
    match = _LUNAR.fullmatch(cell)
    if match is None:
        return None
    month, day = _LUNAR_MONTHS.get(match[4]), _LUNAR_DAYS.get(match[5])
    if match[1]:
        month = month or (int(match[4]) if match[4].isdecimal() else None)
        day = day or (int(match[5]) if match[5].isdecimal() else None)
    if not (month and day):
        return None
    return Yearly("lunar", month, day, bool(match[3]), int(match[2]) if match[2] else None)


def _solar(cell: str, order: str) -> Yearly | None:
    if match := _NUMBERS.fullmatch(cell):
        month, day = (int(group) for group in match.groups() if group)
    elif match := _WORD_FIRST.fullmatch(cell):
        month, day = _month(match[1]), int(match[2])
    elif match := _WORD_LAST.fullmatch(cell):
        month, day = _month(match[2]), int(match[1])
    elif match := _EITHER.fullmatch(cell):
        one, two = int(match[1]), int(match[2])
        if one <= 12 and two <= 12 and one != two and not order:
            return None
        month, day = (two, one) if one > 12 or (order == dates.DAY_FIRST and two <= 12) else (one, two)
    else:
        return None
    return Yearly("solar", month, day)


def _month(word: str) -> int:
    start = word[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0
