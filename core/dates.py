"""Days as people and programs write them. Two readings are asked about, never guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from core.clock import day_of
from core.converting import Doubt
from core.errors import RuleBroken
from core.words import _l

DAY_FIRST, MONTH_FIRST = "day", "month"
_YEARS = range(1900, 2101)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[T ]*(?:上午|下午)? ?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})(?: ?[-/.年] ?)(\d{{1,2}})(?: ?[-/.月] ?)(\d{{1,2}})(?: ?日)?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DAY_AND_WORD = re.compile(rf"(\d{{1,2}})[-. ]+([A-Za-z]{{3,9}})[-., ]+(\d{{4}}){_TIME}")
_WORD_AND_DAY = re.compile(rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/. ])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
_SERIAL_ZERO = date(1899, 12, 30)
_NO_DAY = re.compile(
    r"0{1,4}([-/.])0{1,2}\1(?:0{4}|0{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?Z?|0{1,2}:00(?::00)?|1900/1/0"
)
_FIVE_DIGITS = re.compile(r"(\d{5})(\.\d+)?")
_DAYS_TO_1904 = 1_462


def day(cell: str, order: str = "") -> date | Doubt:
    """The day that a cell names: 2026-05-03, 2026年5月3日, 20260503, 3 May 2026, an instant with its zone.

    Raises RuleBroken for one that has no reading, or two (03/05/2026) and `order` does not say which is meant. A
    number that Excel made of a date is taken as the day that it counts, with a warning.
    """
    instant = _instant(cell)
    if instant is not None:
        return day_of(instant)
    found = sorted(set(_readings(cell, order)))
    if len(found) == 1:
        return found[0]
    if found:
        first, second = found
        raise RuleBroken(
            _l("“%(value)s” may be %(first)s or %(second)s.", value=cell, first=first, second=second)
        )
    serial = _SERIAL.fullmatch(cell)
    if serial:
        meant = _SERIAL_ZERO + timedelta(days=int(serial[1]))
        return Doubt(
            meant,
            _l(
                "“%(value)s” is how Excel counts days. It is taken as %(day)s.",
                value=cell,
                day=meant,
            ),
        )
    raise RuleBroken(_l("“%(value)s” is not a date. Write it like 2026-05-31.", value=cell[:60]))


def is_nothing(cell: str) -> bool:
    """Whether a cell is what programs write for no day at all: 0000-00-00, 0/0/00, 0:00, 1900/1/0."""
    return bool(_NO_DAY.fullmatch(cell))


def counted_from_1900(cell: str) -> str:
    """A cell of a workbook that counts days from 1904: a number of days as other workbooks write it, all else as it is.

    Raises RuleBroken for a number that is no day.
    """
    number = _FIVE_DIGITS.fullmatch(cell)
    if number is None:
        return cell
    meant = f"{int(number[1]) + _DAYS_TO_1904}{number[2] or ''}"
    if not _SERIAL.fullmatch(meant):
        raise RuleBroken(_l("“%(value)s” is not a date. Write it like 2026-05-31.", value=cell))
    return meant


def _instant(cell: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return moment if moment.tzinfo and moment.year in _YEARS else None


def _readings(cell: str, order: str) -> Iterator[date]:
    """All days that the cell may mean."""
    for year, month, number in _numbers(cell, order):
        try:
            if year in _YEARS:
                yield date(year, month, number)
        except ValueError:
            continue


def _numbers(cell: str, order: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day in each order that the way of writing and the one who asks allow."""
    if match := _YEAR_FIRST.fullmatch(cell) or _COMPACT.fullmatch(cell):
        yield int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_AND_WORD.fullmatch(cell):
        yield int(match[3]), _month(match[2]), int(match[1])
    elif match := _WORD_AND_DAY.fullmatch(cell):
        yield int(match[3]), _month(match[1]), int(match[2])
    elif match := _YEAR_LAST.fullmatch(cell):
        if order != MONTH_FIRST:
            yield int(match[4]), int(match[3]), int(match[1])
        if order != DAY_FIRST:
            yield int(match[4]), int(match[1]), int(match[3])


def _month(word: str) -> int:
    """1 to 12, or 0 for a word that is no month."""
    start = word[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0
