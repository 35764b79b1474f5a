"""The derived columns of purchases: what they come to, was paid, is owed; and of customers: what they bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from blueprints.customers.models import Customer
from blueprints.sales import rules
from blueprints.sales.models import Payment, Purchase, PurchaseLine
from blueprints.sales.queries import CHARGE, COUNTS, SOLD
from core import deriving, settings
from core.bulk import chunks
from core.db import db


def refresh(ids: Sequence[int] | None = None) -> int:
    """Compute the amounts of all purchases of these customers (None: of all) anew, and what follows from them for the
    customers; answers how many rows were wrong.
    """
    db.session.flush()
    wrong = sum(map(_refresh_amounts, _purchases_of(ids)))
    return wrong + sum(map(refresh_customers, chunks(list(ids)) if ids is not None else batches()))


def _purchases_of(ids: Sequence[int] | None) -> Iterator[Sequence[int]]:
    if ids is not None:
        for some in chunks(list(ids)):
            found = db.session.scalars(select(Purchase.id).where(Purchase.customer_id.in_(some))).all()
            yield from chunks(found)
        return
    last = 0
    while some := db.session.scalars(
        select(Purchase.id).where(Purchase.id > last).order_by(Purchase.id).limit(500)
    ).all():
        yield some
        last = some[-1]


def refresh_these(ids: Sequence[int]) -> int:
    """The same for some purchases, in five statements and two that write."""
    db.session.flush()
    wrong = _refresh_amounts(ids)
    customers = select(Purchase.customer_id).where(Purchase.id.in_(ids)).distinct()
    return wrong + refresh_customers(db.session.scalars(customers).all())


def batches(last: int = 0) -> Iterator[Sequence[int]]:
    """The customers behind an id who bought something, or are said to have."""
    bought = or_(Customer.bought_on.is_not(None), Customer.id.in_(select(Purchase.customer_id)))
    while some := db.session.scalars(
        select(Customer.id).where(Customer.id > last, bought).order_by(Customer.id).limit(500)
    ).all():
        yield some
        last = some[-1]


def refresh_customers(ids: Sequence[int]) -> int:
    """Compute what these customers bought anew; answers for how many it was wrong. A statement, and one that writes."""
    sold: ColumnElement[Any] = case((SOLD, 1))
    in_currency = COUNTS & (Purchase.currency == str(settings.get("sales.currency")))
    figures = (
        func.sum(case((in_currency, CHARGE))).label("amount"),
        func.max(case((SOLD, Purchase.on_day))).label("last"),
        func.count(sold).label("times"),
    )
    held = (Customer.id, Customer.bought_amount, Customer.bought_on, Customer.bought_count)
    rows = db.session.execute(
        select(*held, *figures)
        .outerjoin(Purchase, Purchase.customer_id == Customer.id)
        .where(Customer.id.in_(ids))
        .group_by(*held)
    )
    wrong = []
    for row in rows:
        amount = None if row.amount is None else int(row.amount)
        if (row.bought_amount, row.bought_on, row.bought_count) != (amount, row.last, row.times):
            wrong.append(
                {"id": row.id, "bought_amount": amount, "bought_on": row.last, "bought_count": row.times}
            )
    deriving.write(Customer, wrong)
    return len(wrong)


def _refresh_amounts(ids: Sequence[int]) -> int:
    columns: Any = select(
        Purchase.id, Purchase.kind, Purchase.status, Purchase.discount, Purchase.shipping,
        Purchase.amount, Purchase.paid, Purchase.balance,
    )  # fmt: skip
    lines: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    told = select(
        PurchaseLine.purchase_id, PurchaseLine.quantity, PurchaseLine.price, PurchaseLine.discount
    ).where(PurchaseLine.purchase_id.in_(ids))
    for id, *line in db.session.execute(told):
        lines[id].append(tuple(line))  # type: ignore[arg-type]
    sums = select(Payment.purchase_id, func.sum(Payment.amount)).where(Payment.purchase_id.in_(ids))
    paid = {id: int(sum) for id, sum in db.session.execute(sums.group_by(Payment.purchase_id))}
    wrong = []
    for row in db.session.execute(columns.where(Purchase.id.in_(ids))):
        goods = sum(rules.line_amount(*line) for line in lines[row.id])
        amount, got = rules.total_of(goods, row.discount, row.shipping), paid.get(row.id, 0)
        owed = rules.balance(row.kind, row.status, amount, got)
        if (row.amount, row.paid, row.balance) != (amount, got, owed):
            wrong.append({"id": row.id, "amount": amount, "paid": got, "balance": owed})
    deriving.write(Purchase, wrong)
    return len(wrong)
