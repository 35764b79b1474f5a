"""The timeline of a customer as pages show it: what all areas know, and of it what was said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import joinedload

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.interactions import queries, rules, words
from blueprints.interactions.models import Interaction, PlannedContact
from core import timelines
from core.addresses import url_for
from core.lists import Page
from core.rights import Right, Viewer
from core.timelines import RECORD_ID, Asked, Entry, Place, Source
from core.words import _l

KIND = "contact"


@dataclass(frozen=True)
class Timeline:
    """What happened, newest first, and what is planned; with the filters in force and those there are."""

    page: Page[Entry]
    plans: Sequence[PlannedContact]
    kinds: Mapping[str, Any]
    people: Sequence[tuple[int, str]]
    authors: Sequence[tuple[int, str]]
    kind: str
    asked: Asked
    may_log: bool

    @property
    def said(self) -> bool:
        """Whether a contact is among what the page shows."""
        return any(entry.place.kind == KIND for entry in self.page.rows)

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force."""
        return bool(self.kind or self.asked.filters)


def read(
    customer: Customer,
    viewer: Viewer,
    args: Mapping[str, str],
    *,
    size: int = 30,
    rights: Collection[Right] | None = None,
) -> Timeline:
    """The timeline that the arguments of an address describe; anything they cannot mean is left out.

    `rights` are given where it is known which the person holds on the customer: on the file, which offers the kinds
    alone.
    """
    whole, rights = rights is None, customers.rights_over(customer, viewer) if rights is None else rights
    every = timelines.sources("customer", customer, viewer, rights)
    offered = {one.kind for one in timelines.there(every, customer)} | {args.get("kind", "")}
    found = [one for one in every if one.kind in offered]
    kinds = {one.kind: one.label for one in sorted(found, key=lambda one: one.kind != KIND)}
    kind = args.get("kind", "") if args.get("kind", "") in kinds else ""
    people = _people(customer) if whole else ()
    authors = _authors(customer, found) if whole else ()
    asked = Asked(
        customer, viewer, rights, size, timelines.place(args.get("after")), _chosen(authors, args.get("author")),
        _chosen(people, args.get("person")), _channel(args),
    )  # fmt: skip
    page = timelines.page([source for source in found if kind in ("", source.kind)], asked)
    plans = queries.open_plans([customer.id]).get(customer.id, [])
    return Timeline(page, plans, kinds, people, authors, kind, asked, Right.INTERACTIONS_LOG in rights)


def _channel(args: Mapping[str, str]) -> str:
    return args.get("channel", "") if args.get("channel", "") in rules.CHANNELS else ""


def _people(customer: Customer) -> list[tuple[int, str]]:
    return [(place.person_id, words.person(place)) for place in customers.places([customer.id])]


def _authors(customer: Customer, found: Sequence[Source]) -> list[tuple[int, str]]:
    """The colleagues who did something here, by name."""
    wrote = [source.authors(customer) for source in found if source.authors]
    return access.named(select(User).where(User.id.in_(union(*wrote))), User.id) if wrote else []


def _chosen(known: Sequence[tuple[int, str]], wanted: str | None) -> int | None:
    return next((id for id, _name in known if str(id) == wanted), None)


def address(contact: Interaction) -> str:
    """Where a contact stands on the timeline of its customer, those before it below."""
    after = timelines.cursor(Place(contact.happened_at, KIND, contact.id + 1))
    path = url_for("interactions.index", id=contact.customer_id, after=after)
    return f"{path}#contact-made-{contact.id}"


def source() -> Source:
    """What was said, for the timeline."""
    known = frozenset({timelines.AUTHOR, timelines.PERSON, timelines.CHANNEL})
    return Source(KIND, _l("Contacts"), "interactions/_entry.html", _said, known, _talkers)


def _talkers(customer: Customer) -> Select[Any]:
    return select(Interaction.author_id).where(Interaction.customer_id == customer.id)


def _said(asked: Asked) -> Iterator[tuple[datetime, int, Interaction]]:
    for row in timelines.rows(_wanted, asked).scalars():
        yield row.happened_at, row.id, row


def _wanted(asked: Asked) -> Select[Any]:
    wanted = select(Interaction).where(Interaction.customer_id == RECORD_ID)
    if asked.channel:
        wanted = wanted.where(Interaction.channel == asked.channel)
    if asked.person is not None:
        wanted = wanted.where(Interaction.person_id == asked.person)
    if asked.author is not None:
        wanted = wanted.where(Interaction.author_id == asked.author)
    return timelines.newest(wanted, asked, KIND, Interaction.happened_at, Interaction.id).options(
        joinedload(Interaction.author), joinedload(Interaction.recorded_by), joinedload(Interaction.person)
    )
