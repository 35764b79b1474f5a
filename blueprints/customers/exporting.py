"""Customers as a file: who may take how many, what the columns are, what stays masked."""

from __future__ import annotations

from collections.abc import Iterator

from blueprints.customers import listing, queries
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from core import journal, lists
from core.csvfiles import write_csv
from core.db import db, reading
from core.errors import RuleBroken
from core.masking import masked
from core.rights import Right, Viewer
from core.words import _

BATCH = 500
HEADER = (
    "number", "name", "short_name", "kind", "relationship", "tier", "intent", "status", "lost_reason", "owner", "team",
    "source", "industry", "size", "website", "credit_code", "country", "province", "city", "district", "address",
    "postal_code", "person_name", "person_title", "person_position", "phone", "email", "wechat", "tags", "last_contact",
    "next_contact", "note",
)  # fmt: skip


def check(asked: Listing, viewer: Viewer) -> None:
    """Raises RuleBroken if the list holds more rows than this person may take at once."""
    limit = viewer.limit(Right.CUSTOMERS_EXPORT)
    if limit is not None and lists.count(asked.select(viewer, Right.CUSTOMERS_EXPORT), limit).capped:
        raise RuleBroken(
            _("You may export at most %(n)s customers at once. Narrow the list.", n=f"{limit:,}")
        )


def note(asked: Listing, viewer: Viewer) -> None:
    """Journal what is taken."""
    wanted = asked.select(viewer, Right.CUSTOMERS_EXPORT)
    journal.note(
        "exported", rows=lists.count(wanted, queries.MOST_EXPORT).value, filters=[c[2] for c in asked.chips()]
    )


def file(asked: Listing, viewer: Viewer) -> Iterator[bytes]:
    """The file, in batches that each read in a transaction of their own."""
    return write_csv(HEADER, _rows(asked, viewer))


def _rows(asked: Listing, viewer: Viewer) -> Iterator[list[str]]:
    after: str | None = None
    while True:
        rows, after = _batch(asked, viewer, after)
        yield from rows
        if after is None:
            return


def _batch(asked: Listing, viewer: Viewer, after: str | None) -> tuple[list[list[str]], str | None]:
    """One page of the list as cells, read in a transaction of its own."""
    with reading():
        wanted = listing.with_rows(asked.select(viewer, Right.CUSTOMERS_EXPORT))
        page = lists.page(wanted, Customer, asked.order, after, BATCH)
        clear = queries.clear_ids(viewer, [customer.id for customer in page.rows])
        rows = [row(customer, clear=customer.id in clear) for customer in page.rows]
        db.session.rollback()
    return rows, page.after


def row(customer: Customer, *, clear: bool) -> list[str]:
    """The cells of one customer, in the order of HEADER; numbers masked unless `clear`."""
    place = customer.affiliations[0] if customer.affiliations else None
    special = {
        "relationship": customer.relationship_kind,
        "owner": customer.owner.username if customer.owner else "",
        "team": customer.team.slug if customer.team else "",
        "person_name": place.person.name if place else "",
        "person_title": (place.person.form_of_address or "") if place else "",
        "person_position": (place.position or "") if place else "",
        "phone": _points(customer, ("mobile", "phone"), "phone", clear),
        "email": _points(customer, ("email",), "mail", clear),
        "wechat": _points(customer, ("wechat",), "other", clear),
        "tags": "、".join(tag.name for tag in customer.tags),
        "last_contact": _day(customer.last_contact_on),
        "next_contact": _day(customer.next_contact_on),
    }
    return [str(special[name] if name in special else getattr(customer, name) or "") for name in HEADER]


def _points(customer: Customer, point_kinds: tuple[str, ...], mask: str, clear: bool) -> str:
    values = [point.value for point in customer.points if point.kind in point_kinds]
    return "、".join(value if clear else masked(mask, value) for value in values)  # type: ignore[arg-type]


def _day(value: object) -> str:
    return str(value) if value else ""
