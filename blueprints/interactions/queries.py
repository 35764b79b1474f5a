"""What was said to a customer and what is planned, and who may record more of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import queries as customers
from blueprints.customers.models import ContactPoint, Customer
from blueprints.interactions import cadence, rules, words
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.interactions.reasons import Planned, Reason, reason_for
from blueprints.interactions.rhythms import Rhythm
from core import clock, kinds
from core.db import db
from core.errors import Refused
from core.kinds import refusal
from core.rights import Right, Viewer

# Asked for every row of Today and every file: built once.
IDS: Any = bindparam("ids", expanding=True)
OPEN_PLANS = (
    select(PlannedContact)
    .where(PlannedContact.customer_id.in_(IDS), PlannedContact.state == "open")
    .options(joinedload(PlannedContact.user))
    .order_by(PlannedContact.on_day, PlannedContact.at_time, PlannedContact.id)
)


def the_customer(id: int, right: Right) -> Customer:
    """The customer, taken through the right that is being used. Raises NotFound or Refused."""
    return kinds.the(Customer, id, right)


def may_log_for_others(customer: Customer, viewer: Viewer) -> list[tuple[str, str]]:
    """User name and name of the colleagues for whom a person may record contacts with this customer (代录)."""
    if not kinds.holds(customer, viewer, Right.INTERACTIONS_LOG_FOR_OTHERS):
        return []
    people = access.colleague_names(viewer, Right.INTERACTIONS_LOG_FOR_OTHERS)
    return [(username, name) for username, name in people if username != viewer.username]


def open_plans(ids: Sequence[int]) -> dict[int, list[PlannedContact]]:
    """Customer id → what is planned, the first first."""
    return customers.by_customer(db.session.scalars(OPEN_PLANS, {"ids": ids}))


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


def colleague(username: str | None) -> User | None:
    """The account that a user name means, None for none. Raises Refused for a name that is nobody's."""
    if not username:
        return None
    found = access.user_named(username)
    if found is None:
        raise Refused(refusal(Right.INTERACTIONS_LOG_FOR_OTHERS))
    return found


@dataclass(frozen=True)
class Brief:
    """Why to contact a customer, what to talk about, whom, how, and the number (masked where it must be).

    `state` is the contact state; `planned` is what is planned, for this person or for the owner.
    """

    state: str
    reason: str
    planned: PlannedContact | None
    person: str
    position: str
    number: str
    point: ContactPoint | None


def brief(customer: Customer, viewer: Viewer) -> Brief:
    """What somebody needs who is about to contact this customer."""
    return briefs([customer], viewer)[customer.id]


def briefs(found: Sequence[Customer], viewer: Viewer) -> dict[int, Brief]:
    """Customer id → what one needs to contact them, in the same few statements for any number.

    Numbers that stand there in clear are noted as read.
    """
    ids = [customer.id for customer in found]
    plans, rhythms = open_plans(ids), cadence.rhythms_for(found)
    people, numbers = (
        customers.by_customer(customers.places(ids)),
        customers.by_customer(customers.phones(ids)),
    )
    clear, states, today = customers.clear_ids(viewer, ids), customers.contact_states(found), clock.today()
    made = {}
    for customer in found:
        plan = _foremost(plans.get(customer.id, []), customer, viewer)
        state = _state(customer, plan, viewer, today) or states[customer.id]
        place = next(iter(people.get(customer.id, ())), None)
        point = _number(numbers.get(customer.id, ()), place)
        seen = customer.id in clear
        made[customer.id] = Brief(
            state=state,
            reason=words.reason(_reason(customer, state, plan, rhythms[customer.id], today)),
            planned=plan,
            person=words.person(place) if place else "",
            position=(place.position or "") if place else "",
            number="" if point is None else point.value if seen else customers.point_masked(point),
            point=point if seen else None,
        )
    customers.note_shown([id for id, brief in made.items() if brief.point], viewer, "brief")
    return made


def _foremost(plans: Sequence[PlannedContact], customer: Customer, viewer: Viewer) -> PlannedContact | None:
    """The plan to speak of: one's own before the owner's."""
    for person in (viewer.id, customer.owner_id):
        if plan := next((plan for plan in plans if doer(plan, customer) == person), None):
            return plan
    return None


def _state(customer: Customer, plan: PlannedContact | None, viewer: Viewer, today: date) -> str | None:
    """How it stands for somebody else with a plan of their own: it is about that plan alone. None for others."""
    if plan is not None and plan.user_id == viewer.id != customer.owner_id:
        return "due" if plan.on_day <= today else "ok"
    return None


def _reason(
    customer: Customer, state: str, plan: PlannedContact | None, rhythm: Rhythm, today: date
) -> Reason:
    planned = Planned(plan.on_day, plan.at_time, plan.purpose) if plan else None
    return reason_for(state, today, rhythm=rhythm, last=customer.last_contact_on, planned=planned)


def _number(points: Sequence[ContactPoint], place: Any) -> ContactPoint | None:
    """The number to call first: that of the first contact person, else of the customer."""
    theirs = [point for point in points if place is not None and point.person_id == place.person_id]
    return next(iter(theirs or points), None)


def to_log(viewer: Viewer, q: str, most: int = 12) -> Sequence[Customer]:
    """Whom a person may mean who wants to record a contact: what they typed, else those they talked to last."""
    if q:
        found = customers.find(viewer, q, most=most)
        allowed = kinds.held(Customer, viewer, Right.INTERACTIONS_LOG, [customer.id for customer in found])
        return [customer for customer in found if customer.id in allowed]
    mine = select(Interaction.customer_id).where(Interaction.author_id == viewer.id)
    latest = mine.order_by(Interaction.on_day.desc(), Interaction.id.desc()).limit(most * 3)
    ids = list(dict.fromkeys(db.session.scalars(latest)))[:most]
    reached = kinds.visible(Customer, viewer, Right.INTERACTIONS_LOG).where(Customer.id.in_(ids))
    by_id = {customer.id: customer for customer in db.session.scalars(reached)}
    return [by_id[id] for id in ids if id in by_id]


def real_talks(customer_id: int, since: date) -> dict[int, tuple[date, date | None, date, int]]:
    """Person → the days of their first real contact with a customer, of the first since a day, and of the last; and
    how many since then.
    """
    protected = Interaction.on_day >= since
    asked = (
        select(
            Interaction.author_id,
            func.min(Interaction.on_day),
            func.min(case((protected, Interaction.on_day))),
            func.max(Interaction.on_day),
            func.count(case((protected, Interaction.id))),
        )
        .where(Interaction.customer_id == customer_id, Interaction.outcome.in_(sorted(rules.RESETTING)))
        .group_by(Interaction.author_id)
    )
    return {author: tuple(talked) for author, *talked in db.session.execute(asked)}
