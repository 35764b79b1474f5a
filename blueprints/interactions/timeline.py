"""The timeline of a customer as pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.interactions import queries, rules, words
from blueprints.interactions.models import Interaction, PlannedContact
from core import kinds, lists
from core.lists import Order, Page
from core.rights import Right, Viewer


@dataclass(frozen=True)
class Timeline:
    """What was said, newest first, and what is planned; with the filters in force and those there are."""

    page: Page[Interaction]
    plans: Sequence[PlannedContact]
    channel: str
    person: int | None
    people: Sequence[tuple[int, str]]
    may_log: bool

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force."""
        return bool(self.channel or self.person)


def read(
    customer: Customer,
    viewer: Viewer,
    args: Mapping[str, str],
    *,
    size: int = 30,
    may_log: bool | None = None,
) -> Timeline:
    """The timeline that the arguments of an address describe; anything they cannot mean is left out.

    `may_log` is given where it is known whether the person may log a contact here.
    """
    channel = args.get("channel", "") if args.get("channel", "") in rules.CHANNELS else ""
    people = [(place.person_id, words.person(place)) for place in customers.places([customer.id])]
    person = next((id for id, _name in people if str(id) == args.get("person", "")), None)
    found = page(customer.id, args.get("after"), channel=channel, person_id=person, size=size)
    plans = queries.open_plans([customer.id]).get(customer.id, [])
    if may_log is None:
        may_log = kinds.holds(customer, viewer, Right.INTERACTIONS_LOG)
    return Timeline(found, plans, channel, person, people, may_log)


def said(customer_id: int, *, channel: str = "", person_id: int | None = None) -> Select[Any]:
    """What was said to a customer."""
    wanted = select(Interaction).where(Interaction.customer_id == customer_id)
    if channel in rules.CHANNELS:
        wanted = wanted.where(Interaction.channel == channel)
    if person_id is not None:
        wanted = wanted.where(Interaction.person_id == person_id)
    return wanted


def page(
    customer_id: int,
    after: str | None = None,
    *,
    channel: str = "",
    person_id: int | None = None,
    size: int = 30,
) -> Page[Interaction]:
    """A page of the timeline, newest first, with the people that its rows name."""
    wanted = said(customer_id, channel=channel, person_id=person_id).options(
        joinedload(Interaction.author), joinedload(Interaction.recorded_by), joinedload(Interaction.person)
    )
    return lists.page(wanted, Interaction, Order(Interaction.happened_at, descending=True), after, size)
