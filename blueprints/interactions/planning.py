"""Planned contacts: made, moved, skipped, and spread over the days for customers that nobody has met yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import select

from blueprints.customers.actions import wake
from blueprints.customers.models import Customer
from blueprints.interactions import cadence, queries, rhythms, rules
from blueprints.interactions.models import PlannedContact
from blueprints.interactions.refreshing import refresh
from blueprints.interactions.rhythms import Diary
from core import changes, clock, settings
from core.db import db
from core.rights import Viewer


def plan_contact(customer: Customer, values: Mapping[str, Any], *, by: Viewer) -> PlannedContact:
    """Plan a contact: `on_day`, and if wanted `at_time` (HH:MM), `channel`, `purpose`, `talking_points`.

    `who` is "owner" (whoever that will be) or "me". Raises RuleBroken for a moment that has gone by, and for a purpose
    that the customer does not want.
    """
    changes.record("plan.made")
    rules.check_plan_wanted(customer.forbidden, values.get("purpose"))
    _check(values["on_day"], values.get("at_time"))
    wake(customer)
    fresh = PlannedContact(customer_id=customer.id, user_id=assignee(customer, values.get("who"), by.id))
    _set(fresh, values)
    db.session.add(fresh)
    refresh([customer.id])
    return fresh


def postpone(customer: Customer, on_day: date, at_time: str | None, *, by: Viewer) -> PlannedContact:
    """Move the next contact: what this person or the owner has planned, else plan it."""
    changes.record("plan.postponed")
    _check(on_day, at_time)
    wake(customer)
    plan = queries.plan_of(customer, by.id) or queries.plan_of(customer, customer.owner_id)
    if plan is None:
        plan = PlannedContact(customer_id=customer.id, user_id=None if customer.owner_id else by.id)
        db.session.add(plan)
    plan.on_day, plan.at_time = on_day, at_time or None
    refresh([customer.id])
    return plan


def skip(plan: PlannedContact) -> None:
    """Let a planned contact drop; the rhythm decides again."""
    changes.record("plan.skipped")
    plan.state = "skipped"
    refresh([plan.customer_id])


def next_workdays(customer: Customer, most: int = 4) -> list[date]:
    """The next days on which the customer's team works."""
    calendar = cadence.calendar_of(customer.team_id)
    return [calendar.next_workday(clock.today(), n) for n in range(1, most + 1)]


def hand_over(user_id: int, successor_id: int, most: int) -> int:
    """Give what a person has planned to somebody else, at most so much at a time; answers how many there were."""
    mine = (PlannedContact.user_id == user_id) & (PlannedContact.state == "open")
    ids = db.session.scalars(
        select(PlannedContact.id).where(mine).order_by(PlannedContact.id).limit(most)
    ).all()
    if ids:
        changes.bulk_update(PlannedContact, mine & PlannedContact.id.in_(ids), {"user_id": successor_id})
    return len(ids)


def fold_merged(customer_id: int) -> None:
    """Files were merged into this one: of what the same person plans for the same day, for the same purpose, the first
    stays; a first contact that nobody planned by hand falls away with somebody who was met or is to be met anyway. The
    dates of the file are those of all its contacts already.
    """
    customer = db.session.get_one(Customer, customer_id)
    plans = queries.open_plans([customer_id]).get(customer_id, [])
    met = customer.last_contact_on is not None
    known: set[Any] = set()
    for plan in sorted(plans, key=_is_ours):  # those made by hand before the others
        kept = queries.doer(plan, customer), plan.on_day, plan.purpose
        if kept in known or (_is_ours(plan) and (met or known)):
            plan.state = "replaced"
        known.add(kept)
    db.session.flush()


def assignee(customer: Customer, who: str | None, user_id: int) -> int | None:
    """Whom a plan is for: None stands for the owner, whoever that is when the day comes."""
    mine = customer.owner_id is None or (who == "me" and user_id != customer.owner_id)
    return user_id if mine else None


def _check(day: date, hour: str | None) -> None:
    rules.check_planned_day(day, clock.today(), "on_day")
    rules.check_planned_hour(day, hour, clock.local(clock.now()).replace(tzinfo=None), "at_time")


