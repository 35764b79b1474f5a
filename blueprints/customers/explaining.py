"""What the page that explains rights needs to know of a customer: which one is meant, and what its policy goes by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.customers import merged
from blueprints.customers.models import Customer
from core.db import db
from core.names import nfc, shadow
from core.words import _

MOST = 3


def exactly(text: str) -> Sequence[int]:
    """The customers with just this number or name, else those with just this short name."""
    named = (Customer.number == text.strip().upper()) | (Customer.name_shadow == shadow(text))
    for condition in (named, Customer.short_name == nfc(text)):
        if found := db.session.scalars(select(Customer.id).where(condition).limit(MOST)).all():
            into = merged.into(found)
            return [into.get(id, id) for id in found]
    return ()


def facts(customer: Customer) -> dict[str, str]:
    """Who owns a customer and which team it belongs to."""
    return {
        "owner": customer.owner.name if customer.owner else _("nobody"),
        "team": customer.team.name if customer.team else _("no team"),
    }
