"""The customers that requests are about: where they are by now, and what a reader may know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from blueprints.customers.models import Customer
from blueprints.office.queries import Approval, Title
from core import kinds
from core.addresses import url_for
from core.db import db
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _


def subject(customer: Customer) -> tuple[str, int]:
    """Table and id of a customer, as a request names it."""
    return Customer.__tablename__, customer.id


def customer_of(approval: Approval) -> Customer | None:
    """The living customer that a request is about, or into which that one was merged."""
    return living(approval.record_id)


def living(id: int) -> Customer | None:
    """A customer, or the one into which it was merged; None for one in the bin."""
    id = kinds.successors(kinds.kind_of(Customer), [id]).get(id, id)
    return db.session.scalar(select(Customer).where(Customer.id == id, Customer.deleted_at.is_(None)))


def stands(approval: Approval) -> bool:
    """Whether the customer is still there."""
    return customer_of(approval) is not None


def through(approval: Approval, right: Right, by: Viewer) -> Customer:
    """The customer of a request, through the right of whoever decides. Raises RuleBroken or Refused."""
    customer = customer_of(approval)
    if customer is None:
        raise RuleBroken(_("What this is about is not there any more. Refuse the request, or leave it."))
    if not kinds.holds(customer, by, right):
        raise Refused(refusal(right))
    return customer


def seen(ids: Iterable[int], viewer: Viewer) -> dict[int, Customer]:
    """Id → the customer, or what it was merged into, as far as the viewer sees it; two statements."""
    wanted = list(ids)
    stands = kinds.successors(kinds.kind_of(Customer), wanted)
    present = {id: stands.get(id, id) for id in wanted}
    rows = db.session.scalars(kinds.visible(Customer, viewer).where(Customer.id.in_(set(present.values()))))
    found = {customer.id: customer for customer in rows}
    return {id: found[now] for id, now in present.items() if now in found}


def titles(
    label: Any, otherwise: Callable[[Approval], str]
) -> Callable[[Sequence[Approval], Viewer], Mapping[int, Title]]:
    """How requests with this label are called: by the customer for who sees it, and `otherwise`."""

    def titled(rows: Sequence[Approval], viewer: Viewer) -> dict[int, Title]:
        found = seen({row.record_id for row in rows}, viewer)
        return {row.id: _title(label, row, found.get(row.record_id), otherwise) for row in rows}

    return titled


def _title(
    label: Any, row: Approval, customer: Customer | None, otherwise: Callable[[Approval], str]
) -> Title:
    name = customer.shown_name if customer else otherwise(row)
    return Title(str(label) + _(": ") + name, url_for("customers.show", id=customer.id) if customer else None)


def called(approval: Approval) -> str:
    """What the requester calls the customer."""
    return str(approval.payload["called"])


def owner_of(customer: Customer) -> tuple[Any, Any]:
    """A row of facts: who looks after a customer."""
    owner = customer.owner.name if customer.owner else _("nobody yet")
    return _("Owner"), f"{owner} · {customer.team.name}" if customer.team else owner
