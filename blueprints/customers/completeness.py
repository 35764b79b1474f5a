"""What files lack of what they should hold, as conditions of the list. Of a single one: `condition.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from blueprints.customers import rules
from blueprints.customers.condition import LABELS
from blueprints.customers.models import Customer

NAMES = {name: LABELS[name] for kind in rules.WANTED.values() for name in kind}


def _filled(name: str) -> ColumnElement[bool]:
    column = getattr(Customer, name)
    there = column.is_not(None)
    return there if name == "birthday" else and_(there, column != "")


_BESIDE: Mapping[str, ColumnElement[bool]] = {
    "person_id": Customer.has_person.is_(True),
    "phone": Customer.has_phone.is_(True),
    "written": Customer.has_written.is_(True),
    "grade": or_(Customer.tier != "none", Customer.intent != "none"),
}
HELD = {name: _BESIDE[name] if name in _BESIDE else _filled(name) for name in NAMES}


def lacks(name: str) -> ColumnElement[bool]:
    """The condition that a file should hold something and does not."""
    kind: Any = Customer.kind
    of_kind = [
        kind != "person" if each == "company" else kind == each
        for each, wanted in rules.WANTED.items()
        if name in wanted
    ]
    return and_(or_(*of_kind), ~HELD[name])
