"""Purchases and payments as entries of a customer's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from blueprints.sales.models import Payment, Purchase
from core import timelines
from core.timelines import RECORD_ID, Asked, Source
from core.words import _l

OF_PURCHASE = joinedload(Payment.purchase)
BOUGHT, PAID = Purchase.customer_id == RECORD_ID, Payment.customer_id == RECORD_ID


def purchases() -> Source:
    """What was bought and given back."""
    return Source("purchase", _l("Purchases"), "sales/_moment.html", _purchases, seldom=BOUGHT)


def payments() -> Source:
    """What was paid."""
    return Source("payment", _l("Payments"), "sales/_payment_moment.html", _payments, seldom=PAID)


def _purchases(asked: Asked) -> Iterator[tuple[datetime, int, Purchase]]:
    yield from _newest(Purchase, "purchase", asked)


def _payments(asked: Asked) -> Iterator[tuple[datetime, int, Payment]]:
    yield from _newest(Payment, "payment", asked, OF_PURCHASE)


def _newest(model: Any, kind: str, asked: Asked, *options: Any) -> Iterator[tuple[datetime, int, Any]]:
    for row in timelines.rows(_wanted, asked, model, kind, *options).scalars():
        yield timelines.start_of(row.on_day), row.id, row


def _wanted(asked: Asked, model: Any, kind: str, *options: Any) -> Select[Any]:
    mine = select(model).where(model.customer_id == RECORD_ID).options(*options)
    return timelines.newest_days(mine, asked, kind, model.on_day, model.id)
