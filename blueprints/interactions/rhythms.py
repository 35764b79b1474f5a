"""How often whom: rhythms by status, intent and tier, and the dates that follow from them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.workdays import Workdays

DAY = timedelta(days=1)
DAYS_BEFORE_HOLIDAY = 3
TIERS = frozenset({"a", "b", "c", "d"})
BEFORE_HOLIDAYS = frozenset({"tier_a", "tier_b"})


@dataclass(frozen=True)
class Rhythm:
    """Standard and longest interval in calendar days (`in_workdays`: in working days), and the usual channel.

    Without a longest interval a customer is never overdue.
    """

    group: str
    standard: int
    longest: int | None
    channel: str = "phone"
    in_workdays: bool = False

    def with_intervals(self, standard: int, longest: int | None) -> Rhythm:
        """The same rhythm with other intervals; the longest is never shorter than the standard one."""
        return replace(self, standard=standard, longest=None if longest is None else max(longest, standard))


DEFAULTS = (
    Rhythm("lead", 1, 1, "phone", in_workdays=True),
    Rhythm("high", 3, 5, "phone"),
    Rhythm("middle", 7, 14, "phone"),
    Rhythm("low", 30, 45, "wechat"),
    Rhythm("tier_a", 14, 21, "visit"),
    Rhythm("tier_b", 30, 45, "phone"),
    Rhythm("tier_c", 60, 90, "wechat"),
    Rhythm("tier_d", 120, 180, "wechat"),
    Rhythm("tier_none", 30, 45, "phone"),
    Rhythm("dormant", 60, 90, "phone"),
    Rhythm("lost", 180, None, "phone"),
)


def group_of(tier: str, intent: str, status: str) -> str:
    """Which rhythm holds: status and intent come before the tier. Whatever is no tier is none."""
    if status in ("lead", "dormant", "lost"):
        return status
    if status == "prospect" and intent in ("high", "middle", "low"):
        return intent
    return f"tier_{tier}" if tier in TIERS else "tier_none"


def next_date(rhythm: Rhythm, last: date, calendar: Workdays, *, spread: int = 0) -> date:
    """When the customer is due again after a contact on `last`: a working day, never behind the latest date.

    An A or B customer who would be due within a long holiday is due on one of the three working days before
    it; `spread` (any number of the customer's own) says on which.
    """
    if rhythm.in_workdays:
        due = calendar.add_workdays(last, rhythm.standard)
    else:
        due = _before_holiday(rhythm, last, calendar, spread) or calendar.standard_date(last, rhythm.standard)
    latest = latest_date(rhythm, last, calendar)
    return due if latest is None else min(due, latest)


def _before_holiday(rhythm: Rhythm, last: date, calendar: Workdays, spread: int) -> date | None:
    due = last + DAY * rhythm.standard
    if rhythm.group not in BEFORE_HOLIDAYS or not calendar.is_long_rest(due):
        return None
    early = calendar.previous_workday(due, 1 + spread % DAYS_BEFORE_HOLIDAY)
    return early if early > last else None


def latest_date(rhythm: Rhythm, last: date, calendar: Workdays) -> date | None:
    """The last working day within the longest interval; None if there is none."""
    if rhythm.longest is None:
        return None
    if rhythm.in_workdays:
        return calendar.add_workdays(last, rhythm.longest)
    return calendar.longest_date(last, rhythm.longest)


class Diary:
    """The first contacts of one owner, who makes at most `most` of them a day; `load` tells how many a day holds."""

    def __init__(self, load: Callable[[date], int], most: int) -> None:
        self._load, self._most = load, most
        self._held: dict[date, int] = {}
        self._onward: dict[date, date] = {}  # where full days lead

    def enter(self, day: date, calendar: Workdays) -> date:
        """Put one more down, on the first working day from `day` on that takes it; answers which."""
        full: list[date] = []
        while (onward := self._onward.get(day)) or self._holds(day) >= self._most:
            full.append(day)
            day = onward or calendar.next_workday(day)
        self._onward.update(dict.fromkeys(full, day))
        self._held[day] += 1
        return day

    def _holds(self, day: date) -> int:
        if day not in self._held:
            self._held[day] = self._load(day)
        return self._held[day]


def first_contacts(
    waiting: Iterable[tuple[int, int]],
    diary: Diary,
    days_within: Callable[[int], Sequence[date]],
    calendar: Workdays,
) -> dict[int, date]:
    """A day for the first contact with each customer, so that they do not all fall due at once.

    `waiting`: customer id and standard interval in days, the most important first. Those of one interval are
    spread evenly over its working days (see `workdays`), as far as the diary has room.
    """
    groups: dict[int, list[int]] = {}
    for id, standard in waiting:
        groups.setdefault(standard, []).append(id)
    found: dict[int, date] = {}
    for standard, ids in groups.items():
        days = days_within(standard)
        for place, id in enumerate(ids):
            found[id] = diary.enter(days[place * len(days) // len(ids)], calendar)
    return found


def workdays(start: date, standard: int, calendar: Workdays) -> list[date]:
    """The working days of an interval from `start` on."""
    first = calendar.on_or_after(start)
    days = (first + DAY * n for n in range(max(standard, 1)))
    return [first, *(day for day in days if day > first and calendar.is_workday(day))]
