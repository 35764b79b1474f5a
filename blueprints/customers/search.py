"""Finding customers: what is kept of them to be found by, and the search itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from blueprints.customers.models import Affiliation, ContactPoint, Customer, CustomerSearch
from blueprints.customers.rules import PHONE_KINDS
from core import fulltext, kinds, phones, terms
from core.db import db
from core.errors import RuleBroken
from core.names import nfc, shadow, sort_key
from core.rights import Right, Viewer
from core.words import _

CHUNK = 500


def name(customer: Customer) -> None:
    """Fill the forms that a name is matched and sorted by."""
    customer.name_shadow = shadow(customer.name)[:400]
    customer.name_key = sort_key(customer.shown_name)[:1200]


def fill_point(point: ContactPoint, typed: str) -> None:
    """Fill a contact point from what was typed. Raises RuleBroken for what cannot be one."""
    point.value = nfc(typed)
    if point.kind in PHONE_KINDS:
        number = phones.normalise(point.value)
        if not phones.digits(point.value):
            raise RuleBroken(_("A phone number has digits."), "value")
        point.kind = "mobile" if number.kind == "mobile" and point.kind == "phone" else point.kind
        point.normal, point.extension = number.number[:254], number.extension
    else:
        if point.kind == "email" and not _is_mail(point.value):
            raise RuleBroken(_("This is not a mail address."), "value")
        point.normal = point.value.casefold()[:254]
    point.reversed = phones.digits(point.normal)[::-1] if point.kind in PHONE_KINDS else point.normal[::-1]


def _is_mail(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and local and "." in host) and not any(c.isspace() or c in ",;<>" for c in text)


def refresh(ids: Sequence[int] | None = None) -> int:
    """Bring the search terms of these customers (None: of all) up to date; answers how many were not."""
    wrong = 0
    for chunk in _chunks(ids):
        wrong += _refresh_chunk(chunk)
    return wrong


def _chunks(ids: Sequence[int] | None) -> Iterable[Sequence[int]]:
    if ids is not None:
        yield from (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
        return
    last = 0
    while chunk := db.session.scalars(select(Customer.id).where(Customer.id > last).order_by(Customer.id).limit(CHUNK)).all():
        yield chunk
        last = chunk[-1]


def _refresh_chunk(ids: Sequence[int]) -> int:
    customers = db.session.scalars(
        select(Customer)
        .where(Customer.id.in_(ids))
        .options(selectinload(Customer.points), selectinload(Customer.affiliations).selectinload(Affiliation.person))
    ).all()
    present = {row.customer_id: row for row in db.session.scalars(select(CustomerSearch).where(CustomerSearch.customer_id.in_(ids)))}
    wrong = 0
    for customer in customers:
        wanted, row = terms_for(customer), present.get(customer.id)
        if row is None:
            db.session.add(CustomerSearch(customer_id=customer.id, terms=wanted))
        elif row.terms != wanted:
            row.terms = wanted
        else:
            continue
        wrong += 1
    db.session.flush()
    return wrong


def terms_for(customer: Customer) -> str:
    """All terms by which a customer is found."""
    return terms.terms_of(
        names=[customer.name, customer.short_name or ""],
        person_names=[place.person.name for place in customer.affiliations],
        numbers=[customer.number],
        phones=[point.value for point in customer.points if point.kind in PHONE_KINDS],
        mails=[point.value for point in customer.points if point.kind not in PHONE_KINDS],
    )


def find(viewer: Viewer, q: str, *, most: int = 20) -> list[Customer]:
    """The customers that a person may see and that match, best pass first.

    Sensitive values are searched only on files where the person sees them in clear.
    """
    found: dict[int, Customer] = {}
    parsed = parse(q)
    for step in parsed.passes:
        if len(found) >= most:
            break
        for customer in _hits(viewer, step, most * 2):
            if customer.id not in found and _fits(viewer, q, customer):
                found[customer.id] = customer
    return list(found.values())[:most]
