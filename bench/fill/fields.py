"""Custom fields of the synthetic company, and what its customers have in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from blueprints.customers.models import Customer
from blueprints.office import defining, field_rules
from core.db import db

CHOICES = [
    ("展会", "Fair"), ("官网", "Web site"), ("转介绍", "Referral"), ("广告", "Advertisement"), ("其他", "Other"),
]  # fmt: skip
# Type, labels, how many of the customers have it
FIELDS = (
    (field_rules.ONE, "首次来源", "First source", 0.6),
    (field_rules.NUMBER, "员工人数", "Employees", 0.5),
    (field_rules.DATE, "合同到期", "Contract until", 0.3),
)


def define() -> list[tuple[int, str, float]]:
    """Make the fields; answers their ids, types and shares."""
    made = []
    for type, zh, en, share in FIELDS:
        values: dict[str, Any] = {
            "type": type, "label_zh": zh, "label_en": en, "help_zh": None, "help_en": None, "required": False,
            "sensitive": False, "searchable": False, "shown_when": {},
            "more_choices": CHOICES if type == field_rules.ONE else [],
        }  # fmt: skip
        field = defining.create_field(Customer.__tablename__, values)
        db.session.flush()
        made.append((field.id, type, share))
    return made


def of_customer(
    fields: list[tuple[int, str, float]], customer: dict[str, Any], random: Random, today: date
) -> Iterator[dict[str, Any]]:
    """The rows of its values."""
    for field_id, type, share in fields:
        if random.random() < share:
            value = _value(type, random, today)
            yield {
                "customer_id": customer["id"], "field_id": field_id, "part": 0, "value": value,
                "key": field_rules.key_of(type, value), "created_at": customer["created_at"],
                "updated_at": customer["created_at"],
            }  # fmt: skip


def _value(type: str, random: Random, today: date) -> str:
    if type == field_rules.ONE:
        return str(random.choices(range(1, len(CHOICES) + 1), weights=(50, 25, 15, 9, 1))[0])
    if type == field_rules.NUMBER:
        return str(int(random.paretovariate(1) * 5))
    return (today + timedelta(days=random.randrange(-400, 700))).isoformat()
