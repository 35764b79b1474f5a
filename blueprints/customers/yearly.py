"""Days that come every year, by the solar or the lunar calendar: which there are, and when they come next. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from core import lunar
from core.errors import RuleBroken
from core.lunar import LunarDay
from core.words import _l

KINDS = ("birthday", "anniversary", "founding", "opening", "festival", "other")
CALENDARS = ("solar", "lunar")
MOST_DAYS = 30
A_LEAP_YEAR = 2000


@dataclass(frozen=True)
class Yearly:
    """A day of a year, in the year in which it was first if that is known; `leap`: in the leap month behind `month`."""

    calendar: str
    month: int
    day: int
    leap: bool = False
    year: int | None = None


def next_on(when: Yearly, today: date) -> date | None:
    """When it comes next, today among it; None beyond the lunar calendar that is known.

    The 29th of February is kept on the 28th where there is none; lunar days as `lunar.celebrated` says.
    """
    if when.calendar == "solar":
        days = (_solar(year, when) for year in (today.year, today.year + 1))
        return next(day for day in days if day >= today)
    try:
        year = lunar.to_lunar(today).year
        days = (lunar.celebrated(y, when.month, when.day) for y in (year, year + 1))
        return next(day for day in days if day >= today)
    except ValueError:
        return None


def first_on(when: Yearly) -> date | None:
    """The very first of these days, by our calendar; None where its year is not known, or beyond the lunar calendar."""
    if when.year is None:
        return None
    if when.calendar == "solar":
        return _solar(when.year, when)
    try:
        return lunar.to_solar(LunarDay(when.year, when.month, when.day, when.leap))
    except ValueError:
        return None


def check(when: Yearly, today: date) -> None:
    """A day that there is, and in no year to come. Raises RuleBroken."""
    if when.calendar == "solar":
        _check_solar(when, today)
    else:
        _check_lunar(when, today)


def _check_solar(when: Yearly, today: date) -> None:
    if when.leap:
        raise RuleBroken(_l("Only the lunar calendar has leap months."), "leap")
    if when.day > monthrange(when.year or A_LEAP_YEAR, when.month)[1]:
        raise RuleBroken(_l("There is no such day."), "day")
    if when.year and date(when.year, when.month, when.day) > today:
        raise RuleBroken(_l("This day cannot lie in the future."), "year")


def _check_lunar(when: Yearly, today: date) -> None:
    if when.year is None:
        if when.day > lunar.LONGEST_MONTH:
            raise RuleBroken(_l("There is no such day."), "day")
        return
    try:
        first = lunar.to_solar(LunarDay(when.year, when.month, when.day, when.leap))
    except ValueError as wrong:
        field = "leap" if when.leap and lunar.leap_month(when.year) != when.month else "day"
        raise RuleBroken(_l("The lunar calendar of that year has no such day."), field) from wrong
    if first > today:
        raise RuleBroken(_l("This day cannot lie in the future."), "year")


def _solar(year: int, when: Yearly) -> date:
    return date(year, when.month, min(when.day, monthrange(year, when.month)[1]))
