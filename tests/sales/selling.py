"""Products, purchases and payments for tests, committed in the name of somebody who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from blueprints.customers.models import Customer
from blueprints.sales import actions
from blueprints.sales.models import Payment, Product, Purchase
from core import changes
from core.db import db
from tests.company import the_viewer


@contextmanager
def acting(who: str = "manager") -> Iterator[None]:
    """Something done by a standing person, committed."""
    by = the_viewer(who)
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        yield
        db.session.commit()


def a_line(price: int, quantity: int = 1_000, **values: Any) -> dict[str, Any]:
    """A line as `record_purchase` takes it; of lines without a place all would stand in the first."""
    return {
        "position": 0, "product_id": None, "text": "硒鼓", "unit": None, "quantity": quantity, "price": price,
        "currency": "CNY", "discount": 0, **values,
    }  # fmt: skip


def a_purchase(customer: Customer, price: int = 10_000, on: str = "2026-10-01", **values: Any) -> Purchase:
    """A delivered purchase of one line."""
    currency = values.get("currency", "CNY")
    given = {
        "on_day": date.fromisoformat(on), "due_on": None, "currency": currency, "discount": 0, "shipping": 0,
        "status": "delivered", "lines": [a_line(price, currency=currency)], **values,
    }  # fmt: skip
    with acting():
        return actions.record_purchase(customer, given)


def paid(purchase: Purchase, amount: int, on: str = "2026-10-15") -> Payment:
    """Money that came in, or went back for a return."""
    with acting("manager"):
        values = {"amount": amount, "on_day": date.fromisoformat(on), "method": "transfer", "remark": None}
        return actions.record_payment(purchase, values)


def returned(purchase: Purchase, quantities: dict[int, int], on: str = "2026-11-01") -> Purchase:
    """A return of so much of some lines."""
    with acting():
        values = {"on_day": date.fromisoformat(on), "quantities": quantities}
        return actions.take_back(purchase, values)


def a_product(number: str = "P001", name: str = "打印机", price: int = 129_900, **values: Any) -> Product:
    """A product of the list."""
    with acting():
        return actions.make_product(
            {"number": number, "name": name, "unit": "台", "price": price, "currency": "CNY", "active": True}
            | values
        )
