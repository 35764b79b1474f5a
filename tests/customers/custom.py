"""Custom fields and their values, made as pages make them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from blueprints.customers import actions, custom_values
from blueprints.customers.custom_values import Sent
from blueprints.customers.models import Customer
from blueprints.office import defining
from blueprints.office.models import CustomField
from core import changes
from core.db import db
from tests.company import the_viewer


def a_field(label: str, type: str = "text", **values: Any) -> CustomField:
    """A field of customers, committed; `choices` are lines as they are typed."""
    given = {
        "type": type, "label_zh": label, "label_en": values.pop("en", label), "help_zh": None, "help_en": None,
        "required": False, "sensitive": False, "searchable": False, "shown_when": {},
        "more_choices": [(word, word) for word in values.pop("choices", ())],
    }  # fmt: skip
    admin = the_viewer("admin")
    with changes.acting(changes.Actor(admin.id, admin.name, "web")):
        field = defining.create_field(Customer.__tablename__, {**given, **values})
        db.session.commit()
    return field


def fill(customer: Customer, by: str = "sales1a", **values: Any) -> None:
    """Put stored values into fields, by key; committed."""
    given = {f"custom_{key}": value if isinstance(value, list) else [value] for key, value in values.items()}
    person = the_viewer(by)
    with changes.acting(changes.Actor(person.id, person.name, "web")):
        actions.update(customer, {"custom": Sent(given)})
        db.session.commit()


def present(customer_id: int) -> dict[str, list[str]]:
    """The stored values of a customer by key, those without one left out."""
    found = {field.key: list(values) for field, values in custom_values.of_one(customer_id) if values}
    db.session.rollback()
    return found


def values_of(app: Flask, customer_id: int) -> dict[str, list[str]]:
    """The same, outside."""
    with app.app_context():
        return present(customer_id)
