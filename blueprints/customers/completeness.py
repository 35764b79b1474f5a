"""What files lack of what they should hold, of many at once: for the list. Of a single one: `condition.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from blueprints.customers import rules
from blueprints.customers.condition import LABELS
from blueprints.customers.models import Affiliation, ContactPoint, Customer
from core.db import db

NAMES = {name: LABELS[name] for kind in rules.WANTED.values() for name in kind}


def _reached(*kinds: str) -> ColumnElement[bool]:
    usable = ContactPoint.customer_id == Customer.id, ContactPoint.bad.is_(False)
    return exists().where(*usable, ContactPoint.kind.in_(kinds))


def _filled(name: str) -> ColumnElement[bool]:
    column = getattr(Customer, name)
    there = column.is_not(None)
    return there if name == "birthday" else and_(there, column != "")


_BESIDE: Mapping[str, ColumnElement[bool]] = {
    "person_id": exists().where(Affiliation.customer_id == Customer.id),
    "phone": _reached("mobile", "phone"),
    "written": _reached("email", "wechat", "wecom", "qq"),
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


def per_cents(ids: Sequence[int]) -> dict[int, int]:
    """How complete each of these files is, in whole per cent. One statement."""
    held = [condition.label(name) for name, condition in HELD.items()]
    rows = db.session.execute(
        select(Customer.id, Customer.kind, *held).where(Customer.id.in_(ids))
    ).mappings()
    return {
        row["id"]: rules.completeness(
            row["kind"], rules.missing(row["kind"], [name for name in NAMES if row[name]])
        )
        for row in rows
    }
