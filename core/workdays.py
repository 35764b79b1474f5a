"""Counting in working days. Pure; which days those are, a calendar says (core.worktime)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, timedelta

DAY = timedelta(days=1)
LONG_HOLIDAY = 3  # days of rest in a row from which on clocks of silence stand still
PATIENCE = 400  # days without work after which a calendar is taken to have none
SPAN = 36_600  # days, about a century: farther nothing is counted


class NoWorkingDay(ValueError):
    """The calendar has no working time within reach of the day asked about."""

    def __init__(self, day: date) -> None:
        super().__init__(f"the working calendar has no working day within {PATIENCE} days of {day}")


class Workdays(ABC):
    """What follows from knowing of each day whether one works on it."""

    @abstractmethod
    def is_workday(self, day: date) -> bool:
        """Whether one works on that day."""

    def next_workday(self, day: date, n: int = 1) -> date:
        """The nth working day after a day."""
        return self.add_workdays(day, n)

    def previous_workday(self, day: date, n: int = 1) -> date:
        """The nth working day before a day."""
        return self.add_workdays(day, -n)

    def on_or_after(self, day: date) -> date:
        """The day itself if one works on it, else the next on which one does."""
        return day if self.is_workday(day) else self.seek(day, DAY)

    def on_or_before(self, day: date) -> date:
        """The day itself if one works on it, else the last before on which one did."""
        return day if self.is_workday(day) else self.seek(day, -DAY)

    def add_workdays(self, day: date, n: int) -> date:
        """The nth working day after a day, before it for a negative n; the day itself for 0."""
        refuse_beyond(abs(n))
        for _ in range(abs(n)):
            day = self.seek(day, DAY if n > 0 else -DAY)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days on the way: those after `start` up to `end`; going back those before it, negative.

        So workdays_between(d, add_workdays(d, n)) == n.
        """
        days = abs((end - start).days)
        refuse_beyond(days)
        step = DAY if end >= start else -DAY
        worked = sum(self.is_workday(start + step * number) for number in range(1, days + 1))
        return worked if end >= start else -worked

    def standard_date(self, last: date, days: int) -> date:
        """When the standard interval after `last` is over: a day of rest gives way to the next working day.

        In long holidays this can lie behind `longest_date`; what comes first counts.
        """
        return self.on_or_after(last + DAY * days)

    def longest_date(self, last: date, days: int) -> date:
        """The latest working day within the longest interval after `last`.

        Where all of the interval is rest, the first working day after `last`: the maximum cannot be kept
        then, and a date on or before the last contact would be nonsense.
        """
        latest = self.on_or_before(last + DAY * days)
        return latest if latest > last else self.next_workday(last)

    def rest_run(self, day: date) -> int:
        """How many days of rest in a row a day belongs to; 0 for a working day."""
        if self.is_workday(day):
            return 0
        return (self.seek(day, DAY) - self.seek(day, -DAY)).days - 1

    def is_long_rest(self, day: date) -> bool:
        """Whether a day belongs to a rest so long that clocks of silence stand still."""
        return self.rest_run(day) >= LONG_HOLIDAY

    def silence_day(self, today: date) -> date:
        """The day as which today counts for silence: in a long rest the clock stands still since its eve."""
        return self.on_or_before(today) if self.is_long_rest(today) else today

    def seek(self, day: date, step: timedelta) -> date:
        """The nearest working day beyond a day, in steps of a day forward or back. Raises NoWorkingDay."""
        start = day
        try:
            for _ in range(PATIENCE):
                day += step
                if self.is_workday(day):
                    return day
        except OverflowError:
            pass
        raise NoWorkingDay(start)


def refuse_beyond(days: int) -> None:
    """Raise ValueError for a span that is no working span but a mistake or an attack."""
    if days > SPAN:
        raise ValueError(f"more than {SPAN} days are not counted")