def _set(plan: PlannedContact, values: Mapping[str, Any]) -> None:
    for name in ("on_day", "at_time", "channel", "purpose", "talking_points"):
        if name in values:
            setattr(plan, name, values[name] or None)


def plan_first_contacts(
    ids: Sequence[int], *, anew: bool = False, diaries: dict[int, Diary] | None = None
) -> None:
    """Spread the first contacts with those of these customers that nobody has met yet.

    Whoever can be met on the first day needs no plan. `anew`: those planned so already are moved too. Leaves
    the dates of the customers to be refreshed. `diaries`, by owner, are kept for further customers of the same act.
    """
    waiting = cadence.unmet(ids)
    if not waiting:
        return
    plans = {id: found[0] for id, found in queries.open_plans([c.id for c in waiting]).items()}
    by_owner: dict[int, list[Any]] = defaultdict(list)
    for customer in waiting:
        if customer.id not in plans or (anew and _is_ours(plans[customer.id])):
            by_owner[customer.owner_id].append(customer)
    _spread(by_owner, plans, {} if diaries is None else diaries)
    db.session.flush()


def plan_first_contact(customer: Customer) -> None:
    """Plan the first contact with a file made just now: as `plan_first_contacts` and `refresh` would, without asking
    for contacts and plans, of which it has none.
    """
    if customer.owner_id is None:
        return
    diaries: dict[int, Diary] = {}
    _open(diaries, {customer.owner_id: [customer]})
    calendar = cadence.calendar_of(customer.team_id)
    start = calendar.on_or_after(clock.today())
    day = diaries[customer.owner_id].enter(start, calendar)
    if day > start:
        db.session.add(PlannedContact(customer_id=customer.id, on_day=day, purpose="first_contact"))
    customer.next_contact_on = day


def drop_unwanted(ids: Sequence[int]) -> None:
    """Of these customers, those who want no contact at all are not met for the first time either."""
    unwanted = select(Customer.id).where(Customer.id.in_(ids), Customer.do_not_contact == "all")
    first = (PlannedContact.purpose == "first_contact") & PlannedContact.made_by_id.is_(None)
    meant = first & (PlannedContact.state == "open") & PlannedContact.customer_id.in_(unwanted)
    changes.bulk_update(PlannedContact, meant, {"state": "skipped"})


def _is_ours(plan: PlannedContact) -> bool:
    """Whether a plan was made by the spreading itself, not by a person."""
    return plan.purpose == "first_contact" and plan.made_by_id is None


def _spread(
    by_owner: Mapping[int, Sequence[Any]], plans: Mapping[int, PlannedContact], diaries: dict[int, Diary]
) -> None:
    _open(diaries, by_owner)
    calendar_of, days_of = cache(cadence.calendar_of), cache(_workdays)
    rhythm_of = cadence.rhythms_for([customer for customers in by_owner.values() for customer in customers])
    made = []
    for owner_id, customers in by_owner.items():
        team_id = customers[0].team_id
        waiting = [(c.id, rhythm_of[c.id].standard) for c in customers]
        days = rhythms.first_contacts(
            waiting, diaries[owner_id], partial(days_of, team_id), calendar_of(team_id)
        )
        for id in days.keys() & plans.keys():
            plans[id].on_day = days[id]
        start = days_of(team_id, 1)[0]
        fresh = [(id, day) for id, day in days.items() if id not in plans and day > start]
        made += [{"customer_id": id, "on_day": day, "purpose": "first_contact"} for id, day in fresh]
    changes.bulk_insert(PlannedContact, made)


def _open(diaries: dict[int, Diary], by_owner: Mapping[int, Sequence[Any]]) -> None:
    """The diaries of these owners, as full as they are on file."""
    unopened = by_owner.keys() - diaries.keys()
    if not unopened:
        return
    most = int(settings.get("rhythm.first_contacts_a_day"))
    without = [customer.id for owner_id in unopened for customer in by_owner[owner_id]]
    held = cadence.FirstContacts(unopened, clock.today(), without)
    diaries.update((owner_id, Diary(partial(held.on, owner_id), most)) for owner_id in unopened)


def _workdays(team_id: int | None, standard: int) -> Sequence[date]:
    return rhythms.workdays(clock.today(), standard, cadence.calendar_of(team_id))
