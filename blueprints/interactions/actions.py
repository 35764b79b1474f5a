"""Recording what was said, which also settles what was planned and sets the next contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.customers.queries import phones
from blueprints.interactions import cadence, queries, rules, settling
from blueprints.interactions.import_contacts import import_past as import_past
from blueprints.interactions.models import Interaction
from blueprints.interactions.refreshing import refresh as refresh
from blueprints.interactions.settling import Logged
from core import changes, clock, kinds, settings
from core.db import db
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _

_LOCKED = select(Customer.id).where(Customer.id == bindparam("id")).with_for_update()
FACTS = ("person_id", "minutes", "purpose", "summary", "feedback", "mood", "late_reason")


def log_contact(
    customer: Customer, values: Mapping[str, Any], *, by: Viewer, for_user: User | None = None
) -> Logged:
    """Record a contact or a try at one, as one's own or for a colleague (代录).

    `values`: channel, outcome; happened_at (aware; now if missing), person_id, minutes, purpose, summary,
    feedback, mood, direction, refusal_reason, late_reason; point_id of a wrong number; next_on, next_time
    (HH:MM), next_channel, next_purpose (a code or free text), next_who ("owner", "me"). Without next_on the
    day follows from outcome and rhythm; `proposed_on` and `proposed_channel` are what a form had filled in
    by itself; `despite`: that the customer does not want this is known. An archived file is brought back.
    Raises RuleBroken or Refused.
    """
    changes.record("interaction.logged")
    db.session.execute(_LOCKED, {"id": customer.id})
    customers.wake(customer)
    said = _checked(customer, values)
    author = _author(customer, by, for_user)
    fresh = _interaction(customer, said, author, by.id)
    proposal = settling.proposal_after(customer, fresh)
    db.session.add(fresh)
    db.session.flush()
    if fresh.outcome == "wrong_number":
        _mark_bad(customer, said)
    plan = settling.plan_next(customer, fresh, said, proposal, by)
    settling.settle(customer, fresh, plan)
    refresh([customer.id])
    return settling.logged(customer, fresh, plan)


def _checked(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with what the form proposed and nobody changed taken out. Raises RuleBroken."""
    said = {name: value for name, value in values.items() if value not in (None, "")}
    for name in ("on", "channel") if said.get("outcome") != "call_later" else ():
        if said.get(f"proposed_{name}") == said.get(f"next_{name}"):
            said.pop(f"next_{name}", None)
    now = clock.now()
    said.setdefault("happened_at", now)
    rules.check_combination(said.get("channel", ""), said.get("outcome", ""))
    rules.check_moment(said["happened_at"], now)
    rules.check_said(said)
    rules.check_wanted(customer.forbidden, said)
    if said.get("next_on"):
        rules.check_planned_day(said["next_on"], clock.today())
        rules.check_planned_hour(
            said["next_on"], said.get("next_time"), clock.local(now).replace(tzinfo=None)
        )
    said["late"] = _late(customer, said)
    return said


def _late(customer: Customer, said: Mapping[str, Any]) -> bool:
    day, today = clock.day_of(said["happened_at"]), clock.today()
    most = int(settings.get("interactions.late_most"))
    days = (today - day).days
    workdays = cadence.calendar_of(customer.team_id).workdays_between(day, today) if days <= most else 0
    free = int(settings.get("interactions.late_free"))
    return rules.check_late(days, workdays, said.get("late_reason"), free=free, most=most)


def _author(customer: Customer, by: Viewer, for_user: User | None) -> Viewer:
    """Who talked. Raises Refused beyond the right, RuleBroken for a stranger to the customer."""
    if for_user is None or for_user.id == by.id:
        return by
    if for_user.username not in dict(queries.may_log_for_others(customer, by)):
        raise Refused(refusal(Right.INTERACTIONS_LOG_FOR_OTHERS))
    author = access.viewer_of(for_user)
    if not kinds.holds(customer, author, Right.INTERACTIONS_LOG):
        raise RuleBroken(_("%(name)s has nothing to do with this customer.", name=for_user.name), "for_user")
    return author


def _interaction(
    customer: Customer, said: Mapping[str, Any], author: Viewer, recorder_id: int
) -> Interaction:
    happened: datetime = said["happened_at"]
    fresh = Interaction(
        customer_id=customer.id, author_id=author.id, recorded_by_id=recorder_id, channel=said["channel"],
        direction=said.get("direction") or ("they" if said["channel"] == "received" else "we"),
        outcome=said["outcome"], happened_at=happened, on_day=clock.day_of(happened), late=said["late"],
        team_id=author.team_id,
    )  # fmt: skip
    for name in FACTS:
        setattr(fresh, name, said.get(name))
    fresh.refusal_reason = said.get("refusal_reason") if fresh.outcome == "refused" else None
    fresh.late_reason = fresh.late_reason if fresh.late else None
    settling.judge(customer, fresh, fresh.purpose)
    return fresh


def _mark_bad(customer: Customer, said: Mapping[str, Any]) -> None:
    numbers = phones([customer.id])
    wrong = [point for point in numbers if point.id == said.get("point_id")] or numbers
    if len(wrong) > 1:
        raise RuleBroken(_("Say which number is wrong."), "point")
    for point in wrong:
        customers.change_point(customer, point, {"bad": True})
