"""What the form for a contact holds before anybody has typed into it, and how it follows what is chosen."""

from __future__ import annotations

from typing import Any

from blueprints.customers.models import Customer
from blueprints.interactions import cadence, queries, rules, words
from blueprints.interactions.models import PlannedContact
from blueprints.interactions.proposals import Proposal
from core import clock, kinds
from core.languages import day as day_words
from core.rights import Right, Viewer
from core.words import _


def begin(form: Any, customer: Customer, viewer: Viewer) -> None:
    """One that reached the first contact person just now, as they like it best; as it was planned, if it was."""
    form.person.data = next((id for id in form.person.offered if id), None)
    due = _due(customer, viewer)
    form.propose_way(_way(form, customer, due))
    form.outcome.data = "reached"
    form.happened_at.process_data(clock.now().replace(second=0, microsecond=0))
    form.purpose.data = due.purpose if due and due.purpose in words.PURPOSES else None
    steers = kinds.holds(customer, viewer, Right.CUSTOMERS_EDIT)
    form.next_who.data = "owner" if steers else "me"
    owner = customer.owner.username if customer.owner else None
    form.for_user.data = owner if owner in form.for_user.offered else None


def _due(customer: Customer, viewer: Viewer) -> PlannedContact | None:
    plan = queries.plan_of(customer, viewer.id)
    return plan if plan is not None and plan.on_day <= clock.today() else None


def _way(form: Any, customer: Customer, due: PlannedContact | None) -> str:
    """On which channel: as it is planned, else as this person likes it best, else as the customer does."""
    own = form.own.channels.get(form.person.data)
    return rules.channel_of(due.channel if due else None, own, customer.preferred_channel) or "phone"


def follow_person(form: Any, customer: Customer, viewer: Viewer) -> None:
    """After another person was chosen, the channel is theirs, unless somebody has chosen one."""
    if form.channel.data and form.channel.data == form.proposed_way.data:
        form.propose_way(_way(form, customer, _due(customer, viewer)))


def keep_possible(form: Any) -> None:
    """After another channel was chosen, an outcome that it does not have gives way to its usual one."""
    outcomes = rules.OUTCOMES_OF.get(form.channel.data or "", ())
    if outcomes and form.outcome.data not in outcomes:
        form.outcome.data = outcomes[0]


def propose(form: Any, next: Proposal | None) -> None:
    """Put the proposal into the form, unless somebody has typed something else there."""
    day, channel = (next.on_day, next.channel) if next else (None, None)
    if form.next_on.data in (None, form.proposed_on.data):
        form.next_on.data, form.next_on.raw_data = day, None
    if form.next_channel.data in (None, form.proposed_channel.data or None):
        form.next_channel.data = channel
    form.proposed_on.data, form.proposed_channel.data = day, channel


def why(customer: Customer, form: Any, next: Proposal | None) -> str:
    """The sentence under the next contact: why it is proposed, or that what was typed is too late."""
    if next is None:
        return ""
    if next.latest is not None and form.next_on.data is not None and form.next_on.data > next.latest:
        return _("Later than the longest interval allows: %(day)s.", day=day_words(next.latest))
    return words.proposal(next, cadence.rhythm_for(customer))
