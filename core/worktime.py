"""Working time: which days and which hours of a day one works, and counting in them. Pure.

Moments are those of the wall clock: naive, or aware in the one zone that the calendar is meant for. Minutes
are minutes of that clock; where it is changed in summer, the hour that is missing or double counts as shown.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from core.workdays import DAY, NoWorkingDay, Workdays, refuse_beyond


class DayKind(StrEnum):
    """What a day of the year was made by notice or by hand, against the pattern of the week."""

    OFF = "off"
    WORK = "work"


class Pattern(StrEnum):
    """The week: 双休, 单休, 大小周, every day (a service desk), or only the days that are named (排班)."""

    FIVE = "five"
    SIX = "six"
    ALTERNATE = "alternate"
    SEVEN = "seven"
    ROSTER = "roster"


_DAYS_A_WEEK = {Pattern.FIVE: 5, Pattern.SIX: 6, Pattern.ALTERNATE: 5, Pattern.SEVEN: 7, Pattern.ROSTER: 0}


@dataclass(frozen=True)
class Frame:
    """Hours worked without a break; an end of 00:00 is midnight at the end of the day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end != time.min and self.start >= self.end:
            raise ValueError(f"a frame ends after it starts: {self.start}-{self.end}")

    def on(self, day: date, zone: tzinfo | None) -> tuple[datetime, datetime]:
        """Start and end on a day."""
        start, end = datetime.combine(day, self.start, zone), datetime.combine(day, self.end, zone)
        return start, end if end > start else end + DAY


@dataclass(frozen=True)
class Calendar(Workdays):
    """A working calendar. Weekdays count from 0, Monday.

    `frames` gives the hours of each weekday: an empty entry is a weekday of rest, a weekday without entry
    (a Sunday made a working day) has the hours of the first weekday that has some. `anchor` is a day in a
    week with a working Saturday. `days` are the days that differ from the pattern.
    """

    frames: Mapping[int, Sequence[Frame]]
    pattern: Pattern = Pattern.FIVE
    anchor: date | None = None
    days: Mapping[date, DayKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.pattern == Pattern.ALTERNATE and self.anchor is None:
            raise ValueError("alternate Saturdays need an anchor date")
        for frames in self.frames.values():
            if any(
                earlier.end > later.start or earlier.end == time.min for earlier, later in pairwise(frames)
            ):
                raise ValueError("the frames of a day stand in order and do not overlap")

    def is_workday(self, day: date) -> bool:
        """Whether one works on that day."""
        kind = self.days.get(day)
        return self._usually_worked(day) if kind is None else kind == DayKind.WORK

    def frames_on(self, day: date) -> Sequence[Frame]:
        """The hours worked on that day, in order; none on a day of rest."""
        return (self.frames.get(day.weekday()) or self._default_frames) if self.is_workday(day) else ()

    def add_minutes(self, moment: datetime, minutes: int) -> datetime:
        """The first moment at which that many working minutes have gone by; the moment itself for 0."""
        if minutes < 0:
            raise ValueError("working minutes are added, not taken away")
        refuse_beyond(minutes // (24 * 60))
        left = timedelta(minutes=minutes)
        if not left:
            return moment
        for start, end in self._stretches_from(moment):
            if end - start >= left:
                return start + left
            left -= end - start
        raise NoWorkingDay(moment.date())

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from one moment to another; negative if it is the earlier one."""
        if start.tzinfo and end.tzinfo:
            end = end.astimezone(start.tzinfo)
        if end < start:
            return -self.minutes_between(end, start)
        days = (end.date() - start.date()).days
        refuse_beyond(days)
        worked = timedelta()
        for number in range(days + 1):
            for begins, ends in self._stretches_on(start.date() + DAY * number, start.tzinfo):
                worked += max(min(ends, end) - max(begins, start), timedelta())
        return worked // timedelta(minutes=1)

    @cached_property
    def _default_frames(self) -> Sequence[Frame]:
        return next((frames for _, frames in sorted(self.frames.items()) if frames), ())

    def _usually_worked(self, day: date) -> bool:
        weekday = day.weekday()
        if not self.frames.get(weekday, True):
            return False
        if self.pattern == Pattern.ALTERNATE and weekday == calendar.SATURDAY and self.anchor:
            return (_monday(day) - _monday(self.anchor)).days % 14 == 0
        return weekday < _DAYS_A_WEEK[self.pattern]

    def _stretches_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working hours from a moment on, without end unless there are none."""
        day = moment.date()
        while self._default_frames:
            for start, end in self._stretches_on(day, moment.tzinfo):
                if end > moment:
                    yield max(start, moment), end
            day = self.seek(day, DAY)

    def _stretches_on(self, day: date, zone: tzinfo | None) -> Iterator[tuple[datetime, datetime]]:
        return (frame.on(day, zone) for frame in self.frames_on(day))


def _monday(day: date) -> date:
    return day - DAY * day.weekday()
