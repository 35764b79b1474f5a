"""Whom one reaches at customers and under which number: asked for each row of Today and of lists, and built once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from blueprints.customers.models import Affiliation, ContactPoint, Person
from core.db import db

_IDS: Any = bindparam("ids", expanding=True)
_PLACES: Any = (
    select(
        Affiliation.customer_id,
        Affiliation.person_id,
        Affiliation.position,
        Person.name,
        Person.form_of_address,
        Person.preferred_channel,
    )
    .join(Person, Person.id == Affiliation.person_id)
    .where(Affiliation.customer_id.in_(_IDS))
    .order_by(Affiliation.primary.desc(), Affiliation.id)
)
_PHONES = (
    select(ContactPoint)
    .where(ContactPoint.customer_id.in_(_IDS), ContactPoint.kind.in_(("mobile", "phone")), ~ContactPoint.bad)
    .order_by(ContactPoint.id)
)
_POINTS = (
    select(ContactPoint)
    .where(ContactPoint.customer_id.in_(_IDS), ContactPoint.kind.in_(bindparam("kinds", expanding=True)))
    .where(~ContactPoint.bad)
    .order_by(ContactPoint.id)
)


def places(customer_ids: Sequence[int]) -> Sequence[Any]:
    """The contact persons of customers, the first one first: id, name, form of address, position and preferred
    channel of each.
    """
    return db.session.execute(_PLACES, {"ids": customer_ids}).all()


def phones(customer_ids: Sequence[int]) -> Sequence[ContactPoint]:
    """The numbers of customers that are not known to be bad."""
    return db.session.scalars(_PHONES, {"ids": customer_ids}).all()


def points(customer_ids: Sequence[int], kinds: Sequence[str]) -> Sequence[ContactPoint]:
    """Other ways to reach customers, those that are not known to be bad."""
    return db.session.scalars(_POINTS, {"ids": customer_ids, "kinds": kinds}).all()


def by_customer(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Rows that each name a customer, by its id; in their order."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found
