"""What forms about one customer offer to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.interactions import queries, words
from core import kinds
from core.rights import Right, Viewer
from core.words import _


@dataclass(frozen=True)
class Choices:
    """People, numbers, colleagues to record for, and who makes the next contact: as choices of a field."""

    people: Sequence[tuple[str, str]] = ()
    numbers: Sequence[tuple[str, str]] = ()
    colleagues: Sequence[tuple[str, str]] = ()
    doers: Sequence[tuple[str, Any]] = ()


def choices(customer: Customer, viewer: Viewer) -> Choices:
    """What forms about this customer offer to this person."""
    clear = kinds.holds(customer, viewer, Right.CUSTOMERS_CLEAR)
    return Choices(
        people=[(str(place.person_id), words.person(place)) for place in customers.places([customer.id])],
        numbers=[
            (str(p.id), p.value if clear else customers.point_masked(p))
            for p in customers.phones([customer.id])
        ],
        colleagues=queries.may_log_for_others(customer, viewer),
        doers=_doers(customer, viewer),
    )


def _doers(customer: Customer, viewer: Viewer) -> list[tuple[str, Any]]:
    if customer.owner_id == viewer.id:
        return []
    if customer.owner is None:
        return []
    return [("owner", _("%(name)s, the owner", name=customer.owner.name)), ("me", _("myself"))]
