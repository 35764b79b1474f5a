"""Customers that an index has named for a search, with what they are weighed by and shown with.

Read as columns: most of them are looked at once and left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from blueprints.access.models import User
from blueprints.customers import custom_values, reaching
from blueprints.customers.models import ContactPoint, Customer
from blueprints.customers.reaching import by_customer
from core.db import db

_IDS: Any = bindparam("ids", expanding=True)
_ROWS: Any = (
    select(
        Customer.id, Customer.kind, Customer.name, Customer.short_name, Customer.number, Customer.tier,
        Customer.owner_id, Customer.do_not_contact, Customer.archived_at,
        User.name.label("owner"),
    )
    .outerjoin(User, User.id == Customer.owner_id)
    .where(Customer.id.in_(_IDS))
)  # fmt: skip
_POINTS: Any = (
    select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.value, ContactPoint.normal)
    .where(ContactPoint.customer_id.in_(_IDS))
    .order_by(ContactPoint.id)
)


@dataclass(frozen=True)
class Candidate:
    """A customer, its contact persons, the first one first, its contact points if they may be looked at,
    and what can be found in custom fields.
    """

    customer: Any
    people: Sequence[Any]
    points: Sequence[Any]
    texts: Sequence[str]

    @property
    def shown_name(self) -> str:
        """The name that colleagues use: the short one where there is one."""
        return str(self.customer.short_name or self.customer.name)


def read(ids: Sequence[int], clear: Collection[int]) -> list[Candidate]:
    """The candidates of these ids, in their order; with contact points those in `clear`. Three statements at most,
    and one more where custom fields are searched.
    """
    rows = {row.id: row for row in db.session.execute(_ROWS, {"ids": ids})}
    people = by_customer(reaching.places(ids))
    points = by_customer(db.session.execute(_POINTS, {"ids": list(clear)}) if clear else ())
    texts = custom_values.texts_of(ids)
    return [
        Candidate(rows[id], people.get(id, ()), points.get(id, ()), texts[id]) for id in ids if id in rows
    ]
