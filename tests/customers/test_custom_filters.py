"""Custom fields as conditions, groups and orders of the list of customers, for whom, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.customers import custom_filters, filtering
from blueprints.customers.models import Customer, CustomerValue
from blueprints.office import defining
from blueprints.office.models import CustomField
from core import changes, clock, lists, schema
from core.db import db
from tests.company import a_customer, the_viewer
from tests.customers.custom import a_field, fill
from tests.customers.test_consents import said
from tests.customers.test_listing import all_names, names
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
CONDITIONS = (
    ("model:is:canon", "丙"),
    ("model:is:CANON g3000", "甲"),
    ("model:not:canon", "甲乙丁"),
    ("model:has:0%_", "乙"),
    ("model:has:anon", "甲"),
    ("model:begins:Can", "甲丙"),
    ("model:empty", "丁"),
    ("model:filled", "甲乙丙"),
    ("count:is:9.0", "甲"),
    ("count:not:9", "乙丙丁"),
    ("count:more:9", "丙"),
    ("count:least:9", "甲丙"),
    ("count:less:9", "乙"),
    ("count:most:9", "甲乙"),
    ("count:empty", "丁"),
    ("budget:least:12500.01", "甲"),
    ("budget:less:1", "乙"),
    ("due:next:7d", "甲丙"),
    ("due:last:7d", "丙"),
    ("due:older:1m", "乙"),
    ("due:in:today", "丙"),
    ("due:since:2000-01-01", "甲乙丙"),
    ("due:empty", "丁"),
    ("contract:is:1", "甲"),
    ("contract:not:1", "乙丙丁"),
    ("contract:is:0", "乙"),
    ("pay:is:2", "乙丙"),
    ("pay:is:1,2", "甲乙丙"),
    ("pay:not:2", "甲丁"),
    ("trades:is:2", "甲乙"),
    ("trades:not:1", "乙丙丁"),
    ("trades:filled", "甲乙"),
    ("count:more:0|custom_pay:is:2", "甲乙丙"),
)


@pytest.fixture
def company(app: Flask) -> Flask:
    """Four customers with fields of every kind; one has nothing in any of them."""
    with app.app_context():
        today = clock.today()
        for label, type, en in (
            ("机型", "text", "model"), ("台数", "number", "count"), ("预算", "money", "budget"),
            ("到期", "date", "due"),
            ("合同", "yes_no", "contract"), ("付款", "single_choice", "pay"), ("行业", "multiple_choice", "trades"),
        ):  # fmt: skip
            a_field(label, type, en=en, choices=["现金", "月结", "承兑"])
        a_field("暗号", "number", en="secret", sensitive=True)
        for name, values in {
            "甲": {
                "model": "Canon G3000", "count": "9", "budget": "1250001", "due": f"{today + timedelta(days=5)}",
                "contract": "1", "pay": "1", "trades": ["1", "2"], "secret": "30",
            },
            "乙": {
                "model": "理光100%_", "count": "-12.5", "budget": "99", "due": f"{today - timedelta(days=40)}",
                "contract": "0", "pay": "2", "trades": ["2"], "secret": "20",
            },
            "丙": {"model": "ＣＡＮＯＮ", "count": "100", "due": f"{today}", "pay": "2"},
            "丁": {},
        }.items():  # fmt: skip
            fill(a_customer(name, owner="sales1b" if name == "乙" else "sales1a"), **values)
    return app


@pytest.mark.parametrize("rare", [True, False])
def test_conditions(company: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, rare: bool) -> None:
    """The same rows whether the values lead to their customers or are asked of each."""
    if not rare:
        monkeypatch.setattr(custom_filters, "RARE", 0)
    client, wrong = signed_in("manager"), []
    for where, expected in CONDITIONS:
        page = client.get("/customers", query_string={"where": f"custom_{where}"})
        found = "".join(sorted(names(page)))
        if found != "".join(sorted(expected)) or page.soup.select(".filter-problems li"):
            wrong.append((where, expected, found))
    assert wrong == []


def test_what_cannot_be_meant_finds_nothing_and_says_so(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    for where in (
        "model:is", "count:is:many", "count:least:", "budget:is:1.234", "due:on:tomorrow", "contract:is:2", "pay:is:9",
        "gone:is:1", "trades:has:1", "count:begins:1",
    ):  # fmt: skip
        page = client.get("/customers", query_string={"where": f"custom_{where}"})
        assert names(page) == [] and page.soup.select(".filter-problems li"), where


LARGE = ("-99999999999999", "-10000000000001", "99", "1250001", "90000000000000", "99999999999999")


def with_large_amounts(app: Flask) -> None:
    """Customers with an amount each, named 1, 2, 3 ... in the order of these; made in another order."""
    with app.app_context():
        a_field("预算", "money", en="budget")
        for place in (3, 5, 0, 4, 2, 1):
            fill(a_customer(str(place + 1)), budget=LARGE[place])


def test_amounts_of_any_size_are_found_and_stand_in_their_order(app: Flask, signed_in: SignedIn) -> None:
    with_large_amounts(app)
    client = signed_in("manager")
    assert names(client.get("/customers?sort=custom_budget")) == list("123456")
    assert names(client.get("/customers?sort=-custom_budget")) == list("654321")
    for where, found in (
        ("more:899999999999.99", "56"), ("least:999999999999.99", "6"), ("less:0", "12"),
        ("most:-100000000000.01", "12"), ("is:-999999999999.99", "1"), ("more:-999999999999.98", "23456"),
    ):  # fmt: skip
        page = client.get("/customers", query_string={"where": f"custom_budget:{where}"})
        assert "".join(sorted(names(page))) == found, where
    page = client.get("/customers", query_string={"where": "custom_budget:least:1000000000000"})
    assert names(page) == [] and page.soup.select(".filter-problems li")


def test_amounts_of_before_get_keys_of_their_size(app: Flask, signed_in: SignedIn) -> None:
    """Migration 0029, down and up on data."""
    with_large_amounts(app)
    keys = select(CustomerValue.key).order_by(CustomerValue.id)
    with app.app_context():
        now = db.session.scalars(keys).all()
        db.session.remove()
        db.engine.dispose()
        downgrade(revision="0027")
        before = db.session.scalars(keys).all()
        assert before[0] == "100000012500010000" and before[1] == "1099999999999990000" != now[1]
        db.session.remove()
        db.engine.dispose()
        upgrade()
        assert db.session.scalars(keys).all() == now and schema.present() == schema.expected()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("who", "where", "found"),
    [
        ("manager", "filled", "甲乙"),
        ("sales1a", "least:1", "甲"),
        ("sales1b", "least:1", "乙"),
        ("lead1", "least:25", "甲"),
        ("service1", "filled", ""),
        ("service1", "empty", ""),
        ("service1", "not:30", ""),
        ("auditor", "is:30", ""),
    ],
)
def test_a_sensitive_value_finds_only_for_whom_it_is_clear(
    company: Flask, signed_in: SignedIn, who: str, where: str, found: str
) -> None:
    page = signed_in(who).get(f"/customers?where=custom_secret:{where}")
    assert sorted(names(page)) == sorted(found)


def test_a_retired_field_vanishes(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    assert "custom_pay" in client.get("/lists/customers/conditions").text
    retire(company, "pay")
    assert "custom_pay" not in client.get("/lists/customers/conditions").text
    assert names(client.get("/customers?where=custom_pay:is:1")) == []
    assert client.get("/customers?sort=custom_pay&group=custom_pay").status == 200


def retire(app: Flask, key: str) -> None:
    with app.app_context():
        field = db.session.scalars(db.select(CustomField).where(CustomField.key == key)).one()
        admin = the_viewer("admin")
        with changes.acting(changes.Actor(admin.id, admin.name, "web")):
            defining.retire_field(field)
            db.session.commit()


def test_a_view_keeps_them(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    query = "where=custom_count%3Aleast%3A9&sort=-custom_count"
    client.post("/lists/customers/views", {"name": "大客户", "query": query, "shared": "nobody"})
    page = client.get("/customers?view=1", follow_redirects=True)
    assert names(page) == ["丙", "甲"] and "大客户" in page.words


def test_groups(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    groups = {
        item.get_text(" ", strip=True)
        for item in client.get("/customers?group=custom_pay").soup.select(".groups summary")
    }
    assert {"现金 1", "月结 2"} <= groups and len(groups) == 3
    with company.app_context():
        assert "custom_secret" not in filtering.groupings() and "custom_count" not in filtering.groupings()


ORDERS = {
    "custom_count": "乙甲丙丁", "-custom_count": "丙甲乙丁", "custom_due": "乙丙甲丁", "custom_budget": "乙甲丙丁",
    "-custom_pay": "丙乙甲丁",
}  # fmt: skip


@pytest.mark.parametrize("size", [50, 3, 1])
@pytest.mark.parametrize("walked", [False, True])
def test_orders(
    company: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, size: int, walked: bool
) -> None:
    """Those with a value in its order, the others behind them, page by page, each once."""
    if walked:
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
    monkeypatch.setattr(lists, "PAGE_SIZE", size)
    monkeypatch.setattr(lists.page, "__defaults__", (size,))
    monkeypatch.setattr(lists.page_by, "__defaults__", (size,))
    client = signed_in("manager")
    found = {sort: "".join(all_names(client, f"/customers?sort={sort}")) for sort in ORDERS}
    assert found == ORDERS


def test_an_order_does_not_tell_what_is_masked(company: Flask, signed_in: SignedIn) -> None:
    shown = {
        who: "".join(all_names(signed_in(who), "/customers?sort=custom_secret"))
        for who in ("manager", "service1", "sales1a")
    }
    assert shown["manager"] == "乙甲丙丁"
    assert shown["service1"] == "甲乙丙丁", "as they were made"
    assert shown["sales1a"] == "甲丙丁"


def test_an_unreadable_cursor_is_a_first_page(company: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    for after in ("x", ".x", ".", "WyIiLCAwXQ", ".WyIiLCAwXQ", "W251bGwsIDFd"):
        assert client.get(f"/customers?sort=custom_count&after={after}").status == 200, after


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("is:all", "乙"),
        ("is:marketing", "甲乙"),
        ("is:surveys,greetings", "乙丙"),
        ("not:marketing", "丙丁"),
        ("empty", "丁"),
        ("filled", "甲乙丙"),
    ],
)
def test_whom_not_to_contact(company: Flask, signed_in: SignedIn, where: str, found: str) -> None:
    """Whoever wants no contact at all is found by every purpose."""
    with company.app_context():
        for name, purposes in {
            "甲": ["marketing"],
            "乙": ["greetings", "all"],
            "丙": ["surveys", "greetings"],
        }.items():
            for purpose in purposes:
                said(db.session.scalars(db.select(Customer).where(Customer.name == name)).one(), purpose)
    page = signed_in("manager").get(f"/customers?columns=name,do_not_contact&where=do_not_contact:{where}")
    assert sorted(names(page)) == sorted(found)
    assert ("—" in page.one("#list").get_text()) is ("丁" in found)
