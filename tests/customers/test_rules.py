"""The pure decisions about customer files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from blueprints.customers import rules
from blueprints.customers.forms import tag_names
from core.errors import RuleBroken
from core.rights import Grant, Scope

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "next_on", "latest", "state"),
    [
        (None, None, None, "unmet"),
        (None, date(2026, 1, 1), date(2026, 1, 2), "unmet"),
        (date(2026, 11, 1), date(2026, 11, 19), date(2026, 11, 30), "ok"),
        (date(2026, 11, 1), TODAY, date(2026, 11, 30), "due"),
        (date(2026, 11, 1), date(2026, 11, 10), TODAY, "due"),
        (date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 17), "overdue"),
        (date(2026, 11, 1), None, None, "ok"),
    ],
)
def test_contact_state(last: date | None, next_on: date | None, latest: date | None, state: str) -> None:
    assert rules.contact_state(TODAY, last, next_on, latest) == state


@pytest.mark.parametrize(
    ("scope", "age", "mine", "allowed"),
    [
        (Scope.OWN, timedelta(hours=23), True, True),
        (Scope.OWN, timedelta(hours=25), True, False),
        (Scope.OWN, timedelta(hours=1), False, False),
        (Scope.TEAM, timedelta(days=900), False, True),
        (Scope.ALL, timedelta(days=900), False, True),
    ],
)
def test_who_may_delete(scope: Scope, age: timedelta, mine: bool, allowed: bool) -> None:
    if allowed:
        rules.check_bin(scope, NOW - age, NOW, created_by_self=mine)
    else:
        with pytest.raises(RuleBroken):
            rules.check_bin(scope, NOW - age, NOW, created_by_self=mine)


@pytest.mark.parametrize(
    ("grant", "count", "allowed"),
    [
        (None, 1, False),
        (Grant(Scope.OWN, 50), 50, True),
        (Grant(Scope.OWN, 50), 51, False),
        (Grant(Scope.ALL), 5_000, True),
    ],
)
def test_how_many_at_once(grant: Grant | None, count: int, allowed: bool) -> None:
    if allowed:
        rules.check_bulk(grant, count)
    else:
        with pytest.raises(RuleBroken):
            rules.check_bulk(grant, count)


def test_a_lost_customer_needs_a_reason() -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_status({"status": "lost", "lost_reason": None})
    assert broken.value.field == "lost_reason"
    rules.check_status({"status": "lost", "lost_reason": "price"})


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (None, True),
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
        (date(1900, 1, 1), True),
        (date(1899, 12, 31), False),
        (date.max, False),
        (date.min, False),
    ],
)
def test_which_birthdays_there_are(day: date | None, allowed: bool) -> None:
    if allowed:
        rules.check_birthday(day, TODAY)
    else:
        with pytest.raises(RuleBroken) as broken:
            rules.check_birthday(day, TODAY)
        assert broken.value.field == "birthday"


@pytest.mark.parametrize(
    ("q", "digits", "allowed"),
    [
        ("华兴科技有限公司", "", True),
        ("13912340007", "13912340007", True),
        ("2340007", "2340007", True),
        ("340007", "340007", False),
        ("华", "", False),
        ("3M", "3", True),
    ],
)
def test_what_can_be_looked_up(q: str, digits: str, allowed: bool) -> None:
    if allowed:
        rules.check_lookup(q, digits)
    else:
        with pytest.raises(RuleBroken):
            rules.check_lookup(q, digits)


@pytest.mark.parametrize(
    ("typed", "names"),
    [("", []), ("a, b", ["a", "b"]), ("重点，月结、重点; x；", ["重点", "月结", "x"]), (" , ,", [])],
)
def test_tags_as_typed(typed: str, names: list[str]) -> None:
    assert tag_names(typed) == names
