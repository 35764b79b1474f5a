"""What a contact does to the plans: those it fulfils are closed, and the next one follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.customers.models import Customer
from blueprints.interactions import cadence, history, planning, proposals, queries, rules, words
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.interactions.proposals import Proposal
from core import clock, kinds
from core.db import db
from core.errors import RuleBroken
from core.rights import Right, Viewer
from core.words import _


@dataclass(frozen=True)
class Logged:
    """A recorded contact and the next one: its day (None: nothing is next), HH:MM, am or pm, and channel."""

    interaction: Interaction
    next_on: date | None
    next_at: str | None
    next_channel: str | None


def proposal_after(customer: Customer, fresh: Interaction) -> Proposal | None:
    """The next contact that this one, not recorded yet, proposes; None if something later was recorded."""
    if not history.is_newest(customer.id, fresh.happened_at):
        return None
    later = _kept_plan(customer, fresh)
    case = history.situation(
        customer, fresh.channel, fresh.outcome, fresh.happened_at,
        counts=fresh.counts, planned=later.on_day if later else None,
    )  # fmt: skip
    next = proposals.propose(case)
    return Proposal(None, None, "unwanted") if next.by_rhythm and "all" in customer.forbidden else next


def preview(customer: Customer, said: Mapping[str, Any], author: Viewer) -> Proposal | None:
    """The next contact that a form, filled in so far, would propose; None if it does not say enough yet."""
    channel, outcome = said.get("channel"), said.get("outcome")
    if not channel or not outcome:
        return None
    happened = said.get("happened_at") or clock.now()
    fresh = Interaction(
        author_id=author.id,
        channel=channel,
        outcome=outcome,
        happened_at=happened,
        on_day=clock.day_of(happened),
    )
    judge(customer, fresh, said.get("purpose"))
    return proposal_after(customer, fresh)


def judge(customer: Customer, fresh: Interaction, purpose: str | None) -> None:
    """Decide whether a contact counts for the rhythm."""
    fresh.counts = rules.resets(
        fresh.outcome,
        purpose=purpose,
        tier=customer.tier,
        by_owner=fresh.author_id == customer.owner_id,
        aside=history.aside_purposes(),
    )


def plan_next(
    customer: Customer, fresh: Interaction, said: Mapping[str, Any], proposal: Proposal | None, by: Viewer
) -> PlannedContact | None:
    """The plan that follows: as was typed, else as proposed; none where the rhythm alone decides."""
    typed = any(said.get(f"next_{name}") for name in ("on", "time", "channel", "purpose"))
    if not typed and (proposal is None or proposal.by_rhythm or proposal.why == "planned"):
        return None
    proposal = proposal or Proposal(None, None, "rhythm")
    day = said.get("next_on") or proposal.on_day
    if day is None:
        if typed:
            raise RuleBroken(_("Choose the day of the next contact."), "next_on")
        return None
    plan = PlannedContact(
        customer_id=customer.id, user_id=_next_who(customer, said, fresh.author_id, by), on_day=day,
        at_time=said.get("next_time") or (proposal.half if day == proposal.on_day else None),
        channel=said.get("next_channel") or proposal.channel, made_by_id=fresh.id,
    )  # fmt: skip
    _set_purpose(plan, said.get("next_purpose"), proposal)
    if said.get("next_purpose"):
        rules.check_plan_wanted(customer.forbidden, plan.purpose, "next_purpose")
    db.session.add(plan)
    db.session.flush()
    return plan


def _next_who(customer: Customer, said: Mapping[str, Any], author_id: int, by: Viewer) -> int | None:
    """Whoever tried tries again; a day that was chosen is the owner's if the person steers the file."""
    chosen = bool(said.get("next_on")) and kinds.holds(customer, by, Right.CUSTOMERS_EDIT)
    return planning.assignee(customer, said.get("next_who") or ("owner" if chosen else "me"), author_id)


def _set_purpose(plan: PlannedContact, typed: str | None, proposal: Proposal) -> None:
    code = words.purpose_code(typed or "")
    plan.purpose = code or proposal.purpose
    plan.talking_points = typed if typed and code is None else None


def settle(customer: Customer, fresh: Interaction, plan: PlannedContact | None) -> None:
    """Close what the contact fulfils and what the new plan replaces; what was to be said goes along."""
    if fresh.outcome == "mass":
        return
    talked = fresh.counts or fresh.outcome == "reached"
    for old in queries.open_plans([customer.id]).get(customer.id, []):
        met = _concerns(fresh, old, customer) and _fulfils(fresh, old)
        if old is plan:
            continue
        if met and talked:
            old.state, old.done_by_id = "done", fresh.id
        elif plan is not None and (met or queries.doer(old, customer) == queries.doer(plan, customer)):
            old.state = "replaced"
            plan.purpose = plan.purpose or old.purpose
            plan.talking_points = plan.talking_points or old.talking_points
    db.session.flush()


def _kept_plan(customer: Customer, fresh: Interaction) -> PlannedContact | None:
    """The first plan that this contact does not fulfil."""
    plans = queries.open_plans([customer.id]).get(customer.id, [])
    return next((p for p in plans if _concerns(fresh, p, customer) and not _fulfils(fresh, p)), None)


def _concerns(fresh: Interaction, plan: PlannedContact, customer: Customer) -> bool:
    """Whether a plan was the author's to keep; a first contact is anybody's."""
    return plan.purpose == "first_contact" or queries.doer(plan, customer) == fresh.author_id


def _fulfils(fresh: Interaction, plan: PlannedContact) -> bool:
    """Whether the contact is the planned one: due by now and planned before; the first contact on any day."""
    if plan.purpose == "first_contact" and fresh.counts:
        return True
    return plan.on_day <= clock.today() and clock.day_of(plan.created_at) <= fresh.on_day


def logged(customer: Customer, fresh: Interaction, plan: PlannedContact | None) -> Logged:
    """What is next now."""
    if plan is not None:
        return Logged(fresh, plan.on_day, plan.at_time, plan.channel)
    planned = queries.plan_of(customer, customer.owner_id)
    if planned is not None:
        return Logged(fresh, planned.on_day, planned.at_time, planned.channel)
    channel = rules.channel_of(customer.preferred_channel) or cadence.rhythm_for(customer).channel
    return Logged(fresh, customer.next_contact_on, None, channel if customer.next_contact_on else None)
