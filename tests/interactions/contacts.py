"""Plain functions that record contacts and plans for tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from blueprints.customers.models import Customer
from blueprints.interactions import actions, planning
from blueprints.interactions.actions import Logged
from blueprints.interactions.models import PlannedContact
from core import changes, clock
from core.db import db
from tests.company import the_user, the_viewer


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
