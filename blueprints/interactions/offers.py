"""What forms about one customer offer to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.interactions import queries, words
from core import kinds
from core.rights import Right, Viewer
from core.words import _


@dataclass(frozen=True)
class Choices:
    """People, numbers, colleagues to record for, and who makes the next contact: as choices of a field.

    `channels`: how people like to be reached, of those who said so.
    """

    people: Sequence[tuple[str, str]] = ()
    numbers: Sequence[tuple[str, str]] = ()
    colleagues: Sequence[tuple[str, str]] = ()
    doers: Sequence[tuple[str, Any]] = ()
    channels: Mapping[str, str] = field(default_factory=dict)


def choices(customer: Customer, viewer: Viewer) -> Choices:
    """What forms about this customer offer to this person."""
    clear = kinds.holds(customer, viewer, Right.CUSTOMERS_CLEAR)
    places = customers.places([customer.id])
    return Choices(
        people=[(str(place.person_id), words.person(place)) for place in places],
        numbers=[
            (str(p.id), p.value if clear else customers.point_masked(p))
            for p in customers.phones([customer.id])
        ],
        colleagues=queries.may_log_for_others(customer, viewer),
        doers=_doers(customer, viewer),
        channels={str(p.person_id): p.preferred_channel for p in places if p.preferred_channel},
    )


def _doers(customer: Customer, viewer: Viewer) -> list[tuple[str, Any]]:
    if customer.owner_id == viewer.id:
        return []
    if customer.owner is None:
        return []
    return [("owner", _("%(name)s, the owner", name=customer.owner.name)), ("me", _("myself"))]
