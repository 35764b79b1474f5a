"""The pure decisions about customer files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from blueprints.customers import rules, words
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


# --- relations

D1, D2, D3 = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("own", "other", "role", "stored"),
    [
        (1, 2, "subsidiary", ("parent", 1, 2)),
        (1, 2, "parent", ("parent", 2, 1)),
        (2, 1, "dealer", ("dealer", 1, 2)),
        (1, 2, "partner", ("partner", 1, 2)),
        (2, 1, "partner", ("partner", 1, 2)),
        (3, 1, "spouse", ("spouse", 1, 3)),
    ],
)
def test_each_relation_has_one_form(own: int, other: int, role: str, stored: tuple[str, int, int]) -> None:
    assert rules.relation_of(own, other, role) == stored
    kind, first, _second = stored
    assert rules.role_in(kind, first=first == other) == role


@pytest.mark.parametrize(
    ("one", "another", "overlaps"),
    [
        ((None, None), (None, None), True),
        ((D1, D2), (D2, D3), False),
        ((D1, D3), (D2, None), True),
        ((None, D1), (D1, None), False),
        ((None, D2), (D1, None), True),
        ((D2, None), (D1, D2), False),
    ],
)
def test_the_same_is_there_once_at_a_time(one: rules.Span, another: rules.Span, overlaps: bool) -> None:
    assert rules.overlap(one, another) is rules.overlap(another, one) is overlaps
    if overlaps:
        with pytest.raises(RuleBroken):
            rules.check_twice(one, [another])
    else:
        rules.check_twice(one, [another])


@pytest.mark.parametrize(
    ("parent", "child", "above", "allowed"),
    [
        (1, 2, {}, True),
        (1, 2, {1: [2]}, False),
        (1, 2, {1: [3], 3: [4], 4: [2]}, False),
        (1, 2, {1: [3], 3: [4]}, True),
        (1, 2, {1: [3], 3: [1]}, True),
        (1, 1, {}, False),
    ],
)
def test_nobody_is_above_itself(parent: int, child: int, above: dict[int, list[int]], allowed: bool) -> None:
    if allowed:
        rules.check_parent(parent, child, above)
    else:
        with pytest.raises(RuleBroken):
            rules.check_parent(parent, child, above)


@pytest.mark.parametrize(
    ("kinds", "has", "lacks"),
    [
        (("company", "company"), {"parent", "dealer"}, {"spouse", "household"}),
        (("person", "person"), {"spouse", "household", "referrer"}, {"parent", "subsidiary"}),
        (("person", "company"), {"controller", "influencer"}, {"parent", "spouse"}),
    ],
)
def test_roles_suit_both(kinds: tuple[str, str], has: set[str], lacks: set[str]) -> None:
    roles = set(rules.relation_roles(*kinds))
    assert has <= roles and not lacks & roles


def test_every_role_has_a_word() -> None:
    assert {role for pair in rules.RELATIONS.values() for role in pair} == words.ROLES.keys()
    assert rules.RELATIONS.keys() == words.RELATIONS.keys()
