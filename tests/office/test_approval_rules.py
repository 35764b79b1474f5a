"""The rules of requests: whom to ask, when it is past due, who may answer."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from blueprints.office import approval_rules as rules
from core.errors import Problem, Refused, RuleBroken, Stale
from core.rights import Scope
from core.worktime import Calendar, Frame

LEAD, HEAD, BOSS, OTHER, ASKER = 1, 2, 3, 4, 9
CHAIN = [frozenset({LEAD}), frozenset({HEAD})]
MAY = {LEAD: Scope.BRANCH, HEAD: Scope.BRANCH, BOSS: Scope.ALL, OTHER: Scope.BRANCH}


@pytest.mark.parametrize(
    ("chain", "may", "asker", "decides"),
    [
        (CHAIN, MAY, ASKER, LEAD),
        (CHAIN, MAY, LEAD, HEAD),
        (CHAIN, MAY, HEAD, LEAD),
        ([CHAIN[1]], MAY, HEAD, BOSS),
        ([], MAY, ASKER, BOSS),
        ([], MAY, BOSS, LEAD),
        (CHAIN, {BOSS: Scope.ALL}, ASKER, BOSS),
        (CHAIN, {BOSS: Scope.ALL}, BOSS, None),
        (CHAIN, {ASKER: Scope.ALL}, ASKER, None),
        ([frozenset({ASKER})], {ASKER: Scope.ALL, OTHER: Scope.TEAM}, ASKER, OTHER),
        (CHAIN, {}, ASKER, None),
    ],
)
def test_whoever_asks_is_never_asked(
    chain: list[frozenset[int]], may: dict[int, Scope], asker: int, decides: int
) -> None:
    assert rules.decider(chain, may, requester=asker) == decides


@pytest.mark.parametrize(
    ("present", "may", "asker", "next_one"),
    [
        (LEAD, MAY, ASKER, HEAD),
        (LEAD, MAY, HEAD, BOSS),
        (HEAD, MAY, ASKER, BOSS),
        (BOSS, MAY, ASKER, None),
        (OTHER, MAY, ASKER, BOSS),
        (OTHER, MAY, BOSS, None),
        (LEAD, {HEAD: Scope.BRANCH, BOSS: Scope.ALL}, ASKER, HEAD),
        (OTHER, {LEAD: Scope.BRANCH}, ASKER, LEAD),
        (LEAD, {LEAD: Scope.BRANCH}, ASKER, None),
    ],
)
def test_who_is_above(present: int, may: dict[int, Scope], asker: int, next_one: int | None) -> None:
    assert rules.above(CHAIN, may, requester=asker, present=present) == next_one


def test_who_is_above_stands_in_no_level_below() -> None:
    assert rules.above([*CHAIN, *CHAIN], MAY, requester=ASKER, present=HEAD) == BOSS


@pytest.mark.parametrize(
    ("state", "by", "may", "problem"),
    [
        ("open", LEAD, {LEAD}, None),
        ("open", HEAD, {LEAD, HEAD}, Refused),
        ("open", ASKER, {LEAD, ASKER}, Refused),
        ("open", LEAD, {HEAD}, Refused),
        *((state, LEAD, {LEAD}, Stale) for state in ("approved", "refused", "recalled", "lapsed")),
    ],
)
def test_who_decides(state: str, by: int, may: set[int], problem: type[Problem] | None) -> None:
    def decide() -> None:
        rules.check_decision(state, by=by, requester=ASKER, approver=LEAD, may=may)

    if problem is None:
        decide()
    else:
        with pytest.raises(problem):
            decide()


def test_an_approver_who_asked_is_refused_all_the_same() -> None:
    with pytest.raises(Refused):
        rules.check_decision("open", by=ASKER, requester=ASKER, approver=ASKER, may={ASKER})


@pytest.mark.parametrize(("to", "allowed"), [(HEAD, True), (ASKER, False), (LEAD, False), (OTHER, False)])
def test_to_whom_it_is_passed_on(to: int, allowed: bool) -> None:
    may = {LEAD, HEAD, ASKER}
    if allowed:
        rules.check_passing(to, requester=ASKER, present=LEAD, may=may)
    else:
        with pytest.raises(RuleBroken):
            rules.check_passing(to, requester=ASKER, present=LEAD, may=may)


@pytest.mark.parametrize(
    ("hours", "nudged", "allowed"), [(1, None, False), (4, None, True), (9, 6, False), (10, 6, True)]
)
def test_nudging_has_its_time(hours: int, nudged: int | None, allowed: bool) -> None:
    start = datetime(2026, 11, 18, 9, tzinfo=UTC)
    last = None if nudged is None else start + timedelta(hours=nudged)
    if allowed:
        rules.check_nudge(start + timedelta(hours=hours), start, last)
    else:
        with pytest.raises(RuleBroken):
            rules.check_nudge(start + timedelta(hours=hours), start, last)


@pytest.mark.parametrize(
    ("day", "days", "due"), [(18, 1, 19), (18, 2, 20), (20, 1, 23), (21, 1, 23), (22, 2, 24)]
)
def test_when_it_is_due(day: int, days: int, due: int) -> None:
    """Weekdays with two frames; the 21st and 22nd are a weekend."""
    frames = [Frame(time(9), time(12)), Frame(time(13), time(18))]
    calendar, zone = Calendar(dict.fromkeys(range(5), frames)), ZoneInfo("Asia/Shanghai")
    found = rules.due(calendar, datetime(2026, 11, day, 22, tzinfo=zone), days)
    assert found == datetime(2026, 11, due, 18, tzinfo=zone)
