"""A contact in the light of those before it: what a proposal for the next one is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select

from blueprints.customers.models import Customer
from blueprints.interactions import cadence, rules
from blueprints.interactions.models import Interaction
from blueprints.interactions.proposals import Situation
from core import clock, settings
from core.db import db

LOOK_BACK = 10
# Asked whenever a contact is logged: built once.
_RECENT = (
    select(Interaction)
    .where(Interaction.customer_id == bindparam("id"), Interaction.happened_at <= bindparam("before"))
    .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
    .limit(LOOK_BACK)
)
_LATER = (
    select(Interaction.id)
    .where(Interaction.customer_id == bindparam("id"), Interaction.happened_at > bindparam("moment"))
    .limit(1)
)


def recent(customer_id: int, before: datetime) -> Sequence[Interaction]:
    """The last contacts and tries before an instant, newest first."""
    return db.session.scalars(_RECENT, {"id": customer_id, "before": before}).all()


def is_newest(customer_id: int, happened_at: datetime) -> bool:
    """Whether nothing was recorded that happened later."""
    return db.session.scalar(_LATER, {"id": customer_id, "moment": happened_at}) is None


def situation(
    customer: Customer,
    channel: str,
    outcome: str,
    happened_at: datetime,
    *,
    counts: bool,
    planned: date | None,
) -> Situation:
    """A contact, not recorded yet, with all that a proposal for the next one is made of."""
    before = recent(customer.id, happened_at)
    return Situation(
        channel=channel,
        outcome=outcome,
        counts=counts,
        happened=clock.local(happened_at).replace(tzinfo=None),
        today=clock.today(),
        rhythm=cadence.rhythm_for(customer),
        calendar=cadence.calendar_of(customer.team_id),
        tier=customer.tier,
        tries=1 + _in_a_row(before, lambda row: row.outcome in rules.UNANSWERED),
        texts=1 + _in_a_row([r for r in before if r.counts], lambda row: row.channel in rules.TEXT_CHANNELS),
        planned=planned,
        preferred=rules.channel_of(customer.preferred_channel),
        spread=customer.id,
    )


def _in_a_row(rows: Iterable[Interaction], fits: Callable[[Interaction], bool]) -> int:
    count = 0
    for row in rows:
        if not fits(row):
            break
        count += 1
    return count


def aside_purposes() -> frozenset[str]:
    """The purposes that do not count for the rhythm of A and B customers when others than the owner talk."""
    return frozenset(code for code in rules.ASIDE_PURPOSES if not settings.get(f"rhythm.counts.{code}"))
