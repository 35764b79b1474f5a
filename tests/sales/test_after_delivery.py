"""After a delivery the owner is to call back, some days later, once for each purchase."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers.models import Customer
from blueprints.interactions import after_delivery
from blueprints.interactions.models import PlannedContact
from blueprints.sales import actions, queries
from core import changes, clock, settings, undo
from core.changes import ChangeSet
from core.db import db
from core.settings import SettingValue
from tests.company import a_customer, the_viewer
from tests.sales.selling import a_purchase


def plans() -> list[tuple[date, str, str | None, str]]:
    rows = db.session.scalars(select(PlannedContact).order_by(PlannedContact.on_day))
    return [(p.on_day, p.purpose or "", p.talking_points, p.state) for p in rows if p.purpose == "delivery"]


def delivered(number: str, day: date | None = None) -> None:
    purchase = queries.numbered(number)
    assert purchase is not None
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        actions.deliver(purchase, day or clock.today())
        db.session.commit()


@pytest.mark.both_databases
def test_two_calls_are_planned_on_workdays_and_taken_back(app: Flask) -> None:
    with app.app_context():
        customer = a_customer("华兴科技", owner="sales1a")
        a_purchase(customer, number="A-1", status="open")
        delivered("A-1")
        made = plans()
        assert len(made) == 2 and all(day.weekday() < 5 for day, *_rest in made)
        assert 3 <= (made[0][0] - clock.today()).days <= 6 and 30 <= (made[1][0] - clock.today()).days <= 40
        assert all("A-1" in (points or "") for _day, _purpose, points, _state in made)
        last = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == "purchase.delivered").order_by(ChangeSet.id.desc())
        ).first()
        by = the_viewer("manager")
        assert last is not None
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(last, by)
            db.session.commit()
        assert plans() == []


def test_what_comes_on_one_day_is_asked_in_one_call(app: Flask) -> None:
    with app.app_context():
        customer = a_customer("华兴科技", owner="sales1a")
        for number in ("A-1", "A-2"):
            a_purchase(customer, number=number, status="open")
            delivered(number)
        assert [(points or "").count("A-") for _day, _purpose, points, _state in plans()] == [2, 2]


@pytest.mark.parametrize(
    ("owner", "first", "second", "ago", "planned"),
    [
        ("sales1a", 3, 30, 0, 2),
        ("sales1a", None, 30, 0, 1),
        ("sales1a", None, None, 0, 0),
        ("sales1a", 3, 30, 20, 1),
        ("sales1a", 3, 30, 90, 0),
        (None, 3, 30, 0, 0),
    ],
)
def test_when_nothing_is_planned(
    app: Flask, owner: str | None, first: int | None, second: int | None, ago: int, planned: int
) -> None:
    with app.app_context():
        customer = a_customer("华兴科技", owner="sales1a")
        changes.record("customer.updated")
        if owner is None:
            db.session.get_one(Customer, customer.id).owner_id = None
        changes.record("settings.changed")
        for name, days in ((after_delivery.FIRST, first), (after_delivery.SECOND, second)):
            db.session.add(SettingValue(name=name, value={"value": days}))
        db.session.commit()
        settings.forget()
        day = date.fromordinal(clock.today().toordinal() - ago)
        changes.record("plan.made")
        after_delivery.plan(db.session.get_one(Customer, customer.id), "A-1", day)
        assert len(plans()) == planned
