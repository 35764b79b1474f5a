"""The list of customers: who sees which rows, every order and filter, paging without gaps."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.customers import listing
from blueprints.customers.listing import ORDERS
from blueprints.customers.parted_order import PARTS, further
from core import lists
from core.budget import TooLong
from tests.company import a_customer
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.both_databases


def names(page: Page) -> list[str]:
    """The names in the rows, in their order."""
    return [link.get_text(strip=True) for link in page.soup.select("#list a[data-row-link]")]


def all_names(client: Client, path: str) -> list[str]:
    """The names on all pages of a list."""
    found: list[str] = []
    while path:
        page = client.get(path)
        found += names(page)
        following = page.soup.select("a[rel=next]")
        path = str(following[0]["href"]) if following else ""
    return found


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("sales1a", {"甲", "丙"}),
        ("sales1b", {"乙"}),
        ("sales2a", {"丙", "丁"}),
        ("assistant1", {"甲", "乙", "丙"}),
        ("lead1", {"甲", "乙", "丙"}),
        ("lead2", {"丁"}),
        ("leader", {"甲", "乙", "丙", "丁"}),
        ("manager", {"甲", "乙", "丙", "丁", "戊"}),
        ("service1", {"甲", "乙", "丙", "丁", "戊"}),
    ],
)
def test_everybody_sees_their_own_rows(app: Flask, signed_in: SignedIn, who: str, seen: set[str]) -> None:
    with app.app_context():
        a_customer("甲", owner="sales1a")
        a_customer("乙", owner="sales1b")
        a_customer("丙", owner="sales1a", helpers={"sales2a": False})
        a_customer("丁", owner="sales2a")
        a_customer("戊", owner="service1")
    page = signed_in(who).get("/customers")
    assert set(names(page)) == seen
    assert str(len(seen)) in page.words


def test_every_order_pages_without_gap_or_repetition(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", 3)
    monkeypatch.setattr(lists.page, "__defaults__", (3,))
    with app.app_context():
        for number in range(10):
            a_customer(f"客户{number}", tier="abcd"[number % 4])
    owner = signed_in("sales1a")
    for sort in [f"{sign}{name}" for name in (*ORDERS, "owner", *PARTS, *further()) for sign in ("", "-")]:
        found = all_names(owner, f"/customers?sort={sort}")
        assert sorted(found) == sorted(f"客户{number}" for number in range(10)), sort
    tiers = all_names(owner, "/customers?sort=tier")
    assert [int(name[-1]) % 4 for name in tiers] == sorted(int(name[-1]) % 4 for name in tiers)


def test_chinese_names_sort_by_pinyin(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        for name in ("张三五金", "李四贸易", "Alfreds", "王五物流", "鼎盛饭店"):
            a_customer(name)
    assert names(signed_in("sales1a").get("/customers?sort=name")) == [
        "Alfreds",
        "鼎盛饭店",
        "李四贸易",
        "王五物流",
        "张三五金",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tier=a", {"甲"}),
        ("tier=a&tier=b", {"甲", "乙"}),
        ("status=active", {"甲"}),
        ("intent=high", {"乙"}),
        ("tag=月结", {"甲"}),
        ("tag=月结&tag=出口", set()),
        ("tag= ", {"甲", "乙"}),
        ("owner=sales1a", {"甲", "乙"}),
        ("owner=nobody", set()),
        ("team=sales1", {"甲", "乙"}),
        ("team=sales2", set()),
        ("q=甲", {"甲"}),
        ("q=%25", set()),
        ("tier=a&status=lead", set()),
        ("tier=x", {"甲", "乙"}),
        ("sort=phone", {"甲", "乙"}),
        ("after=garbage", {"甲", "乙"}),
        ("sort=name desc,(case when 1 then 1 end)", {"甲", "乙"}),
    ],
)
def test_filters(app: Flask, signed_in: SignedIn, query: str, found: set[str]) -> None:
    with app.app_context():
        a_customer("甲", tier="a", status="active", tags=["月结"])
        a_customer("乙", tier="b", intent="high")
    assert set(names(signed_in("sales1a").get(f"/customers?{query}"))) == found


@pytest.mark.parametrize(
    ("sort", "place"),
    [
        ("name", ["x", 10**23]),
        ("name", ["x", "1"]),
        ("name", ["x", True]),
        ("name", ["x\0", 1]),
        ("name", ["\ud800", 1]),
        ("name", [1, 1]),
        ("tier", [10**23, 1]),
        ("updated", ["2026-01-01x", 1]),
        ("updated", ["0001-01-01T00:00:00+23:59", 1]),
        ("next_contact", ["2026-02-30", 1]),
        ("name", {"x": 1}),
        ("name", [[[[]]]]),
    ],
)
def test_a_cursor_that_no_list_gave_is_ignored(
    app: Flask, signed_in: SignedIn, sort: str, place: object
) -> None:
    with app.app_context():
        a_customer("甲")
    after = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    assert names(signed_in("sales1a").get(f"/customers?sort={sort}&after={after}")) == ["甲"]


def test_numbers_are_masked_row_by_row(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("甲", phone="13912346688")
        a_customer("乙", owner="sales2a", phone="13987654321")
    for who, clear in (("sales1a", True), ("service1", False), ("manager", True)):
        client = signed_in(who)
        client.post("/customers/columns", {"columns": ["name", "phone"], "back": "/customers"})
        assert ("13912346688" in client.get("/customers").text) is clear


def test_chosen_columns_stay(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("甲", city="深圳")
    client = signed_in("sales1a")
    assert (
        client.post(
            "/customers/columns", {"columns": ["", "name", "city", "nonsense"], "back": "//evil.example"}
        ).status
        == 303
    )
    heads = [head.get_text(strip=True) for head in client.get("/customers").soup.select("#list thead th")]
    assert "城市" in " ".join(heads)
    assert "负责人" not in " ".join(heads)


def test_the_name_stays_whatever_columns_are_chosen(app: Flask, signed_in: SignedIn) -> None:
    """It is the way to the file, and no column to choose: the form does not send it."""
    with app.app_context():
        a_customer("甲", city="深圳")
    client = signed_in("sales1a")
    sent = client.get("/customers").form("/customers/columns")
    client.post("/customers/columns", {**sent, "columns": ["", "city"]})
    page = client.get("/customers")
    assert names(page) == ["甲"]
    assert "深圳" in page.text
    assert "name" not in page.form("/customers/columns")["columns"]


def test_filters_that_take_too_long_ask_to_narrow_down(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        a_customer("甲", tier="a", tags=["展会"])

    def slow(*_args: object) -> None:
        raise TooLong

    monkeypatch.setattr(lists, "page", slow)
    page = signed_in("sales1a").get("/customers?tier=a&tag=展会")
    assert page.status == 200 and names(page) == []
    assert "太久" in page.words


def test_a_common_tag_filters_like_a_rare_one(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for name, tags in (("甲", ["展会"]), ("乙", ["展会", "老客户"]), ("丙", ["老客户"]), ("丁", [])):
            a_customer(name, tags=tags)
    client = signed_in("sales1a")
    for rare in (5_000, 1):
        monkeypatch.setattr(listing, "RARE", rare)
        assert set(names(client.get("/customers?tag=展会"))) == {"甲", "乙"}
        assert set(names(client.get("/customers?tag=展会&tag=老客户"))) == {"乙"}
        assert names(client.get("/customers?tag=没有")) == []
