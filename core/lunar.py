"""The Chinese lunar calendar (农历) from 1900 to 2100, and on which day of a year a day of it is celebrated. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_MONTH = 30
BEGINNING = date(1900, 1, 31)
# A number for each year: which of its months have 30 days, from the lowest of 13 bits on, and above them after which
# month a leap month follows. Computed from the moon and the sun as the standard GB/T 33661 says.
_YEARS = """
    116d2 00752 00ea5 0b64a 0064b 00a9b 09556 0056a 00b59 05752 00752 0db25
    00b25 00a4b 0b4ab 002ad 0056b 04b69 00da9 0fd92 00e92 00d25 0ba4d 00a56
    002b6 095b5 006d4 00ea9 05e92 00e92 0cd26 0052b 00a57 0b2b6 00b5a 006d4
    06ec9 00749 0f693 00a93 0052b 0ca5b 00aad 0056a 09b55 00ba4 00b49 05a93
    00a95 0f52d 00536 00aad 0b5aa 005b2 00da5 07d4a 00d4a 10a95 00a97 00556
    0cab5 00ad5 006d2 08ea5 00ea5 0064a 06c97 00a9b 0f55a 0056a 00b69 0b752
    00b52 00b25 0964b 00a4b 114ab 002ad 0056d 0cb69 00da9 00d92 09d25 00d25
    15a4d 00a56 002b6 0c5b5 006d5 00ea9 0be92 00e92 00d26 06a56 00a57 114d6
    0035a 006d5 0b6c9 00749 00693 0952b 0052b 00a5b 0555a 0056a 0fb55 00ba4
    00b49 0ba93 00a95 0052d 08aad 00ab5 135aa 005d2 00da5 0dd4a 00d4a 00c95
    0952e 00556 00ab5 055b2 006d2 0cea5 00725 0064b 0ac97 00cab 0055a 06ad6
    00b69 17752 00b52 00b25 0da4b 00a4b 004ab 0a55b 005ad 00b6a 05b52 00d92
    0fd25 00d25 00a55 0b4ad 004b6 005b5 06daa 00ec9 11e92 00e92 00d26 0ca56
    00a57 004d6 086d5 00755 00749 06e93 00693 0f52b 0052b 00a5b 0b55a 0056a
    00b65 0974a 00b4a 11a95 00a95 0052d 0caad 00ab5 005aa 08ba5 00da5 00d4a
    07c95 00c96 0f94e 00556 00ab5 0b5b2 006d2 00ea5 08e4a 0068b 10c97 004ab
    0055b 0cad6 00b6a 00752 09725 00b45 00a8b 0549b 004ab
"""
_MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月")
_ONES = "一二三四五六七八九十"


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar; `leap` in the leap month that follows the month of this number."""

    year: int
    month: int
    day: int
    leap: bool = False


def leap_month(year: int) -> int:
    """The month after which a leap month follows, 0 in a year without one. Raises ValueError beyond the table."""
    return _year(year) >> 13


def days_in(year: int, month: int, *, leap: bool = False) -> int:
    """How many days a month has, 0 if the year has no such month. Raises ValueError beyond the table."""
    place = _place(year, month, leap)
    return 0 if place is None else 29 + (_year(year) >> place & 1)


def to_solar(when: LunarDay) -> date:
    """The day of our calendar. Raises ValueError for a day that there is not, or beyond the table."""
    if not 1 <= when.day <= days_in(when.year, when.month, leap=when.leap):
        raise ValueError(f"no such lunar day: {when}")
    place = _place(when.year, when.month, when.leap) or 0
    passed = sum(29 + (_year(when.year) >> n & 1) for n in range(place))
    return _new_year(when.year) + timedelta(days=passed + when.day - 1)


def to_lunar(day: date) -> LunarDay:
    """The day of the lunar calendar. Raises ValueError beyond the table."""
    year = day.year if _new_year(day.year) <= day else day.year - 1
    left = (day - _new_year(year)).days
    for month in range(1, 13):
        for leap in (False, True):
            length = days_in(year, month, leap=leap)
            if left < length:
                return LunarDay(year, month, left + 1, leap)
            left -= length
    raise ValueError(f"beyond the table: {day}")


def celebrated(year: int, month: int, day: int) -> date:
    """When a birthday is celebrated in a lunar year: in the plain month whatever month it was, and the 30th on the
    29th where the month has no more days. Raises ValueError beyond the table.
    """
    return to_solar(LunarDay(year, month, min(day, days_in(year, month))))


def in_words(month: int, day: int, *, leap: bool = False) -> str:
    """闰六月初八."""
    return ("闰" if leap else "") + _MONTHS[month - 1] + _day_in_words(day)


def _day_in_words(day: int) -> str:
    tens, ones = divmod(day - 1, 10)
    if ones == 9:
        return ("初十", "二十", "三十")[tens]
    return ("初", "十", "廿")[tens] + _ONES[ones]


def _place(year: int, month: int, leap: bool) -> int | None:
    """The place of a month in its year, from 0 on; None for one that is not there."""
    after = leap_month(year)
    if not 1 <= month <= 12 or (leap and month != after):
        return None
    return month - 1 + (leap or 0 < after < month)


@cache
def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the lunar calendar is known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}")
    return int(_YEARS.split()[year - FIRST_YEAR], 16)


@cache
def _new_year(year: int) -> date:
    if year == FIRST_YEAR:
        return BEGINNING
    before = year - 1
    months = 13 if leap_month(before) else 12
    return _new_year(before) + timedelta(days=29 * months + (_year(before) & 0x1FFF).bit_count())
