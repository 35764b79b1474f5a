"""Plain functions that record contacts and plans for tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask

from blueprints.customers.models import Customer
from blueprints.interactions import actions, planning
from blueprints.interactions.models import PlannedContact
from blueprints.interactions.settling import Logged
from core import changes, clock
from core.db import db
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client


def a_contact(
    customer: Customer, *, by: str = "sales1a", at: datetime | None = None, **values: Any
) -> Logged:
    """A recorded contact, committed: a phone call that reached, unless said otherwise.

    `at`: recorded at that moment, as if it were the present.
    """
    with clock.frozen(at or clock.now()):
        viewer = the_viewer(by)
        colleague = values.pop("for_user", None)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
            said = {"channel": "phone", "outcome": "reached", **values}
            logged = actions.log_contact(
                customer, said, by=viewer, for_user=the_user(colleague) if colleague else None
            )
            db.session.commit()
    return logged


def a_plan(customer: Customer, on_day: date, *, by: str = "sales1a", **values: Any) -> PlannedContact:
    """A planned contact, committed."""
    viewer = the_viewer(by)
    with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
        plan = planning.plan_contact(customer, {"on_day": on_day, **values}, by=viewer)
        db.session.commit()
    return plan


def made(app: Flask, **values: Any) -> int:
    """The id of an A customer with a number, owned by sales1a unless said otherwise."""
    with app.app_context():
        return a_customer(**{"status": "active", "tier": "a", "phone": "13900000007", **values}).id


def in_english(client: Client) -> Client:
    """The client with its pages in English."""
    client.post("/language", {"language": "en"})
    return client
