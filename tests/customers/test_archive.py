"""The archive: kept and found, but in no list and due by nothing; and back again as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import archiving, duplicates
from blueprints.customers.models import Customer
from blueprints.customers.pairs import Duplicate
from blueprints.home import queries as today
from blueprints.interactions import actions as interactions
from blueprints.interactions import planning
from core import clock, undo
from core.db import db
from core.errors import RuleBroken
from core.rights import Right
from tests.company import a_customer, the_viewer, without_right
from tests.core.undos import last_set
from tests.customers.keeping import acted, put_away, whole_tables
from tests.pages import Client
from tests.security.world import a_full_customer

SignedIn = Callable[[str], Client]


def due(username: str) -> set[int]:
    span = today.Span(the_viewer(username), False, clock.today(), clock.today())
    return {customer.id for customer in today.rows(span, "", 100)}


@pytest.mark.both_databases
def test_it_leaves_lists_and_today_but_not_search(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("宏图广告有限公司")
        id = customer.id
        assert id in due("sales1a")
        put_away(customer)
        assert id not in due("sales1a")
        assert (customer.next_contact_on, customer.latest_contact_on) == (None, None)
    person = signed_in("sales1a")
    assert "宏图广告" not in person.get("/customers").one("#list").get_text()
    assert "宏图广告" in person.get("/customers?where=archived:filled").one("#list").get_text()
    found = person.get("/search?q=宏图").one("#search-results").get_text()
    assert "宏图广告" in found and "已归档" in found
    assert "停业" in person.get(f"/customers/{id}").one("main").get_text()
    assert "宏图广告" not in person.get("/").one("main").get_text()
    assert "宏图广告" in person.get("/customers/archive").one("#list").get_text()


def test_the_page_asks_for_a_reason_and_tells_what_rests(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer()
        id, plan = customer.id, {"on_day": clock.today()}
        acted(interactions_plan, customer, plan)
    person, at = signed_in("sales1a"), f"/customers/{id}/archiving"
    assert "计划回访 1" in " ".join(person.get(at).one("main").get_text().split())
    assert person.post(at, person.get(at).form()).status == 422
    assert person.post(at, person.get(at).form() | {"reason": "停业"}).status == 303
    assert person.post(at, {"reason": "停业"}).status == 422
    assert person.post(f"/customers/{id}/archive-return").status == 303
    assert "停业" not in person.get(f"/customers/{id}").one("main").get_text()


def interactions_plan(customer: Customer, values: Any) -> None:
    planning.plan_contact(customer, values, by=the_viewer("sales1a"))


@pytest.mark.both_databases
def test_a_contact_brings_it_back(in_context: None) -> None:
    customer = a_customer()
    put_away(customer)
    said = {"channel": "phone", "outcome": "reached", "summary": "x"}
    acted(interactions.log_contact, customer, said, by=the_viewer("sales1a"))
    assert customer.archived_at is None and customer.next_contact_on is not None


@pytest.mark.both_databases
def test_archived_and_brought_back_all_is_as_it_was(in_context: None) -> None:
    sample = a_full_customer(lambda column: column[-20:])
    customer = db.session.get_one(Customer, sample.id)
    put_away(customer)
    acted(archiving.bring_back, customer)  # the sample has a text in every column, such as have none
    before = whole_tables()
    put_away(customer)
    assert whole_tables() != before
    acted(archiving.bring_back, customer)
    assert whole_tables() == before


@pytest.mark.both_databases
def test_it_is_taken_back(in_context: None) -> None:
    customer = a_customer()
    day = customer.next_contact_on
    put_away(customer)
    acted(undo.undo, last_set(), the_viewer("manager"))
    assert customer.archived_at is None and customer.next_contact_on == day


def test_pairs_with_it_wait(in_context: None) -> None:
    one, other = a_customer(), a_customer("华兴科技")
    db.session.add(Duplicate(customer_id=one.id, other_id=other.id, score=15, reasons=[], seen_in=1))
    db.session.commit()
    manager = the_viewer("manager")
    assert len(db.session.scalars(duplicates.open_pairs(manager)).all()) == 1
    put_away(other)
    assert not db.session.scalars(duplicates.open_pairs(manager)).all()


def test_many_at_once(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        ids = [a_customer(f"客户{n}").id for n in range(3)]
    person = signed_in("manager")
    asked = {"id": [str(id) for id in ids], "act": "archive"}
    assert person.post("/customers/bulk/check", asked).status == 422
    assert person.post("/customers/bulk", {**asked, "reason": "停业"}).status == 303
    text = person.get("/customers/archive").one("#list").get_text()
    assert all(f"客户{n}" in text for n in range(3))


def back(app: Flask, ids: list[int]) -> list[bool]:
    with app.app_context():
        return [db.session.get_one(Customer, id).archived_at is None for id in ids]


@pytest.mark.both_databases
def test_many_are_taken_out_at_once_and_put_back_by_an_undo(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        open_one, *away = [a_customer(f"客户{n}") for n in range(3)]
        for customer in away:
            put_away(customer)
        ids = [open_one.id, *(customer.id for customer in away)]
    person = signed_in("manager")
    page = person.get("/customers/archive")
    to = page.one("#selection button[formaction]")["formaction"]
    chosen = {"id": [str(id) for id in ids]}
    form = person.post(str(to), chosen)
    assert form.one("[name=act] option[selected]")["value"] == "unarchive"
    looked = person.post("/customers/bulk/check", {**chosen, "act": "unarchive"})
    assert looked.status == 200 and "1" in looked.text and back(app, ids) == [True, False, False]
    done = person.post("/customers/bulk", {**chosen, "act": "unarchive"})
    assert done.status == 303 and back(app, ids) == [True, True, True]
    assert person.post(f"{done.response.location}/undo").status == 303
    assert back(app, ids) == [True, False, False]


def test_who_deletes_nothing_takes_nothing_out(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        without_right("employee", Right.CUSTOMERS_BIN)
        customer = a_customer()
        put_away(customer)
        id = customer.id
    asked = {"id": [str(id)], "act": "unarchive"}
    assert signed_in("sales1a").post("/customers/bulk", asked).status in (403, 422)
    assert back(app, [id]) == [False]


def test_what_cannot_be(in_context: None) -> None:
    customer = a_customer()
    with pytest.raises(RuleBroken):
        archiving.archive(customer, by=the_viewer("manager"), reason=" ")
    with pytest.raises(RuleBroken):
        archiving.bring_back(customer)
    db.session.rollback()
