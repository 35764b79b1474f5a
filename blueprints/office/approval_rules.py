"""Pure decisions about requests: who decides, by when, and what may be done with one. Nobody decides on their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from core.errors import Refused, RuleBroken, Stale
from core.rights import Scope
from core.words import _l
from core.worktime import Calendar

OPEN, APPROVED, REFUSED, RECALLED, LAPSED = STATES = ("open", "approved", "refused", "recalled", "lapsed")
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
    chain: Sequence[Collection[int]], may: Mapping[int, Scope], *, requester: int, present: int
) -> int | None:
    """Who is asked where the present approver did not answer: higher in the chain, else of a wider scope."""
    at = next((n for n, level in enumerate(chain) if present in level), None)
    if at is None and present not in may:
        return decider(chain, may, requester=requester, but=(present,))
    passed = {present}.union(*chain[: at + 1]) if at is not None else {present}
    higher = chain[at + 1 :] if at is not None else ()
    in_chain = {id for level in higher for id in level}
    reached = {
        id: scope for id, scope in may.items() if id in in_chain or scope > may.get(present, Scope.OWN)
    }
    return decider(higher, reached, requester=requester, but=passed)


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
