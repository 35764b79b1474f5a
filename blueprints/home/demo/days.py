"""The days of the demonstration, counted back from the one on which its Today is full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from core import clock
from core.workdays import DAY, Workdays

INTRODUCED = 196  # days ago that the company began with Huifang and took its old list over
HISTORY = 95  # days of contacts, one after the other; before that there is only the last one


@dataclass(frozen=True)
class Days:
    """The demonstration's day (never a day of rest) and the calendar that the days before it follow."""

    today: date
    calendar: Workdays

    @classmethod
    def before(cls, day: date, calendar: Workdays) -> Days:
        """Those of a company that is filled on `day`: its own if one works then, else the last one worked."""
        return cls(calendar.on_or_before(day), calendar)

    def day(self, ago: int) -> date:
        """The date so many days ago; ahead for a negative number."""
        return self.today - DAY * ago

    def moment(self, ago: int, wall: str) -> datetime:
        """The instant at which the clock showed HH:MM so many days ago."""
        return clock.at(self.day(ago), time.fromisoformat(wall))

    def works(self, ago: int) -> bool:
        """Whether one worked so many days ago."""
        return self.calendar.is_workday(self.day(ago))

    def worked(self, ago: int) -> int:
        """The same number of days, or more, so that it is a working day."""
        return self.ago(self.calendar.on_or_before(self.day(ago)))

    def workdays_back(self, ago: int, n: int) -> int:
        """How many days ago the nth working day before another day was."""
        return self.ago(self.calendar.previous_workday(self.day(ago), n))

    def ahead_of(self, ago: int, n: int) -> int:
        """How many days ahead the nth working day after another day is."""
        return -self.ago(self.calendar.add_workdays(self.day(ago), n))

    def ago(self, day: date) -> int:
        """How many days ago a date was."""
        return (self.today - day).days

    def between(self, chance: Random, least: int, most: int) -> int:
        """A working day at random between two numbers of days ago; if there is none, any day."""
        worked = [ago for ago in range(least, most + 1) if self.works(ago)]
        return chance.choice(worked or range(least, most + 1))
