"""How long files are kept: what rules propose, what they erase by themselves, and what a hold keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions, holds, retention
from blueprints.customers.models import Customer
from blueprints.office import actions as office
from core import changes, clock
from core.db import db
from core.erasures import Erasure
from core.jobs import ask
from tests.company import a_customer, the_viewer
from tests.customers.keeping import acted, put_away, whole_tables
from tests.pages import Client
from tests.sales.selling import a_purchase
from tests.security.world import a_full_customer
from tests.working import worked

SignedIn = Callable[[str], Client]


def names(rule: str) -> list[str]:
    manager = the_viewer("manager")
    by_name = {each.name: each for each in retention.rules()}
    return [customer.name for customer in retention.proposed(by_name[rule], manager)]


def set_to(name: str, value: object) -> None:
    acted(office.change_settings, {name: value}, opened={})


def binned_long_ago(name: str) -> Customer:
    customer = a_customer(name)
    acted(actions.put_into_bin, customer, by=the_viewer("manager"))

    def age() -> None:
        changes.record("customer.updated")
        customer.deleted_at = clock.now() - timedelta(days=61)

    acted(age)
    return customer


@pytest.mark.both_databases
def test_what_has_served_its_time(in_context: None) -> None:
    old, fresh, bought, held = (a_customer(f"{n}公司", owner=None) for n in "甲乙丙丁")
    long_ago = clock.now() - timedelta(days=36 * 30 + 1)

    def age() -> None:
        changes.record("customer.updated")
        for customer in (old, bought, held):
            customer.created_at = long_ago

    acted(age)
    acted(a_purchase, bought)
    acted(holds.put, held, by=the_viewer("manager"), reason="仲裁")
    assert names("leads") == ["甲公司"]
    assert fresh.name not in names("leads")
    put_away(old)
    assert names("archive") == []
    binned_long_ago("戊公司")
    assert names("bin") == ["戊公司"]


@pytest.mark.both_databases
@pytest.mark.parametrize("acts", [False, True])
def test_nothing_is_erased_unless_it_was_set(app: Flask, acts: bool) -> None:
    with app.app_context():
        gone, held = binned_long_ago("甲公司"), binned_long_ago("乙公司")
        gone_id = gone.id
        acted(holds.put, held, by=the_viewer("manager"), reason="仲裁")
        set_to(retention.BIN_EMPTIES, acts)
        ask(retention.JOB)
        db.session.commit()
    worked(app)
    with app.app_context():
        assert list(db.session.scalars(select(Erasure.record_id))) == ([gone_id] if acts else [])
        db.session.rollback()


@pytest.mark.both_databases
def test_out_of_the_bin_all_is_as_it_was(in_context: None) -> None:
    sample = a_full_customer(lambda column: column[-20:])
    customer = db.session.get_one(Customer, sample.id)
    before = whole_tables()
    acted(actions.put_into_bin, customer, by=the_viewer("manager"))
    assert whole_tables() != before
    acted(actions.take_out_of_bin, customer)
    assert whole_tables() == before


def test_the_page_leads_to_the_erasure(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = binned_long_ago("甲公司").id
    person = signed_in("manager")
    link = person.get("/customers/retention").one("#bin a.btn, #bin td a")
    assert str(link["href"]).endswith(f"/customers/{id}/erasure")
    assert person.get(f"/customers/{id}/erasure").status == 200
    assert signed_in("lead1").get("/customers/retention").status == 403
