"""Pure decisions about requests: who decides, by when, and what may be done with one. Nobody decides on their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import Refused, RuleBroken, Stale
from core.rights import Scope
from core.words import _l
from core.worktime import Calendar

OPEN, APPROVED, REFUSED, RECALLED, LAPSED = STATES = ("open", "approved", "refused", "recalled", "lapsed")
# Why somebody is asked: as the first one; as the deputy of somebody who is away, or did not answer in time; instead
# of somebody who is away and has no deputy who may; one level above somebody who did not answer, or has left; passed on
STEPS = FIRST, AWAY, LATE, ABSENT, UP, LEFT, PASSED = (
    "first", "away", "late", "absent", "up", "left", "passed",
)  # fmt: skip
NUDGE_EVERY = timedelta(hours=4)


def decider(
    chain: Sequence[Collection[int]], may: Mapping[int, Scope], *, requester: int, but: Collection[int] = ()
) -> int | None:
    """Who is asked: of a chain of people, nearest first, the first who may decide; else whoever may most widely.

    Never the requester, whatever they hold; None if there is nobody else.
    """
    barred = {requester, *but}
    for level in chain:
        if found := sorted((set(level) & may.keys()) - barred):
            return found[0]
    return min(may.keys() - barred, key=lambda id: (-may[id], id), default=None)


def above(
    chain: Sequence[Collection[int]],
    may: Mapping[int, Scope],
    *,
    requester: int,
    present: int,
    but: Collection[int] = (),
) -> int | None:
    """Who is asked where the present approver did not answer: higher in the chain, else of a wider scope.

    None of those in `but`.
    """
    at = next((n for n, level in enumerate(chain) if present in level), None)
    if at is None and present not in may:
        return decider(chain, may, requester=requester, but=(present, *but))
    passed = {present, *but}.union(*chain[: at + 1]) if at is not None else {present, *but}
    higher = chain[at + 1 :] if at is not None else ()
    in_chain = {id for level in higher for id in level}
    reached = {
        id: scope for id, scope in may.items() if id in in_chain or scope > may.get(present, Scope.OWN)
    }
    return decider(higher, reached, requester=requester, but=passed)


@dataclass(frozen=True)
class Question:
    """What tells who is to be asked. `may` are those who may decide as things stand: active, and reaching all of it.

    `deputies` are people with whoever answers for them, `away` those who are not there, `asked` those who were asked
    already. `parties` are those whom the matter concerns: they may decide, but for nobody else.
    """

    chain: Sequence[Collection[int]]
    may: Mapping[int, Scope]
    requester: int
    parties: Collection[int] = ()
    deputies: Mapping[int, int] = field(default_factory=dict)
    away: Collection[int] = ()
    asked: Collection[int] = ()


@dataclass(frozen=True)
class Step:
    """Whom a request goes to, why (`STEPS`), and for whom or after whom."""

    user_id: int
    why: str
    instead_of: int | None = None

    @property
    def deputy_for(self) -> int | None:
        """The person for whom a deputy is asked; None where somebody is asked for themselves."""
        return self.instead_of if self.why in (AWAY, LATE) else None


def deputy_of(person: int, question: Question) -> int | None:
    """Who answers for somebody: the deputy, or where that one is away, the deputy's deputy, and so on.

    Only somebody who may decide themselves, was not asked yet, and whom the matter does not concern; nobody whom
    one of those has chosen either: a row of deputies ends with them.
    """
    barred = {question.requester, *question.parties}
    passed, at = {person}, question.deputies.get(person)
    while at is not None and at in question.away and at not in passed | barred:
        passed.add(at)
        at = question.deputies.get(at)
    if at is None or at in passed | barred | set(question.asked):
        return None
    return at if at in question.may else None


def first_step(question: Question) -> Step | None:
    """Whom a new request goes to; where the nearest one is away, the deputy, else the next who is there.

    Where everybody is away, it waits for the nearest one. None if nobody may decide.
    """
    chain, may, requester = question.chain, question.may, question.requester
    nearest = decider(chain, may, requester=requester)
    if nearest is None:
        return None
    if nearest not in question.away:
        return Step(nearest, FIRST)
    if (deputy := deputy_of(nearest, question)) is not None:
        return Step(deputy, AWAY, nearest)
    there = decider(chain, may, requester=requester, but=question.away)
    return Step(there, ABSENT, nearest) if there is not None else Step(nearest, FIRST)


def next_step(question: Question, *, present: int, deputy_for: int | None, left: bool) -> Step | None:
    """Whom a request goes to that the present approver did not answer, or that waits for somebody who has left.

    The deputy, unless it is the deputy who did not answer (`deputy_for`: for whom), then one level up: above the
    person for whom a deputy was asked. None where nobody is left.
    """
    if not left and deputy_for is None and (deputy := deputy_of(present, question)) is not None:
        return Step(deputy, LATE, present)
    why, below, passed = LEFT if left else UP, deputy_for or present, {present, *question.asked}
    absent = None
    while (higher := _above(question, below, passed)) is not None:
        if higher not in question.away:
            return Step(higher, why, present)
        if (deputy := deputy_of(higher, question)) is not None:
            return Step(deputy, AWAY, higher)
        absent = absent or Step(higher, why, present)
        passed.add(higher)
        below = higher
    return absent


def away_step(question: Question, *, present: int, deputy_for: int | None) -> Step | None:
    """Whom a request goes to that waits for somebody who is away: as a new one would, but nobody is asked twice.

    None where they are there, and where nobody else is. A deputy who is away is followed by whom the person has by
    now, or by the person (`deputy_for`) who is back.
    """
    if present not in question.away:
        return None
    person = deputy_for if deputy_for is not None and deputy_for in question.away else present
    if (deputy := deputy_of(person, question)) is not None:
        return Step(deputy, AWAY, person)
    at = next((n for n, level in enumerate(question.chain) if (deputy_for or present) in level), 0)
    but = {present, *question.away, *question.asked}
    there = decider(question.chain[at:], question.may, requester=question.requester, but=but)
    return Step(there, ABSENT, present) if there is not None else None


def _above(question: Question, present: int, but: Collection[int]) -> int | None:
    return above(question.chain, question.may, requester=question.requester, present=present, but=but)


def check_decision(
    state: str, *, by: int, requester: int, approver: int, may: Collection[int], outcome: str = ""
) -> None:
    """Raises Stale where it is decided by now (`outcome` says how), Refused for whom it is not to decide."""
    if state != OPEN:
        raise Stale(outcome or _l("This was decided meanwhile."))
    if by == requester:
        raise Refused(_l("You may not approve your own request."))
    if by != approver:
        raise Refused(_l("This does not wait for you."))
    if by not in may:
        raise Refused(_l("You may not decide on this any more. Pass it on."))


def check_passing(to: int, *, requester: int, present: int, may: Collection[int]) -> None:
    """Raises RuleBroken for somebody to whom a request may not be passed on."""
    if to == requester:
        raise RuleBroken(_l("It cannot be passed on to whoever asks."), "approver")
    if to == present or to not in may:
        raise RuleBroken(_l("Choose somebody else who may decide on this."), "approver")


def check_nudge(now: datetime, created: datetime, nudged: datetime | None) -> None:
    """Raises RuleBroken for a nudge too soon after the last one, or after the request itself."""
    if now - max(created, nudged or created) < NUDGE_EVERY:
        hours = int(NUDGE_EVERY.total_seconds() // 3600)
        raise RuleBroken(_l("You may nudge %(n)s hours after you asked or nudged last.", n=hours))


def due(calendar: Calendar, start: datetime, days: int) -> datetime:
    """When a request is past due: the end of the working hours on the nth working day after it came."""
    day = calendar.add_workdays(start.date(), days)
    return calendar.frames_on(day)[-1].on(day, start.tzinfo)[1]
