"""An export holds what the list tells, to whom it tells it, in the order in which the list stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access.defaults import Cell
from core.db import db
from core.rights import Right, Scope
from tests.company import a_customer, with_right, without_right
from tests.customers.custom import a_field, fill
from tests.customers.test_listing import all_names
from tests.pages import Client
from tests.sales.selling import a_purchase, paid

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
LIST = ("档案完整度", "金额（已扣退货）", "应收余额", "最近下单")
ORDERS = (
    "name", "-completeness", "status", "-status", "owner", "-owner", "city", "-city", "bought", "-bought",
    "-last_purchase", "custom_count", "-custom_count",
)  # fmt: skip


@pytest.fixture
def company(app: Flask) -> Flask:
    with app.app_context():
        a_field("台数", "number", en="count")
        a = a_customer("A", status="lost", lost_reason="price", city="苏州", tier="a", owner="sales1b")
        b = a_customer("B", status="active", city="Aachen")
        c = a_customer("C", owner=None, city=None)
        d = a_customer("D", status="active", owner="sales2a", industry="x", source="fair")
        fill(b, count="7"), fill(d, count="2")
        paid(a_purchase(a, 1_230_000, on="2026-10-01"), 230_000)
        a_purchase(a, 500, on="2026-11-02", currency="USD")
        a_purchase(c, 45_600, on="2026-09-01")
        db.session.commit()
    return app


def exported(client: Client, query: str) -> list[dict[str, str]]:
    answer = client.http.post(f"/customers/export?{query}", data={"csrf_token": client.token()})
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))[:-1]


@pytest.mark.parametrize("sort", ORDERS)
def test_the_order_is_that_of_the_list(company: Flask, signed_in: SignedIn, sort: str) -> None:
    client = signed_in("manager")
    listed = all_names(client, f"/customers?sort={sort}")
    assert [row["名称"] for row in exported(client, f"sort={sort}")] == listed
    assert sorted(listed) == [*"ABCD"]


def test_it_holds_what_the_list_tells(company: Flask, signed_in: SignedIn) -> None:
    rows = {row["名称"]: [row[name] for name in LIST] for row in exported(signed_in("manager"), "")}
    assert rows["A"] == ["22", "12300.00; 5.00 USD", "10000.00; 5.00 USD", "2026-11-02"]
    assert rows["B"] == ["11", "", "", ""]


def test_purchases_are_for_who_may_see_them(company: Flask, signed_in: SignedIn) -> None:
    with company.app_context():
        with_right("manager", Right.SALES_SEE, Cell(Scope.OWN))
    assert [row[LIST[1]] for row in exported(signed_in("manager"), "")] == [""] * 4
    with company.app_context():
        without_right("manager", Right.SALES_SEE)
    [row, *_others] = exported(signed_in("manager"), "sort=-bought")
    assert LIST[0] in row and not {*LIST[1:]} & row.keys()
