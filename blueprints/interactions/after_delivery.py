"""Calling back after a delivery (交付回访): planned for the owner some days after, and taken back with the delivery."""

from __future__ import annotations

from datetime import date, timedelta

from blueprints.customers.models import Customer
from blueprints.interactions import cadence, queries
from blueprints.interactions.models import PlannedContact
from blueprints.interactions.refreshing import refresh
from core import clock, settings
from core.db import db
from core.words import _

FIRST, SECOND = "interactions.delivery_first", "interactions.delivery_second"
PURPOSE, CHANNEL = "delivery", "phone"


def plan(customer: Customer, number: str, delivered_on: date) -> None:
    """Plan the calls back after the delivery of a purchase; what comes on the same day is asked in one call.

    Those whose day has gone by are left out, and all of a customer without an owner. The act that notes the delivery
    has named its verb, so that it is taken back with it.
    """
    if customer.owner_id is None:
        return
    calendar = cadence.calendar_of(customer.team_id)
    known = {
        p.on_day: p for p in queries.open_plans([customer.id]).get(customer.id, []) if p.purpose == PURPOSE
    }
    for name in (FIRST, SECOND):
        days = settings.get(name)
        day = calendar.on_or_after(delivered_on + timedelta(days=int(days))) if days else None
        if day is None or day < clock.today():
            continue
        if (there := known.get(day)) is not None:
            there.talking_points = _("%(first)s; %(second)s", first=there.talking_points or "", second=number)
            continue
        known[day] = PlannedContact(
            customer_id=customer.id, on_day=day, channel=CHANNEL, purpose=PURPOSE,
            talking_points=_("Purchase %(number)s", number=number),
        )  # fmt: skip
        db.session.add(known[day])
    db.session.flush()
    refresh([customer.id])
