"""What is left of files that were merged into others: their numbers, and their way to the file that stands for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from blueprints.customers.models import Customer, CustomerMerge
from core import kinds
from core.db import db
from core.rights import Right, Viewer


def into(ids: Sequence[int]) -> dict[int, int]:
    """Id of each of these files that was merged → the one into which it was in the end."""
    return kinds.successors(kinds.kind_of(Customer), ids)


def numbers(ids: Collection[int]) -> dict[int, list[str]]:
    """Id → the numbers of all files that were merged into it, into one of these, and so on; a statement a step."""
    found: dict[int, list[str]] = {}
    waiting = {id: id for id in ids}
    while waiting:
        further: dict[int, int] = {}
        for gone in db.session.execute(_gone(waiting)):
            found.setdefault(waiting[gone.into_id], []).append(gone.number)
            further[gone.gone_id] = waiting[gone.into_id]
        waiting = further
    return found


def _gone(ids: Collection[int]) -> Any:
    named: Any = select(CustomerMerge.into_id, CustomerMerge.gone_id, Customer.number)
    found = named.join(Customer, Customer.id == CustomerMerge.gone_id)
    return found.where(CustomerMerge.into_id.in_(ids)).order_by(CustomerMerge.id)


def with_files(ids: Iterable[int]) -> list[int]:
    """These customers and all files that were merged into them, step by step."""
    found, waiting = set(ids), set(ids)
    while waiting:
        gone = select(CustomerMerge.gone_id).where(CustomerMerge.into_id.in_(waiting))
        waiting = set(db.session.scalars(gone)) - found
        found |= waiting
    return sorted(found)


def files(customer: Customer, viewer: Viewer) -> list[Customer]:
    """The files that were merged into this one, directly or by way of others, of those that the person might see."""
    ids: list[int] = []
    waiting: Collection[int] = [customer.id]
    while waiting:
        waiting = [gone.gone_id for gone in db.session.execute(_gone(waiting))]
        ids += waiting
    return seen(ids, viewer)


def seen(ids: Sequence[int], viewer: Viewer) -> list[Customer]:
    """Those of these merged files that the person might see if they were still there."""
    if not ids:
        return []
    within = kinds.kind_of(Customer).policy.within(viewer, Right.CUSTOMERS_SEE)
    return list(
        db.session.scalars(select(Customer).where(Customer.id.in_(ids), within).order_by(Customer.id))
    )
