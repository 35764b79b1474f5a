"""What rows of a list of customers say of purchases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, select

from blueprints.customers.models import Customer
from blueprints.sales.models import Purchase
from blueprints.sales.queries import CHARGE, COUNTS, SOLD, customers_over
from core.conditions import tried
from core.db import db
from core.rights import Right, Viewer


@dataclass
class Figures:
    """What a row of a list says of purchases: amounts with their currencies, and the day of the last."""

    amount: list[tuple[int, str]] = field(default_factory=list)
    balance: list[tuple[int, str]] = field(default_factory=list)
    last: date | None = None


def figures(ids: Sequence[int], viewer: Viewer) -> dict[int, Figures]:
    """The figures of each of these customers whose purchases a person may see. One statement."""
    last, sold = func.max(case((SOLD, Purchase.on_day))), func.count(case((COUNTS, 1)))
    rows = db.session.execute(
        select(
            Purchase.customer_id, Purchase.currency, func.sum(CHARGE), func.sum(Purchase.balance), last, sold
        )
        .join(Customer, Customer.id == Purchase.customer_id)
        .where(Purchase.customer_id.in_(ids), tried(customers_over(viewer, Right.SALES_SEE)))
        .group_by(Purchase.customer_id, Purchase.currency)
        .order_by(Purchase.customer_id, Purchase.currency)
    )
    found: dict[int, Figures] = {}
    for id, currency, amount, balance, day, counting in rows:
        mine = found.setdefault(id, Figures())
        mine.amount += [(int(amount), currency)] if counting else []
        mine.balance += [(int(balance), currency)] if balance else []
        mine.last = max(filter(None, (mine.last, day)), default=None)
    return found
