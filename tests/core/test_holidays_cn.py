"""The days of the State Council's notices."""

import json
from datetime import date

import pytest

from core.holidays_cn import days_of, published
from core.worktime import Calendar, DayKind, Pattern
from tests.core.calendars import WEEK
from tests.core.realdata import real


@pytest.mark.parametrize("year", range(2019, 2025))
def test_the_days_are_those_of_the_notice(year: int) -> None:
    notice = json.loads(real(f"cn-holidays/{year}.json").read_text("utf-8"))["days"]
    days = {date.fromisoformat(day["date"]): day["isOffDay"] for day in notice}
    five, six = (Calendar(WEEK, pattern, days=days_of(year)) for pattern in (Pattern.FIVE, Pattern.SIX))
    for day, off in days.items():
        if day.year == year:
            assert five.is_workday(day) == six.is_workday(day) == (not off), day
    unnamed = {day for day in days_of(year) if day not in days}
    assert all(day.isoweekday() > 5 for day in unnamed), "beside the notice only weekends that it joins"


def test_a_golden_week_is_off_on_saturdays_too() -> None:
    six = Calendar(WEEK, Pattern.SIX, days=days_of(2026))
    assert [day for day in range(1, 13) if six.is_workday(date(2026, 10, day))] == [8, 9, 10, 12]
    assert six.rest_run(date(2026, 10, 1)) == 7


def test_make_up_days_are_worked() -> None:
    assert [f"{day:%m-%d}" for day, kind in days_of(2026).items() if kind == DayKind.WORK] == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]


def test_a_year_before_its_notice_is_an_estimate() -> None:
    assert published(2024) and published(2026)
    assert not published(2099) and not published(1999)
    assert days_of(2099)[date(2099, 10, 1)] == DayKind.OFF
    assert DayKind.WORK not in days_of(2099).values()


def test_the_days_of_a_year_belong_to_the_caller() -> None:
    days_of(2026).clear()
    assert list(days_of(2026)) == sorted(days_of(2026)) != []
