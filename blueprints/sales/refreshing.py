"""The derived columns of purchases: what they come to, what was paid, what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select

from blueprints.sales import rules
from blueprints.sales.models import Payment, Purchase, PurchaseLine
from core import deriving
from core.bulk import chunks
from core.db import db


def refresh(ids: Sequence[int] | None = None) -> int:
    """Compute the amounts of all purchases of these customers (None: of all) anew; answers how many were wrong."""
    db.session.flush()
    return sum(refresh_these(some) for some in _purchases_of(ids))


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
    """The same for some purchases, in three statements and one that writes."""
    db.session.flush()
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
