"""Hours of the working calendar: breaks, several frames, make-up days, midnight."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.workdays import NoWorkingDay
from core.worktime import Calendar, DayKind, Frame, Pattern
from tests.core.calendars import DESK, OFFICE, SATURDAY_MORNING, any_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """A moment of November 2026 by Shanghai's clock: "20 17:30" (20 November is a Friday)."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("20 09:00", 60, "20 10:00"),
        ("20 08:00", 60, "20 10:00"),
        ("20 11:30", 60, "20 14:00"),
        ("20 12:30", 30, "20 14:00"),
        ("20 09:00", 180, "20 12:00"),
        ("20 09:00", 181, "20 13:31"),
        ("20 17:00", 60, "20 18:00"),
        ("20 17:00", 61, "23 09:01"),
        ("20 18:00", 1, "23 09:01"),
        ("21 10:00", 450, "23 18:00"),
        ("20 09:00", 900, "23 18:00"),
        ("21 10:00", 0, "21 10:00"),
    ],
)
def test_adding_working_minutes(start: str, minutes: int, end: str) -> None:
    assert OFFICE.add_minutes(at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("20 09:00", "20 18:00", 450),
        ("20 12:00", "20 13:30", 0),
        ("20 11:00", "20 14:00", 90),
        ("20 17:59", "23 09:01", 2),
        ("21 00:00", "22 23:59", 0),
        ("16 00:00", "30 00:00", 10 * 450),
        ("20 14:00", "20 11:00", -90),
    ],
)
def test_working_minutes_between(start: str, end: str, minutes: int) -> None:
    assert OFFICE.minutes_between(at(start), at(end)) == minutes


def test_a_service_desk_works_every_day() -> None:
    assert DESK.add_minutes(at("21 20:00"), 60) == at("22 09:30")
    assert DESK.minutes_between(at("20 00:00"), at("23 00:00")) == 3 * 690


def test_a_weekday_may_have_hours_of_its_own() -> None:
    assert SATURDAY_MORNING.frames_on(date(2026, 11, 21)) == (Frame(time(9), time(12)),)
    assert SATURDAY_MORNING.minutes_between(at("21 00:00"), at("22 00:00")) == 180


def test_a_sunday_that_is_worked_has_the_hours_of_monday() -> None:
    sunday = Calendar(OFFICE.frames, days={date(2026, 11, 22): DayKind.WORK})
    assert sunday.frames_on(date(2026, 11, 22)) == OFFICE.frames[0]
    assert sunday.add_minutes(at("20 18:00"), 30) == at("22 09:30")


def test_a_weekday_without_hours_is_a_day_of_rest() -> None:
    closed = Calendar({0: (), 1: OFFICE.frames[0]}, Pattern.SIX)
    assert not closed.is_workday(date(2026, 11, 23))
    assert closed.is_workday(date(2026, 11, 24))


def test_a_frame_may_end_at_midnight() -> None:
    night = Calendar({0: (Frame(time(22), time(0)),)}, Pattern.SEVEN)
    assert night.minutes_between(at("20 00:00"), at("22 00:00")) == 240
    assert night.add_minutes(at("20 22:00"), 121) == at("21 22:01")
    whole = Calendar({0: (Frame(time(0), time(0)),)}, Pattern.SEVEN)
    assert whole.minutes_between(at("20 00:00"), at("21 00:00")) == 24 * 60


def test_moments_of_another_zone_are_taken_to_the_first() -> None:
    assert OFFICE.minutes_between(at("20 09:00"), datetime(2026, 11, 20, 2, tzinfo=UTC)) == 60


def test_naive_moments_are_wall_clock_too() -> None:
    start = at("20 17:00").replace(tzinfo=None)
    assert OFFICE.minutes_between(start, OFFICE.add_minutes(start, 700)) == 700


@pytest.mark.parametrize(
    "frames",
    [
        [Frame(time(13), time(18)), Frame(time(9), time(12))],
        [Frame(time(9), time(12)), Frame(time(11), time(18))],
        [Frame(time(22), time(0)), Frame(time(23), time(0))],
    ],
)
def test_frames_stand_in_order(frames: list[Frame]) -> None:
    with pytest.raises(ValueError, match="order"):
        Calendar({0: frames})


def test_a_frame_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Frame(time(12), time(9))


@pytest.mark.parametrize("hopeless", [Calendar({}), Calendar(OFFICE.frames, Pattern.ROSTER)])
def test_a_calendar_without_hours_says_so(hopeless: Calendar) -> None:
    with pytest.raises(NoWorkingDay):
        hopeless.add_minutes(at("20 09:00"), 1)


@pytest.mark.parametrize("minutes", [-1, 10**12])
def test_minutes_out_of_reach_are_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match=r"added|counted"):
        OFFICE.add_minutes(at("20 09:00"), minutes)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001 - by the wall clock


@given(any_calendar(), moments, st.integers(1, 10_000))
def test_minutes_added_are_minutes_between(calendar: Calendar, moment: datetime, minutes: int) -> None:
    end = calendar.add_minutes(moment, minutes)
    assert calendar.minutes_between(moment, end) == minutes
    assert calendar.minutes_between(moment, end - timedelta(seconds=1)) == minutes - 1
    assert calendar.minutes_between(end, moment) == -minutes


@given(any_calendar(), moments, moments, moments)
def test_minutes_add_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    one, two, three = sorted(moment.replace(second=0, microsecond=0) for moment in (one, two, three))
    assume(one < three)
    whole = calendar.minutes_between(one, three)
    assert calendar.minutes_between(one, two) + calendar.minutes_between(two, three) == whole
    assert 0 <= whole <= (three - one) // timedelta(minutes=1)
