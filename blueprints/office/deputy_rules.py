"""Pure decisions about deputies and times away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from core.errors import RuleBroken
from core.words import _l

MOST_TIMES = 30  # that lie ahead


def check_deputy(deputy: int, *, person: int, active: bool) -> None:
    """Raises RuleBroken for somebody who cannot answer for a person."""
    if deputy == person:
        raise RuleBroken(_l("Nobody is their own deputy. Choose somebody else."), "deputy")
    if not active:
        raise RuleBroken(_l("Choose somebody else who is active."), "deputy")


def check_time(first: date, last: date, *, today: date, others: Collection[tuple[date, date]]) -> None:
    """Raises RuleBroken for a time away that is over, ends before it begins, or is there already in part."""
    if last < first:
        raise RuleBroken(_l("The last day lies before the first."), "last_on")
    if last < today:
        raise RuleBroken(_l("This time is over. Give today or a later day."), "last_on")
    if any(first <= ends and begins <= last for begins, ends in others):
        raise RuleBroken(_l("Part of this time is noted already. Take that away first."), "first_on")
    if sum(ends >= today for _begins, ends in others) >= MOST_TIMES:
        raise RuleBroken(_l("At most %(n)s times away can lie ahead.", n=MOST_TIMES))
