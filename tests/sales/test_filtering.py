"""The list of customers by their purchases: what each condition finds, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from core import clock
from core.db import db
from core.rights import Right
from tests.company import a_customer, without_right
from tests.customers.test_listing import names
from tests.pages import Client
from tests.sales.selling import a_purchase, paid

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]


@pytest.fixture
def company(app: Flask) -> Flask:
    """甲 bought long ago and paid, 乙 lately and owes, 丙 owes and is late, 丁 bought nothing."""
    with app.app_context():
        first, second, third = (a_customer(name) for name in "甲乙丙")
        a_customer("丁")
        a_customer("戊", owner="sales2a")
        paid(a_purchase(first, on="2026-01-05"), 10_000)
        a_purchase(second, on=str(clock.today()))
        a_purchase(third, on=str(clock.today()))
        a_purchase(third, on="2026-02-01", due_on=date(2026, 3, 1))
        db.session.commit()
    return app


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("where=last_purchase:older:3m", "甲"),
        ("where=last_purchase:last:1m", "乙丙"),
        ("where=last_purchase:empty", "丁戊"),
        ("where=last_purchase:filled", "甲乙丙"),
        ("where=last_purchase:silent:3m", "甲丁戊"),
        ("where=balance:is:owing", "乙丙"),
        ("where=balance:is:overdue", "丙"),
        ("where=balance:not:overdue", "甲乙丁戊"),
        ("where=balance:empty", "甲丁戊"),
        ("where=balance:filled&where=name:is:乙", "乙"),
    ],
)
def test_conditions(company: Flask, signed_in: SignedIn, query: str, found: str) -> None:
    assert sorted(names(signed_in("manager").get(f"/customers?{query}"))) == sorted(found)


@pytest.mark.parametrize("operator", ["is:owing", "not:overdue", "empty", "filled"])
def test_who_sees_no_purchases_finds_nothing_by_them(
    company: Flask, signed_in: SignedIn, operator: str
) -> None:
    with company.app_context():
        without_right("manager", Right.SALES_SEE)
    assert names(signed_in("manager").get(f"/customers?where=balance:{operator}")) == []
