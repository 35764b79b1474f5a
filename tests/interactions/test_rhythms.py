"""How often whom, and the dates that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import pytest

from blueprints.interactions.rhythms import (
    DEFAULTS,
    Diary,
    Rhythm,
    first_contacts,
    group_of,
    latest_date,
    next_date,
    workdays,
)
from tests.interactions.calendars import OFFICE

GROUPS = {rhythm.group: rhythm for rhythm in DEFAULTS}
WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("tier", "intent", "status", "group"),
    [
        ("a", "high", "active", "tier_a"),
        ("b", "none", "active", "tier_b"),
        ("none", "none", "active", "tier_none"),
        ("a", "none", "lead", "lead"),
        ("none", "high", "prospect", "high"),
        ("a", "middle", "prospect", "middle"),
        ("none", "low", "prospect", "low"),
        ("c", "none", "prospect", "tier_c"),
        ("none", "none", "prospect", "tier_none"),
        ("a", "high", "dormant", "dormant"),
        ("a", "high", "lost", "lost"),
    ],
)
def test_status_and_intent_come_before_the_tier(tier: str, intent: str, status: str, group: str) -> None:
    assert group_of(tier, intent, status) == group
    assert group in GROUPS


@pytest.mark.parametrize(
    ("group", "standard", "longest"),
    [
        ("lead", 1, 1), ("high", 3, 5), ("middle", 7, 14), ("low", 30, 45), ("tier_a", 14, 21),
        ("tier_b", 30, 45), ("tier_c", 60, 90), ("tier_d", 120, 180), ("tier_none", 30, 45),
        ("dormant", 60, 90), ("lost", 180, None),
    ],
)  # fmt: skip
def test_the_intervals_by_default(group: str, standard: int, longest: int | None) -> None:
    assert (GROUPS[group].standard, GROUPS[group].longest) == (standard, longest)


@pytest.mark.parametrize(
    ("group", "last", "next_on", "latest"),
    [
        # Wednesday and Wednesday: nothing to move.
        ("tier_a", date(2026, 11, 4), date(2026, 11, 18), date(2026, 11, 25)),
        # Saturday + 14 is a Saturday: forward to Monday; + 21 is a Saturday: backward to Friday.
        ("tier_a", date(2026, 11, 7), date(2026, 11, 23), date(2026, 11, 27)),
        # High intent, Thursday: + 3 is Sunday, forward to Monday; + 5 is Tuesday.
        ("high", date(2026, 11, 12), date(2026, 11, 16), date(2026, 11, 17)),
        # A lead counts in working days: Friday to Monday.
        ("lead", date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 16)),
        ("lost", date(2026, 11, 18), date(2027, 5, 17), None),
        # The standard date of a C customer falls into the holiday: forward to its end.
        ("tier_c", date(2026, 8, 4), date(2026, 10, 8), date(2026, 11, 2)),
        # … but never behind the latest date, which went backward before the holiday.
        ("high", date(2026, 9, 29), date(2026, 9, 30), date(2026, 9, 30)),
    ],
)
def test_the_dates_after_a_contact(group: str, last: date, next_on: date, latest: date | None) -> None:
    rhythm = GROUPS[group]
    assert (next_date(rhythm, last, OFFICE), latest_date(rhythm, last, OFFICE)) == (next_on, latest)


def test_a_and_b_are_due_before_a_long_holiday() -> None:
    last = date(2026, 9, 18)  # + 14 is 2 October, the second day of the holiday
    days = {next_date(GROUPS["tier_a"], last, OFFICE, spread=id) for id in range(30)}
    assert days == {date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 30)}


def test_others_are_due_after_it() -> None:
    assert next_date(GROUPS["tier_c"], date(2026, 8, 3), OFFICE) == date(2026, 10, 8)


def test_a_date_before_a_holiday_is_never_the_day_of_the_contact_itself() -> None:
    short = Rhythm("tier_a", 2, 10)
    assert next_date(short, date(2026, 9, 30), OFFICE, spread=0) == date(2026, 10, 8)


def test_the_longest_interval_is_never_shorter_than_the_standard_one() -> None:
    assert Rhythm("tier_a", 14, 21).with_intervals(30, 21).longest == 30
    assert Rhythm("lost", 180, None).with_intervals(90, None).longest is None


@pytest.mark.parametrize(
    ("today", "counts_as"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 9, 30)),
        (date(2026, 10, 7), date(2026, 9, 30)),
        (date(2026, 10, 8), date(2026, 10, 8)),
        (date(2026, 11, 21), date(2026, 11, 21)),  # a plain weekend
    ],
)
def test_silence_stands_still_in_long_holidays(today: date, counts_as: date) -> None:
    assert OFFICE.silence_day(today) == counts_as


def spread(waiting: Iterable[tuple[int, int]], start: date, diary: Diary | None = None) -> Mapping[int, date]:
    def days_within(standard: int) -> list[date]:
        return workdays(start, standard, OFFICE)

    return first_contacts(waiting, diary or Diary(lambda day: 0, 8), days_within, OFFICE)


def test_first_contacts_are_spread_evenly_with_a_first() -> None:
    waiting = [(id, 14) for id in range(10)] + [(id, 30) for id in range(100, 144)]
    days = spread(waiting, WEDNESDAY)
    a, b = [days[id] for id in range(10)], [days[id] for id in range(100, 144)]
    assert a == sorted(a) and b == sorted(b)
    assert a[0] == b[0] == WEDNESDAY
    assert max(a) < WEDNESDAY + timedelta(days=14) and max(b) < WEDNESDAY + timedelta(days=30)
    assert len(set(a)) == 10 and max(Counter(b).values()) <= 3
    assert all(OFFICE.is_workday(day) for day in days.values())


def test_a_day_takes_at_most_eight_with_what_it_holds() -> None:
    days = spread(
        [(id, 14) for id in range(200)], WEDNESDAY, Diary(lambda day: 6 if day == WEDNESDAY else 0, 8)
    )
    load = Counter(days.values())
    assert load[WEDNESDAY] == 2
    assert max(load.values()) <= 8
    assert sum(load.values()) == 200


def test_a_diary_goes_on_from_batch_to_batch() -> None:
    asked: list[date] = []
    diary = Diary(lambda day: asked.append(day) or 0, 8)  # type: ignore[func-returns-value]
    batches = [spread([(id, 14) for id in range(n, n + 50)], WEDNESDAY, diary) for n in range(0, 600, 50)]
    load = Counter(day for days in batches for day in days.values())
    assert set(load.values()) == {8} and len(load) == 75
    assert len(asked) == len(set(asked)) <= 76


def test_nobody_is_met_on_a_day_of_rest() -> None:
    saturday = date(2026, 11, 21)
    assert spread([(1, 14)], saturday) == {1: date(2026, 11, 23)}
    assert spread([(1, 1)], date(2026, 10, 2)) == {1: date(2026, 10, 8)}
