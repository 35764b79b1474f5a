"""Rows that hang on one customer, such as needs and people: taken by way of it, and set from what a form sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select

from blueprints.customers.models import Customer
from core.db import db
from core.errors import NotFound
from core.lists import LARGEST
from core.tracked import Tracked
from core.words import _

Part = TypeVar("Part", bound=Tracked)


def the_part(customer: Customer, model: type[Part], id: int) -> Part:
    """The row of this id that hangs on a customer. Raises NotFound for any other."""
    of: Any = model
    mine = select(model).where(of.customer_id == customer.id, of.id == id)
    found = db.session.scalar(mine) if id <= LARGEST else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def put(part: Tracked, fields: Iterable[str], values: Mapping[str, Any]) -> None:
    """Set those of these fields that were sent; an empty text is none."""
    for name in fields:
        if name in values:
            setattr(part, name, values[name] or None)
