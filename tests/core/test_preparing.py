"""What PostgreSQL keeps of the statements of pages: planned once, but for those of lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from blueprints.customers.listing import ORDERS, Listing
from blueprints.customers.models import Customer
from core.db import db, reading
from core.lists import count, order_named, page
from tests.company import a_customer, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]

OFTEN = 7  # the driver prepares what was asked five times

pytestmark = pytest.mark.postgresql


def prepared(app: Flask) -> set[str]:
    with app.app_context(), reading():
        return set(db.session.scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_the_statements_of_a_page_stay_planned(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer("华兴科技").id
    client = signed_in("manager")
    for _time in range(OFTEN):
        assert client.get(f"/customers/{id}").status == 200
    assert any("contact_points" in statement for statement in prepared(app))


def test_a_page_that_fails_leaves_no_transaction_open(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    assert client.get("/customers/999999").status == 404
    assert client.get("/customers").status == 200


def test_a_list_is_planned_for_what_is_asked_of_it(app: Flask) -> None:
    mode = text("SELECT current_setting('plan_cache_mode')")
    with app.app_context(), reading():
        assert db.session.scalar(mode) == "auto"
        count(select(Customer))
        assert db.session.scalar(mode) == "force_custom_plan"
        db.session.rollback()
        assert db.session.scalar(mode) == "auto"
        page(select(Customer), Customer, order_named(None, ORDERS, "name")[1], None)
        assert db.session.scalar(mode) == "auto"
        Listing.read(MultiDict()).select(the_viewer("manager"))
        assert db.session.scalar(mode) == "force_custom_plan"
