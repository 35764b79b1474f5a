"""How hours are written, and what a calendar must say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from blueprints.office import rules
from core.errors import RuleBroken
from core.worktime import DayKind

FIVE = {str(day): [["09:00", "18:00"]] if day < 5 else [] for day in range(7)}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", []),
        ("  ", []),
        ("9:00-12:00", [["09:00", "12:00"]]),
        ("09:00-12:00, 13:30-18:00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("9：00－12：00；13：30—18：00", None),
        ("9：00—12：00；13：30～18：00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("09:00至12:00、13:30到18:00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("09:00 - 12:00 13:30 - 18:00", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("20:00-24:00", [["20:00", "24:00"]]),
        ("nine to five", None),
        ("09:00-12:00 and then", None),
        ("09:00", None),
        ("12:00-09:00", None),
        ("09:00-09:00", None),
        ("25:00-26:00", None),
        ("09:60-10:00", None),
        ("09:00-12:00, 11:00-14:00", None),
        ("13:00-14:00, 09:00-12:00", None),
        (", ".join(f"{h:02d}:00-{h:02d}:30" for h in range(7)), None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, stored: Any) -> None:
    if stored is None:
        with pytest.raises(RuleBroken):
            rules.frames_typed(typed)
    else:
        assert rules.frames_typed(typed) == stored


@pytest.mark.parametrize("text", ["", "09:00-12:00, 13:30-18:00", "20:00-24:00"])
def test_hours_come_back_as_they_were_written(text: str) -> None:
    assert rules.frames_written(rules.frames_typed(text)) == text


@pytest.mark.parametrize(
    ("frames", "pattern", "anchor", "field"),
    [
        ({str(day): [] for day in range(7)}, "five", None, "frames_0"),
        (FIVE, "six", None, "frames_5"),
        (FIVE, "alternate", date(2026, 11, 21), "frames_5"),
        (FIVE, "seven", None, "frames_5"),
        (FIVE | {"5": [["09:00", "12:00"]]}, "alternate", None, "anchor_on"),
        (FIVE | {"5": [["09:00", "12:00"]]}, "alternate", date(2026, 11, 20), "anchor_on"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(
    frames: dict[str, Any], pattern: str, anchor: date | None, field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_calendar(frames, pattern, anchor)
    assert broken.value.field == field


@pytest.mark.parametrize(
    ("pattern", "anchor"),
    [("five", None), ("six", None), ("alternate", date(2026, 11, 21)), ("roster", None)],
)
def test_a_calendar_that_can_be(pattern: str, anchor: date | None) -> None:
    rules.check_calendar(FIVE | {"5": [["09:00", "12:00"]]}, pattern, anchor)


def test_what_is_stored_is_a_calendar() -> None:
    calendar = rules.calendar_of(FIVE, "five", None, {date(2026, 11, 22): DayKind.WORK})
    assert [calendar.is_workday(date(2026, 11, day)) for day in (20, 21, 22, 23)] == [True, False, True, True]
    assert [(f.start.hour, f.end.hour) for f in calendar.frames_on(date(2026, 11, 22))] == [(9, 18)]


def test_midnight_is_the_end_of_a_day() -> None:
    calendar = rules.calendar_of({"0": [["20:00", "24:00"]]}, "five", None, {})
    [frame] = calendar.frames_on(date(2026, 11, 23))
    start, end = frame.on(date(2026, 11, 23), None)
    assert (end - start).seconds == 4 * 3600


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 1), date(1, 1, 1)])
def test_days_of_far_centuries_are_refused(day: date) -> None:
    with pytest.raises(RuleBroken):
        rules.check_day(day)
