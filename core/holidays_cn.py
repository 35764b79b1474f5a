"""Days off and make-up working days in mainland China, by the State Council's notice of each year. Pure.

The notice for a year comes in October or November of the year before. Until the library knows it, the year is
an estimate from the calendar: the feasts are right, what is moved around them is not known.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from core.workdays import DAY
from core.worktime import DayKind

if TYPE_CHECKING:
    from holidays import HolidayBase


def published(year: int) -> bool:
    """Whether the days of a year are those of a notice that the library knows, and not an estimate."""
    return year in _notices((year,)).special_public_holidays


def days_of(year: int) -> dict[date, DayKind]:
    """The days of a year, in order, that differ from an ordinary week.

    A Saturday or Sunday next to a day off belongs to the holiday: it is off also for who works on Saturdays.
    """
    return dict(_days_of(year))


@cache
def _days_of(year: int) -> dict[date, DayKind]:
    notices = _notices(range(year - 1, year + 2))
    worked = notices.weekend_workdays
    off = {day for holiday in notices for day in _with_weekend(holiday, worked)}
    kinds = dict.fromkeys(off, DayKind.OFF) | dict.fromkeys(worked, DayKind.WORK)
    return {day: kinds[day] for day in sorted(kinds) if day.year == year}


def _with_weekend(holiday: date, worked: Container[date]) -> Iterator[date]:
    """A day off and the days of rest that it joins."""
    yield holiday
    for step in (DAY, -DAY):
        day = holiday + step
        while day.isoweekday() > 5 and day not in worked:
            yield day
            day += step


def _notices(years: Iterable[int]) -> HolidayBase:
    import holidays  # takes most of a second, and few requests ask for it

    return holidays.CN(years=years)
