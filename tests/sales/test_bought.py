"""What customers bought, kept on their rows: always what their purchases say, and only for who may see those."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.defaults import Cell
from blueprints.customers import erasing
from blueprints.customers.models import Customer
from blueprints.sales import actions, refreshing
from core import changes, lists, undo
from core.changes import ChangeSet
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer, the_viewer, with_right, without_right
from tests.customers.test_listing import all_names, names
from tests.customers.test_merge import merged_into
from tests.pages import Client
from tests.sales.selling import a_purchase, acting, returned

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def kept(customer: Customer) -> tuple[int | None, date | None, int]:
    db.session.refresh(customer)
    return customer.bought_amount, customer.bought_on, customer.bought_count


def take_back_last() -> None:
    last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    by = the_viewer("manager")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        undo.undo(last, by)
        db.session.commit()


def test_it_follows_purchases(in_context: None) -> None:
    customer = a_customer()
    assert kept(customer) == (None, None, 0)
    first = a_purchase(customer, 10_000, on="2026-03-01")
    second = a_purchase(customer, 2_500, on="2026-05-01")
    a_purchase(customer, 700, on="2026-04-01", currency="USD")
    assert kept(customer) == (12_500, date(2026, 5, 1), 3)
    returned(first, {0: 500})
    assert kept(customer) == (7_500, date(2026, 5, 1), 3)
    with acting():
        actions.cancel(second)
    assert kept(customer) == (5_000, date(2026, 4, 1), 2)
    take_back_last()
    assert kept(customer) == (7_500, date(2026, 5, 1), 3)
    assert refreshing.refresh() == 0


def test_what_was_recorded_and_taken_back_was_never_bought(in_context: None) -> None:
    customer = a_customer()
    a_purchase(customer)
    take_back_last()
    assert kept(customer) == (None, None, 0)


def test_a_merge_takes_it_along_and_its_undo_back(in_context: None) -> None:
    one, two = a_customer("甲"), a_customer("乙")
    a_purchase(one, 100, on="2026-01-01"), a_purchase(two, 200, on="2026-02-01")
    merged_into(one, two)
    assert kept(one) == (300, date(2026, 2, 1), 2)
    assert refreshing.refresh() == 0
    take_back_last()
    assert kept(one) == (100, date(2026, 1, 1), 1)
    assert kept(two) == (200, date(2026, 2, 1), 1)


def test_an_erasure_leaves_the_books_in_order(in_context: None) -> None:
    customer = a_customer()
    a_purchase(customer, 100)
    by = the_viewer("manager")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        erasing.erase([customer.id], ground="asked", by_id=by.id)
        db.session.commit()
    assert refreshing.refresh() == 0


def test_wrong_figures_are_mended(in_context: None) -> None:
    customer = a_customer()
    a_purchase(customer, 100)
    db.session.execute(
        Customer.__table__.update().values(bought_amount=7, bought_count=9),
        execution_options={"recorded": True},
    )
    assert refreshing.refresh() == 1
    assert kept(customer)[0] == 100


@pytest.fixture
def company(app: Flask) -> Flask:
    """甲 bought most, 乙 last and three times, 丙 belongs to others, 丁 bought nothing."""
    with app.app_context():
        first, second, third = a_customer("甲"), a_customer("乙"), a_customer("丙", owner="sales2a")
        a_customer("丁")
        a_purchase(first, 1_000_000, on="2026-01-05")
        for day in (1, 2, 3):
            a_purchase(second, 10_000, on=f"2026-11-0{day}")
        a_purchase(third, 50_000, on="2026-06-01")
        db.session.commit()
    return app


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("bought:least:500", "甲丙"), ("bought:more:500", "甲"), ("bought:less:500", "乙"), ("bought:is:300.00", "乙"),
        ("bought:most:¥10,000", "甲乙丙"), ("bought:empty", "丁"), ("bought:filled", "甲乙丙"),
        ("purchases:least:2", "乙"), ("purchases:is:0", "丁"), ("last_purchase:since:2026-06-01", "乙丙"),
        ("bought:more:500|purchases:is:3", "甲乙"), ("purchases:most:1&where=bought:less:600", "丙"),
    ],
)  # fmt: skip
def test_conditions(company: Flask, signed_in: SignedIn, where: str, found: str) -> None:
    assert sorted(names(signed_in("manager").get(f"/customers?where={where}"))) == sorted(found)


@pytest.mark.parametrize("value", ["", "viel", "1.234", "1e9", "9" * 40])
def test_what_is_no_amount_is_told(company: Flask, signed_in: SignedIn, value: str) -> None:
    page = signed_in("manager").get(f"/customers?where=bought:least:{value}")
    assert names(page) == [] and "金额" in page.one(".filter-problems").get_text()


ORDERS = {
    "bought": "乙丙甲丁",
    "-bought": "甲丙乙丁",
    "last_purchase": "甲丙乙丁",
    "-last_purchase": "乙丙甲丁",
}


@pytest.mark.parametrize("sort", ORDERS)
def test_orders(company: Flask, signed_in: SignedIn, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("manager")
    assert "".join(names(client.get(f"/customers?sort={sort}"))) == ORDERS[sort]
    monkeypatch.setattr(lists, "PAGE_SIZE", 1)
    assert "".join(all_names(client, f"/customers?sort={sort}")) == ORDERS[sort]


@pytest.mark.parametrize("sort", ORDERS)
def test_who_may_not_see_them_learns_nothing_by_the_order(
    company: Flask, signed_in: SignedIn, sort: str
) -> None:
    """Without the right all stand by name; within a narrower scope those out of sight are like those without."""
    with company.app_context():
        with_right("lead", Right.CUSTOMERS_SEE, Cell(Scope.ALL))
        by_name = names(signed_in("lead1").get("/customers"))
    in_sight = "".join(name for name in ORDERS[sort] if name in "甲乙")
    rest = "".join(name for name in by_name if name not in "甲乙")
    assert "".join(names(signed_in("lead1").get(f"/customers?sort={sort}"))) == in_sight + rest
    with company.app_context():
        without_right("lead", Right.SALES_SEE)
    page = signed_in("lead1").get(f"/customers?sort={sort}")
    assert names(page) == by_name and sort.lstrip("-") not in str(page.one("#list thead"))
    for line in ("bought:least:0", "bought:empty", "purchases:is:0", "last_purchase:filled"):
        assert names(signed_in("lead1").get(f"/customers?where={line}")) == []


def test_conditions_are_within_the_scope_of_purchases(company: Flask, signed_in: SignedIn) -> None:
    with company.app_context():
        with_right("lead", Right.CUSTOMERS_SEE, Cell(Scope.ALL))
    client = signed_in("lead1")
    assert sorted(names(client.get("/customers?where=bought:least:0"))) == sorted("甲乙")
    assert names(client.get("/customers?where=bought:empty")) == ["丁"]
    assert names(client.get("/customers?where=purchases:least:1&where=name:is:丙")) == []
