"""The list of customers by their purchases: what each condition finds, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.defaults import Cell
from blueprints.customers.models import Customer
from core import clock
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer, with_right, without_right
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


def test_who_sees_no_purchases_is_not_offered_them(company: Flask, signed_in: SignedIn) -> None:
    """Neither conditions nor columns; an address with one says that it is not understood, beside others too."""
    conditions, list_page = (
        "/lists/customers/conditions?where=tier:is:a",
        "/customers?columns=bought,balance,last_purchase",
    )

    def offered() -> tuple[set[str], set[str]]:
        builder = {
            str(option["value"]) for option in signed_in("manager").get(conditions).soup.select("option")
        }
        page = signed_in("manager").get(list_page)
        chooser = {str(box["value"]) for box in page.soup.select("input[name=columns]")}
        shown = {str(cell["data-label"]) for cell in page.soup.select("#list td[data-label]")}
        return builder & {"last_purchase", "balance"}, (chooser | shown) & {*COLUMNS, *COLUMNS.values()}

    assert offered() == ({"last_purchase", "balance"}, {*COLUMNS, *COLUMNS.values()})
    with company.app_context():
        without_right("manager", Right.SALES_SEE)
    assert offered() == (set(), set())
    page = signed_in("manager").get("/customers?where=name:is:乙|balance:is:owing")
    assert names(page) == [] and "balance" in page.one(".filter-problems").get_text()
    assert names(signed_in("manager").get("/customers?where=name:is:乙")) == ["乙"]


COLUMNS = {"bought": "金额（已扣退货）", "balance": "应收余额", "last_purchase": "最近下单"}


def cells(client: Client) -> dict[str, list[str]]:
    rows = client.get(f"/customers?columns={','.join(COLUMNS)}").soup.select("#list tbody tr")
    return {
        row.select_one(".list-name").get_text(): [
            cell.get_text(strip=True) for cell in row.select("td[data-label]")
        ]
        for row in rows
    }


def test_columns(company: Flask, signed_in: SignedIn, statements: Any) -> None:
    with company.app_context():
        yen = db.session.scalars(select(Customer).where(Customer.name == "甲")).one()
        a_purchase(yen, on="2026-11-01", currency="USD")
        db.session.commit()
    found = cells(signed_in("manager"))
    assert found["甲"] == ["¥100.00 · US$100.00", "US$100.00", "11月1日 周日"]
    assert found["丙"][:2] == ["¥200.00", "¥200.00"]
    assert found["丁"] == found["戊"] == ["—", "—", "—"]
    assert cells(signed_in("sales1a"))["甲"] == found["甲"]
    with statements() as sent:
        cells(signed_in("manager"))
    assert len([each for each in sent if "FROM purchases" in each]) == 1


def test_columns_where_purchases_have_a_narrower_scope(company: Flask, signed_in: SignedIn) -> None:
    """Who sees the files of a company, and of purchases those of their own customers alone."""
    with company.app_context():
        with_right("manager", Right.SALES_SEE, Cell(Scope.OWN))
    assert cells(signed_in("manager"))["丙"] == ["—", "—", "—"]
