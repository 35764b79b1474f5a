"""The words of the trail for purchases, their lines and payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blueprints.sales import rules, words
from blueprints.sales.models import Product
from core import parts
from core.parts import Part
from core.words import _l


def _amount(value: Any, row: Mapping[str, Any]) -> str:
    """An amount, in the currency of its row."""
    return words.shown(int(value), str(row["currency"]))


parts.declare(
    Part(
        "purchases",
        _l("Purchase"),
        {
            "number": _l("Number"),
            "kind": _l("Kind"),
            "on_day": _l("Day of the purchase"),
            "status": _l("State"),
            "delivered_on": _l("Delivered on"),
            "due_on": _l("Payment due on"),
            "currency": _l("Currency"),
            "discount": _l("Discount on all"),
            "shipping": _l("Shipping"),
            "remark": _l("Remark"),
        },
        {"kind": words.KINDS.get, "status": words.STATUSES.get},
        by_row={"discount": _amount, "shipping": _amount},
    ),
    Part(
        "purchase_lines",
        _l("Line of a purchase"),
        {
            "text": _l("Product or text"),
            "quantity": _l("Quantity"),
            "unit": _l("Unit"),
            "price": _l("Price"),
            "currency": _l("Currency"),
            "discount": _l("Discount"),
        },
        {"quantity": rules.quantity_text, "discount": lambda value: f"{rules.percent_text(value) or 0}%"},
        by_row={"price": _amount},
    ),
    Part(
        "payments",
        _l("Payment"),
        {
            "on_day": _l("Day"),
            "amount": _l("Amount"),
            "currency": _l("Currency"),
            "method": _l("Method"),
            "remark": _l("Remark"),
        },
        {"method": words.METHODS.get},
        by_row={"amount": _amount},
    ),
)
parts.declare(
    Part(Product.__tablename__, _l("Product"), words.PRODUCT, by_row={"price": _amount}),
)
