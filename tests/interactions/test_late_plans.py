"""A contact that is planned for after the standard: the file says so, before it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from blueprints.customers.models import Customer
from core.db import db
from tests.interactions.contacts import a_contact, a_plan, made
from tests.pages import Client

SignedIn = Callable[[str], Client]


@pytest.mark.parametrize(("days", "told"), [(0, False), (1, True)])
def test_a_plan_beyond_the_latest_date_is_told(
    app: Flask, signed_in: SignedIn, days: int, told: bool
) -> None:
    id = made(app)
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        a_contact(customer, summary="样品到了")
        assert customer.latest_contact_on == date(2026, 12, 9)
        a_plan(customer, customer.latest_contact_on + timedelta(days=days))
    facts = signed_in("sales1a").get(f"/customers/{id}").one("#file-facts").get_text()
    assert ("晚于标准期限" in facts) is told
