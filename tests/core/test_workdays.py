"""Counting in working days: patterns of the week, holidays, intervals that end on a day of rest."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import DAY, NoWorkingDay
from core.worktime import Calendar, DayKind, Pattern
from tests.core.calendars import ALTERNATE, DESK, GOLDEN_WEEK, OFFICE, SATURDAY_MORNING, WEEK, any_calendar


def november(day: int) -> date:
    """A day of November 2026; the 20th is a Friday."""
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("calendar", "worked"),
    [
        (OFFICE, "Mon Tue Wed Thu Fri"),
        (SATURDAY_MORNING, "Mon Tue Wed Thu Fri Sat"),
        (DESK, "Mon Tue Wed Thu Fri Sat Sun"),
        (Calendar(WEEK, Pattern.ROSTER), ""),
        (Calendar(WEEK, Pattern.ROSTER, days={november(17): DayKind.WORK}), "Tue"),
        (Calendar(WEEK | {2: ()}), "Mon Tue Thu Fri"),
        (Calendar(WEEK, days={november(16): DayKind.OFF, november(22): DayKind.WORK}), "Tue Wed Thu Fri Sun"),
    ],
)
def test_the_pattern_of_a_week(calendar: Calendar, worked: str) -> None:
    week = [november(day) for day in range(16, 23)]
    assert [f"{day:%a}" for day in week if calendar.is_workday(day)] == worked.split()


@pytest.mark.parametrize(("saturday", "worked"), [(7, True), (14, False), (21, True), (28, False)])
def test_alternate_saturdays_count_from_the_anchor(saturday: int, worked: bool) -> None:
    anchored = Calendar(WEEK, Pattern.ALTERNATE, anchor=november(7))
    assert anchored.is_workday(november(saturday)) == worked
    assert ALTERNATE.is_workday(november(saturday)) == worked
    assert not ALTERNATE.is_workday(november(saturday) + DAY)


def test_alternate_saturdays_need_an_anchor() -> None:
    with pytest.raises(ValueError, match="anchor"):
        Calendar(WEEK, Pattern.ALTERNATE)


def test_stored_codes_are_patterns_and_kinds() -> None:
    stored = Calendar(WEEK, "six", None, {november(21): "off"})  # type: ignore[arg-type, dict-item]
    assert not stored.is_workday(november(21))
    assert stored.is_workday(november(28))


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        (20, 1, 23),
        (20, 5, 27),
        (21, 1, 23),
        (20, 0, 20),
        (21, 0, 21),
        (23, -1, 20),
        (22, -1, 20),
        (20, -5, 13),
    ],
)
def test_adding_working_days(day: int, n: int, result: int) -> None:
    assert OFFICE.add_workdays(november(day), n) == november(result)


def test_next_and_previous() -> None:
    assert OFFICE.next_workday(november(20)) == november(23)
    assert OFFICE.next_workday(november(20), 3) == november(25)
    assert OFFICE.previous_workday(november(23), 2) == november(19)
    assert [OFFICE.on_or_after(november(day)) for day in (20, 21, 22)] == [
        november(day) for day in (20, 23, 23)
    ]
    assert [OFFICE.on_or_before(november(day)) for day in (20, 21, 22)] == [november(20)] * 3


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [(20, 20, 0), (20, 23, 1), (20, 22, 0), (21, 23, 1), (16, 30, 10), (23, 20, -1), (30, 16, -10)],
)
def test_working_days_between(start: int, end: int, days: int) -> None:
    assert OFFICE.workdays_between(november(start), november(end)) == days


@pytest.mark.parametrize(
    ("last", "days", "standard", "longest"),
    [
        ((11, 16), 3, (11, 19), (11, 19)),
        ((11, 19), 3, (11, 23), (11, 20)),
        ((11, 20), 1, (11, 23), (11, 23)),
        ((11, 20), 2, (11, 23), (11, 23)),
        ((11, 20), 3, (11, 23), (11, 23)),
        ((9, 25), 7, (10, 8), (9, 30)),
        ((9, 30), 3, (10, 8), (10, 8)),
        ((9, 30), 7, (10, 8), (10, 8)),
        ((9, 30), 10, (10, 10), (10, 10)),
        ((10, 3), 2, (10, 8), (10, 8)),
    ],
)
def test_the_standard_moves_forward_and_the_longest_back(
    last: tuple[int, int], days: int, standard: tuple[int, int], longest: tuple[int, int]
) -> None:
    calendar, start = GOLDEN_WEEK, date(2026, *last)
    assert calendar.standard_date(start, days) == date(2026, *standard)
    assert calendar.longest_date(start, days) == date(2026, *longest)


@pytest.mark.parametrize(
    ("day", "length"), [((9, 30), 0), ((10, 1), 7), ((10, 7), 7), ((10, 10), 0), ((10, 11), 1), ((10, 17), 2)]
)
def test_runs_of_rest(day: tuple[int, int], length: int) -> None:
    assert GOLDEN_WEEK.rest_run(date(2026, *day)) == length
    assert GOLDEN_WEEK.is_long_rest(date(2026, *day)) == (length >= 3)


@pytest.mark.parametrize("hopeless", [Calendar(WEEK, Pattern.ROSTER), Calendar(dict.fromkeys(range(7), ()))])
def test_a_calendar_without_working_days_says_so(hopeless: Calendar) -> None:
    for ask in (hopeless.on_or_after, hopeless.on_or_before, hopeless.next_workday, hopeless.rest_run):
        with pytest.raises(NoWorkingDay, match="no working day within 400 days of 2026-11-20"):
            ask(november(20))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_time_are_no_fault_of_the_program(day: date) -> None:
    for ask in (Calendar(WEEK, Pattern.ROSTER).on_or_after, Calendar(WEEK, Pattern.ROSTER).on_or_before):
        with pytest.raises(NoWorkingDay):
            ask(day)


def test_a_span_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="not counted"):
        OFFICE.workdays_between(date.min, date.max)
    with pytest.raises(ValueError, match="not counted"):
        OFFICE.add_workdays(november(20), 10**9)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(any_calendar(), days, st.integers(-60, 60))
def test_days_added_are_days_between(calendar: Calendar, day: date, n: int) -> None:
    result = calendar.add_workdays(day, n)
    assert calendar.workdays_between(day, result) == n
    assert n == 0 or calendar.is_workday(result)


@given(any_calendar(), days, st.integers(1, 60))
def test_an_interval_ends_on_a_working_day_after_the_last_contact(
    calendar: Calendar, last: date, length: int
) -> None:
    standard, longest = calendar.standard_date(last, length), calendar.longest_date(last, length)
    assert calendar.is_workday(standard) and calendar.is_workday(longest)
    assert standard >= last + timedelta(length)
    assert last < longest <= standard
    assert longest <= last + timedelta(length) or calendar.workdays_between(last, longest) == 1


@given(any_calendar(), days)
def test_a_run_of_rest_is_as_long_for_each_of_its_days(calendar: Calendar, day: date) -> None:
    length = calendar.rest_run(day)
    if length:
        first = calendar.on_or_before(day) + DAY
        assert all(calendar.rest_run(first + DAY * number) == length for number in range(length))
        assert calendar.is_workday(first + DAY * length)
