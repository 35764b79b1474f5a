"""What was said to a customer and what is planned, and who may record more of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers.models import Affiliation, ContactPoint, Customer
from blueprints.interactions import cadence, rules
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.interactions.proposals import Situation
from core import clock, kinds, lists, settings
from core.db import db
from core.lists import Order, Page
from core.rights import Right, Viewer

LOOK_BACK = 10
PHONES = ("mobile", "phone")


def the_customer(id: int, right: Right) -> Customer:
    """The customer, taken through the right that is being used. Raises NotFound or Refused."""
    return kinds.the(Customer, id, right)


def may_log_for_others(customer: Customer, viewer: Viewer) -> Sequence[User]:
    """The colleagues for whom a person may record contacts with this customer (代录)."""
    if not kinds.holds(customer, viewer, Right.INTERACTIONS_LOG_FOR_OTHERS):
        return []
    return [
        user
        for user in access.owners_within(viewer, Right.INTERACTIONS_LOG_FOR_OTHERS)
        if user.id != viewer.id
    ]


def open_plans(ids: Sequence[int]) -> dict[int, list[PlannedContact]]:
    """Customer id → what is planned, the first first."""
    wanted = (
        select(PlannedContact)
        .where(PlannedContact.customer_id.in_(ids), PlannedContact.state == "open")
        .options(joinedload(PlannedContact.user))
        .order_by(PlannedContact.on_day, PlannedContact.at_time, PlannedContact.id)
    )
    found: dict[int, list[PlannedContact]] = {}
    for plan in db.session.scalars(wanted):
        found.setdefault(plan.customer_id, []).append(plan)
    return found


def the_plan(customer: Customer, plan_id: int) -> PlannedContact | None:
    """An open plan of this customer, None if there is none of that id."""
    return next((plan for plan in open_plans([customer.id]).get(customer.id, []) if plan.id == plan_id), None)


def plan_of(customer: Customer, user_id: int | None) -> PlannedContact | None:
    """The first open plan of a person with this customer."""
    plans = open_plans([customer.id]).get(customer.id, [])
    return next((plan for plan in plans if doer(plan, customer) == user_id), None)


def doer(plan: PlannedContact, customer: Customer) -> int | None:
    """Whose a plan is: what names nobody is the owner's."""
    return customer.owner_id if plan.user_id is None else plan.user_id


def count_plans(user_id: int) -> int:
    """How many open plans name a person."""
    named = (PlannedContact.user_id == user_id, PlannedContact.state == "open")
    return db.session.scalar(select(func.count()).where(*named)) or 0


def recent(customer_id: int, before: datetime) -> Sequence[Interaction]:
    """The last contacts and tries before an instant, newest first."""
    return db.session.scalars(
        select(Interaction)
        .where(Interaction.customer_id == customer_id, Interaction.happened_at <= before)
        .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
        .limit(LOOK_BACK)
    ).all()


def is_newest(customer_id: int, happened_at: datetime) -> bool:
    """Whether nothing was recorded that happened later."""
    later = select(Interaction.id).where(
        Interaction.customer_id == customer_id, Interaction.happened_at > happened_at
    )
    return db.session.scalar(later.limit(1)) is None


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
        preferred=customer.preferred_channel,
        spread=customer.id,
    )


def _in_a_row(rows: Iterable[Interaction], fits: Any) -> int:
    count = 0
    for row in rows:
        if not fits(row):
            break
        count += 1
    return count


def aside_purposes() -> frozenset[str]:
    """The purposes that do not count for the rhythm of A and B customers when others than the owner talk."""
    return frozenset(code for code in rules.ASIDE_PURPOSES if not settings.get(f"rhythm.counts.{code}"))


def timeline(
    customer_id: int, *, channel: str = "", person_id: int | None = None
) -> Select[Any]:
    """What was said to a customer."""
    wanted = select(Interaction).where(Interaction.customer_id == customer_id)
    if channel in rules.CHANNELS:
        wanted = wanted.where(Interaction.channel == channel)
    if person_id is not None:
        wanted = wanted.where(Interaction.person_id == person_id)
    return wanted


def timeline_page(
    customer_id: int,
    after: str | None = None,
    *,
    channel: str = "",
    person_id: int | None = None,
    size: int = 30,
) -> Page[Interaction]:
    """A page of the timeline, newest first, with the people that its rows name."""
    wanted = timeline(customer_id, channel=channel, person_id=person_id).options(
        joinedload(Interaction.author), joinedload(Interaction.recorded_by), joinedload(Interaction.person)
    )
    return lists.page(wanted, Interaction, Order(Interaction.happened_at, descending=True), after, size)


def places(customer_id: int) -> Sequence[Affiliation]:
    """The contact persons of a customer, the first one first."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.customer_id == customer_id)
        .options(joinedload(Affiliation.person))
        .order_by(Affiliation.primary.desc(), Affiliation.id)
    ).all()


def phones(customer_id: int) -> Sequence[ContactPoint]:
    """The numbers of a customer that are not known to be bad."""
    return db.session.scalars(
        select(ContactPoint)
        .where(ContactPoint.customer_id == customer_id, ContactPoint.kind.in_(PHONES), ~ContactPoint.bad)
        .options(joinedload(ContactPoint.person))
        .order_by(ContactPoint.id)
    ).all()
