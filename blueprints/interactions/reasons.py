"""Why somebody stands on a list: the facts that the sentence is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from blueprints.interactions.rhythms import Rhythm


@dataclass(frozen=True)
class Planned:
    """The open plan for a customer. `at` is HH:MM for an agreed hour, am or pm for half a day, or empty."""

    on_day: date
    at: str | None = None
    purpose: str | None = None

    @property
    def agreed(self) -> bool:
        """Whether an hour was agreed with the customer."""
        return bool(self.at and ":" in self.at)


@dataclass(frozen=True)
class Reason:
    """`kind`: overdue, agreed, planned, unmet, due or ok; `days` since the last contact; the interval."""

    kind: str
    group: str
    days: int = 0
    limit: int = 0
    in_workdays: bool = False
    planned: Planned | None = None
    for_today: bool = False


def reason_for(
    state: str, today: date, *, rhythm: Rhythm, last: date | None, planned: Planned | None = None
) -> Reason:
    """The first thing to say of a customer in this contact state (ok, due, overdue, unmet)."""
    facts = Reason(
        "",
        rhythm.group,
        days=(today - last).days if last else 0,
        limit=rhythm.standard,
        in_workdays=rhythm.in_workdays,
        planned=planned,
        for_today=planned is not None and planned.on_day == today,
    )
    if state == "overdue" and rhythm.longest is not None:
        return replace(facts, kind="overdue", limit=rhythm.longest)
    if planned is not None and (planned.on_day <= today or state == "ok"):
        return replace(facts, kind="agreed" if planned.agreed else "planned")
    return replace(facts, kind="due" if state == "overdue" else state)
