"""Pure decisions about incidents: what must come before what, and until when an authority is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import RuleBroken
from core.words import _l

WITHIN = timedelta(hours=72)  # GDPR article 33; the PIPL, article 57, says "at once"
YEARS = range(2000, 2101)


def state(found_at: datetime, told_at: datetime | None, why_untold: str, *, now: datetime) -> str:
    """Whether the authority was told: told, late, untold (for a reason), due, overdue."""
    if told_at is not None:
        return "told" if told_at <= found_at + WITHIN else "late"
    if why_untold:
        return "untold"
    return "due" if now <= found_at + WITHIN else "overdue"


def check(
    facts: Mapping[str, Any], *, found_on: date, closed_on: date | None, now: datetime, today: date
) -> None:
    """Raises RuleBroken unless the moments follow each other, and what is closed is complete."""
    found = facts["found_at"]
    if found > now:
        raise RuleBroken(_l("This lies in the future."), "found_at")
    if (happened := facts["happened_at"]) is not None and happened > found:
        raise RuleBroken(_l("It cannot be found before it happened."), "happened_at")
    for name in ("authority_told_at", "persons_told_at"):
        if (told := facts[name]) is not None and told > now:
            raise RuleBroken(_l("This lies in the future."), name)
        if told is not None and told < found:
            raise RuleBroken(_l("Nobody is told before it is found."), name)
    if (facts["authority_told_at"] is None) != (not facts["authority"]):
        field = "authority" if not facts["authority"] else "authority_told_at"
        raise RuleBroken(_l("Give the authority, and when it was told."), field)
    if closed_on is not None:
        _check_closed(facts, found_on, closed_on, today)


def _check_closed(facts: Mapping[str, Any], found_on: date, closed_on: date, today: date) -> None:
    if not found_on <= closed_on <= today:
        raise RuleBroken(_l("Give a day from the find until today."), "closed_on")
    if facts["persons"] is None:
        raise RuleBroken(_l("Before it is closed, say how many persons it met."), "persons")
    if not facts["measures"]:
        raise RuleBroken(_l("Before it is closed, say what was done."), "measures")
    untold = facts["authority_told_at"] is None or facts["persons_told_at"] is None
    if untold and not facts["why_untold"]:
        raise RuleBroken(_l("Before it is closed, say why somebody was not told."), "why_untold")
