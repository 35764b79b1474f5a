"""The lunar calendar: against the feasts of another library, and how birthdays of leap months are celebrated."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import lunar
from core.lunar import LunarDay

FEASTS = {
    "LUNAR_NEW_YEAR_DATES": (1, 1),
    "DRAGON_BOAT_DATES": (5, 5),
    "MID_AUTUMN_DATES": (8, 15),
    "DOUBLE_NINTH_DATES": (9, 9),
}


@pytest.mark.parametrize("name", FEASTS)
def test_feasts_fall_on_the_days_that_another_library_knows(name: str) -> None:
    from holidays.calendars.chinese import _ChineseLunisolar

    dates = getattr(_ChineseLunisolar, name)
    assert len(dates) > 190
    for year, (month, day) in dates.items():
        if 1929 <= year <= lunar.LAST_YEAR:  # before, the hour of Beijing decided, not that of 120° east
            assert lunar.to_solar(LunarDay(year, *FEASTS[name])) == date(year, month, day), year


def test_there_and_back() -> None:
    day = lunar.BEGINNING
    while day < date(2101, 1, 29):
        assert lunar.to_solar(lunar.to_lunar(day)) == day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "lunar_day"),
    [
        (date(2025, 7, 25), LunarDay(2025, 6, 1, leap=True)),  # a leap sixth month
        (date(2026, 11, 19), LunarDay(2026, 10, 11)),
        (date(2033, 12, 22), LunarDay(2033, 11, 1, leap=True)),  # which older tables have in the summer
    ],
)
def test_known_days(day: date, lunar_day: LunarDay) -> None:
    assert lunar.to_lunar(day) == lunar_day


def test_a_birthday_of_a_leap_month_is_celebrated_in_the_plain_one() -> None:
    assert lunar.celebrated(2026, 6, 1) == date(2026, 7, 14)
    assert lunar.celebrated(2025, 6, 1) == date(2025, 6, 25)  # not a month later, in the leap one


def test_the_thirtieth_is_celebrated_on_the_last_day_of_a_short_month() -> None:
    short = next(year for year in range(2026, 2040) if lunar.days_in(year, 12) == 29)
    assert lunar.to_lunar(lunar.celebrated(short, 12, 30)) == LunarDay(short, 12, 29)


@pytest.mark.parametrize(
    "day",
    [LunarDay(2026, 6, 1, leap=True), LunarDay(2026, 13, 1), LunarDay(2026, 1, 31), LunarDay(1899, 1, 1)],
)
def test_a_day_that_there_is_not(day: LunarDay) -> None:
    with pytest.raises(ValueError):
        lunar.to_solar(day)


@pytest.mark.parametrize(
    ("month", "day", "leap", "words"),
    [(6, 1, True, "闰六月初一"), (10, 14, False, "十月十四"), (12, 30, False, "腊月三十"), (1, 20, False, "正月二十"),
     (8, 25, False, "八月廿五"), (11, 10, False, "冬月初十")],
)  # fmt: skip
def test_in_words(month: int, day: int, leap: bool, words: str) -> None:
    assert lunar.in_words(month, day, leap=leap) == words
