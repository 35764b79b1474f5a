"""Who is asked where somebody is away or does not answer; and which deputies and times away can be noted."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from blueprints.office import approval_rules as rules
from blueprints.office import deputy_rules
from blueprints.office.approval_rules import ABSENT, AWAY, FIRST, LATE, LEFT, UP, Question, Step
from core.errors import RuleBroken
from core.rights import Scope

LEAD, HEAD, BOSS, PEER, DEPUTY, OTHER, PARTY, PLAIN, ASKER = range(1, 10)
CHAIN = [frozenset({LEAD}), frozenset({HEAD})]
MAY = {
    LEAD: Scope.BRANCH, HEAD: Scope.BRANCH, BOSS: Scope.ALL, PEER: Scope.TEAM, DEPUTY: Scope.TEAM,
    OTHER: Scope.TEAM, PARTY: Scope.TEAM,
}  # fmt: skip


def asked(
    deputies: dict[int, int], away: set[int], *, may: dict[int, Scope] = MAY, asker: int = ASKER,
    before: tuple[int, ...] = (),
) -> Question:  # fmt: skip
    return Question(CHAIN, may, asker, {PARTY}, deputies, away, before)


@pytest.mark.parametrize(
    ("deputies", "away", "step"),
    [
        ({}, set(), Step(LEAD, FIRST)),
        ({LEAD: DEPUTY}, set(), Step(LEAD, FIRST)),
        ({LEAD: DEPUTY}, {LEAD}, Step(DEPUTY, AWAY, LEAD)),
        ({LEAD: BOSS}, {LEAD}, Step(BOSS, AWAY, LEAD)),
        # no deputy who may: the next who is there
        ({}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: PLAIN}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: PARTY}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: ASKER}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        ({}, {LEAD, HEAD}, Step(BOSS, ABSENT, LEAD)),
        # the deputy is away as well
        ({LEAD: DEPUTY, DEPUTY: OTHER}, {LEAD, DEPUTY}, Step(OTHER, AWAY, LEAD)),
        ({LEAD: DEPUTY, DEPUTY: OTHER}, {LEAD}, Step(DEPUTY, AWAY, LEAD)),
        ({LEAD: PLAIN, PLAIN: OTHER}, {LEAD, PLAIN}, Step(OTHER, AWAY, LEAD)),
        ({LEAD: PLAIN, PLAIN: OTHER}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: DEPUTY}, {LEAD, DEPUTY}, Step(HEAD, ABSENT, LEAD)),
        # whom the requester, or somebody whom it concerns, has chosen does not decide
        ({LEAD: ASKER, ASKER: OTHER}, {LEAD, ASKER}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: PARTY, PARTY: OTHER}, {LEAD, PARTY}, Step(HEAD, ABSENT, LEAD)),
        # circles end
        ({LEAD: DEPUTY, DEPUTY: LEAD}, {LEAD, DEPUTY}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: DEPUTY, DEPUTY: OTHER, OTHER: DEPUTY}, {LEAD, DEPUTY, OTHER}, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: LEAD}, {LEAD}, Step(HEAD, ABSENT, LEAD)),
        # everybody is away: it waits for the nearest one
        ({}, set(MAY), Step(LEAD, FIRST)),
        ({LEAD: DEPUTY, DEPUTY: HEAD}, set(MAY), Step(LEAD, FIRST)),
    ],
)
def test_whom_a_new_request_goes_to(deputies: dict[int, int], away: set[int], step: Step) -> None:
    assert rules.first_step(asked(deputies, away)) == step


def test_nobody_may() -> None:
    assert rules.first_step(asked({LEAD: DEPUTY}, {LEAD}, may={})) is None
    assert rules.first_step(asked({ASKER: DEPUTY}, {ASKER}, may={ASKER: Scope.ALL})) is None


@pytest.mark.parametrize(
    ("deputies", "away", "before", "present", "deputy_for", "step"),
    [
        ({}, set(), [LEAD], LEAD, None, Step(HEAD, UP, LEAD)),
        ({LEAD: DEPUTY}, set(), [LEAD], LEAD, None, Step(DEPUTY, LATE, LEAD)),
        ({LEAD: DEPUTY}, {LEAD}, [LEAD], LEAD, None, Step(DEPUTY, LATE, LEAD)),
        # the deputy did not answer either: above the one for whom they were asked
        ({LEAD: DEPUTY}, set(), [LEAD, DEPUTY], DEPUTY, LEAD, Step(HEAD, UP, DEPUTY)),
        ({LEAD: DEPUTY, DEPUTY: OTHER}, set(), [LEAD, DEPUTY], DEPUTY, LEAD, Step(HEAD, UP, DEPUTY)),
        ({LEAD: BOSS}, set(), [LEAD, BOSS], BOSS, LEAD, Step(HEAD, UP, BOSS)),
        ({LEAD: HEAD}, set(), [LEAD, HEAD], HEAD, LEAD, Step(BOSS, UP, HEAD)),
        # not somebody who was asked already, nor who may not, nor whom it concerns
        ({HEAD: LEAD}, set(), [LEAD, HEAD], HEAD, None, Step(BOSS, UP, HEAD)),
        ({LEAD: PLAIN}, set(), [LEAD], LEAD, None, Step(HEAD, UP, LEAD)),
        ({LEAD: PARTY}, set(), [LEAD], LEAD, None, Step(HEAD, UP, LEAD)),
        ({LEAD: ASKER}, set(), [LEAD], LEAD, None, Step(HEAD, UP, LEAD)),
        # above is away: the deputy there, else further up
        ({HEAD: OTHER}, {HEAD}, [LEAD], LEAD, None, Step(OTHER, AWAY, HEAD)),
        ({}, {HEAD}, [LEAD], LEAD, None, Step(BOSS, UP, LEAD)),
        ({HEAD: LEAD}, {HEAD}, [LEAD], LEAD, None, Step(BOSS, UP, LEAD)),
        ({}, {HEAD, BOSS}, [LEAD], LEAD, None, Step(HEAD, UP, LEAD)),
        # at the top
        ({}, set(), [LEAD, HEAD, BOSS], BOSS, None, None),
        ({BOSS: HEAD}, set(), [LEAD, HEAD, BOSS], BOSS, None, None),
        ({BOSS: OTHER}, set(), [LEAD, HEAD, BOSS], BOSS, None, Step(OTHER, LATE, BOSS)),
        ({BOSS: OTHER}, set(), [LEAD, HEAD, BOSS, OTHER], OTHER, BOSS, None),
    ],
)
def test_whom_it_goes_to_unanswered(
    deputies: dict[int, int],
    away: set[int],
    before: list[int],
    present: int,
    deputy_for: int | None,
    step: Step | None,
) -> None:
    question = asked(deputies, away, before=tuple(before))
    assert rules.next_step(question, present=present, deputy_for=deputy_for, left=False) == step


def test_what_waits_for_somebody_who_left_goes_up_and_not_to_their_deputy() -> None:
    may = {id: scope for id, scope in MAY.items() if id != LEAD}
    question = asked({LEAD: DEPUTY}, set(), may=may, before=(LEAD,))
    assert rules.next_step(question, present=LEAD, deputy_for=None, left=True) == Step(HEAD, LEFT, LEAD)


@pytest.mark.parametrize(
    ("deputies", "away", "before", "deputy_for", "step"),
    [
        # they are there
        ({LEAD: DEPUTY}, set(), [LEAD], None, None),
        ({LEAD: DEPUTY}, {HEAD, DEPUTY}, [LEAD], None, None),
        # as a new one: the deputy, the deputy's deputy, else the next who is there
        ({LEAD: DEPUTY}, {LEAD}, [LEAD], None, Step(DEPUTY, AWAY, LEAD)),
        ({LEAD: DEPUTY, DEPUTY: OTHER}, {LEAD, DEPUTY}, [LEAD], None, Step(OTHER, AWAY, LEAD)),
        ({}, {LEAD}, [LEAD], None, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: PLAIN}, {LEAD}, [LEAD], None, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: PARTY}, {LEAD}, [LEAD], None, Step(HEAD, ABSENT, LEAD)),
        ({LEAD: ASKER, ASKER: OTHER}, {LEAD, ASKER}, [LEAD], None, Step(HEAD, ABSENT, LEAD)),
        ({}, {LEAD, HEAD}, [LEAD], None, Step(BOSS, ABSENT, LEAD)),
        # nobody twice, and not down again
        ({HEAD: LEAD}, {HEAD}, [LEAD, HEAD], None, Step(BOSS, ABSENT, HEAD)),
        ({LEAD: DEPUTY}, {LEAD}, [DEPUTY, LEAD], None, Step(HEAD, ABSENT, LEAD)),
        ({}, {HEAD}, [HEAD], None, Step(BOSS, ABSENT, HEAD)),
        # the deputy goes away too: who answers for the person by now, else the person who is back, else the next
        ({LEAD: DEPUTY, DEPUTY: OTHER}, {LEAD, DEPUTY}, [DEPUTY], LEAD, Step(OTHER, AWAY, LEAD)),
        ({LEAD: OTHER}, {LEAD, DEPUTY}, [DEPUTY], LEAD, Step(OTHER, AWAY, LEAD)),
        ({LEAD: DEPUTY}, {DEPUTY}, [DEPUTY], LEAD, Step(LEAD, ABSENT, DEPUTY)),
        ({LEAD: DEPUTY}, {LEAD, DEPUTY}, [DEPUTY], LEAD, Step(HEAD, ABSENT, DEPUTY)),
        ({LEAD: DEPUTY}, {DEPUTY}, [LEAD, DEPUTY], LEAD, Step(HEAD, ABSENT, DEPUTY)),
        # everybody is away, or was asked: it waits
        ({}, set(MAY), [LEAD], None, None),
        ({LEAD: DEPUTY, DEPUTY: HEAD}, set(MAY), [LEAD], None, None),
        ({}, {LEAD}, [HEAD, BOSS, PEER, DEPUTY, OTHER, PARTY, LEAD], None, None),
    ],
)
def test_whom_it_goes_to_when_somebody_goes_away(
    deputies: dict[int, int], away: set[int], before: list[int], deputy_for: int | None, step: Step | None
) -> None:
    question = asked(deputies, away, before=tuple(before))
    assert rules.away_step(question, present=before[-1], deputy_for=deputy_for) == step


@pytest.mark.parametrize("deputies", [{}, {LEAD: DEPUTY}, {LEAD: PLAIN}, {LEAD: DEPUTY, DEPUTY: OTHER}])
@pytest.mark.parametrize("away", [{LEAD}, {LEAD, DEPUTY}, {LEAD, HEAD}])
def test_what_waits_goes_where_a_new_one_goes(deputies: dict[int, int], away: set[int]) -> None:
    waiting = asked(deputies, away, before=(LEAD,))
    assert rules.away_step(waiting, present=LEAD, deputy_for=None) == rules.first_step(asked(deputies, away))


PEOPLE = (LEAD, HEAD, BOSS, DEPUTY)


@pytest.mark.parametrize("asker", [LEAD, HEAD, BOSS, ASKER])
def test_it_always_ends_and_nobody_is_asked_twice(asker: int) -> None:
    """Whatever deputies four people have, and whoever of them is away: a few steps, and never the requester."""
    may = {id: MAY[id] for id in PEOPLE}
    choices = [[None, *(other for other in PEOPLE if other != person)] for person in PEOPLE]
    for chosen in product(*choices):
        deputies = {p: d for p, d in zip(PEOPLE, chosen, strict=True) if d is not None}
        for away in (set(), {LEAD}, {LEAD, DEPUTY}, {LEAD, HEAD, DEPUTY}, set(PEOPLE)):
            step = rules.first_step(asked(deputies, away, may=may, asker=asker))
            before: list[int] = []
            while step is not None:
                before.append(step.user_id)
                assert step.user_id != asker and step.user_id in may and len(before) == len(set(before))
                question = asked(deputies, away, may=may, asker=asker, before=tuple(before))
                step = rules.next_step(question, present=step.user_id, deputy_for=step.deputy_for, left=False)
            assert before


def test_going_away_again_and_again_ends_too() -> None:
    """Whoever has it goes away each time, with these or those: nobody is asked twice, and nobody who is away."""
    may = {id: MAY[id] for id in PEOPLE}
    choices = [[None, *(other for other in PEOPLE if other != person)] for person in PEOPLE]
    for chosen in product(*choices):
        deputies = {p: d for p, d in zip(PEOPLE, chosen, strict=True) if d is not None}
        for others in (set(), {HEAD}, {DEPUTY, BOSS}):
            step = rules.first_step(asked(deputies, set(), may=may))
            before: list[int] = []
            while step is not None:
                before.append(step.user_id)
                away = {step.user_id} | others
                question = asked(deputies, away, may=may, before=tuple(before))
                step = rules.away_step(question, present=step.user_id, deputy_for=step.deputy_for)
                assert step is None or (step.user_id not in {*before, *away} and step.user_id in may)
            assert before


@pytest.mark.parametrize(
    ("deputy", "active", "allowed"), [(2, True, True), (1, True, False), (2, False, False)]
)
def test_who_can_be_a_deputy(deputy: int, active: bool, allowed: bool) -> None:
    if allowed:
        deputy_rules.check_deputy(deputy, person=1, active=active)
    else:
        with pytest.raises(RuleBroken):
            deputy_rules.check_deputy(deputy, person=1, active=active)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (20, 20, None), (18, 20, None), (23, 25, None), (24, 23, "last_on"), (16, 17, "last_on"),
        (26, 26, "first_on"), (25, 26, "first_on"), (29, 30, "first_on"), (20, 30, "first_on"), (30, 30, None),
    ],
)  # fmt: skip
def test_which_times_away_can_be_noted(first: int, last: int, field: str | None) -> None:
    """Today is the 18th; from the 26th to the 29th is noted already."""
    days = {n: date(2026, 11, n) for n in range(1, 31)}
    others = [(days[26], days[29])]
    if field is None:
        deputy_rules.check_time(days[first], days[last], today=days[18], others=others)
        return
    with pytest.raises(RuleBroken) as broken:
        deputy_rules.check_time(days[first], days[last], today=days[18], others=others)
    assert broken.value.field == field


def test_so_many_times_and_no_more() -> None:
    others = [(date(2027, month, day),) * 2 for month in range(1, 13) for day in (1, 11, 21)]
    given = {"first": date(2026, 12, 1), "last": date(2026, 12, 1), "today": date(2026, 11, 18)}
    check = deputy_rules.check_time
    check(given["first"], given["last"], today=given["today"], others=others[: deputy_rules.MOST_TIMES - 1])
    with pytest.raises(RuleBroken):
        check(given["first"], given["last"], today=given["today"], others=others[: deputy_rules.MOST_TIMES])
