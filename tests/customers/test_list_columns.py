"""What the columns of the list of customers show, to whom in clear, and that none costs a statement a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import listing
from tests.company import a_customer, a_wechat
from tests.pages import Client, Page

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
EVERY = "columns=" + ",".join(listing.COLUMNS)


def a_full_customer(name: str) -> None:
    customer = a_customer(
        name, kind="person", relationship_kind="dealer", status="lost", lost_reason="price", province="江苏省",
        city="苏州市", district="吴中区", address="东吴南路8号", industry="物流", size="20-99人",
        website="https://hx.example", email=f"{name}@hx.example", phone="13912346688",
        helpers={"sales1b": False, "sales2a": True},
    )  # fmt: skip
    a_wechat(customer, f"wx_{name}")


def cells(page: Page) -> dict[str, str]:
    """The cells of the first row by the label that a phone shows."""
    row = page.soup.select("#list tbody tr")[0]
    return {
        str(cell["data-label"]): " ".join(cell.get_text(" ").split()) for cell in row.select("[data-label]")
    }


def test_each_column_shows_what_the_file_says(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_full_customer("hua")
    found = cells(signed_in("sales1a").get(f"/customers?{EVERY}"))
    expected = {
        "类型": "个人客户", "关系类型": "经销商", "流失原因": "价格", "省份": "江苏省", "区县": "吴中区",
        "地址": "东吴南路8号", "规模": "20-99人", "网站": "https://hx.example", "统一社会信用代码": "—",
        "协作人": "吴桐、韩雪", "邮箱": "hua@hx.example", "微信": "wx_hua", "上次核对": "—",
    }  # fmt: skip
    assert {label: found.get(label) for label in expected} == expected


def test_mail_and_wechat_are_masked_where_they_are_not_seen_in_clear(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_full_customer("hua")
    page = signed_in("auditor").get("/customers?columns=email,wechat")
    assert "hua@" not in page.text and "wx_hua" not in page.text
    assert "—" not in cells(page).values()


def test_the_statements_do_not_grow_with_the_rows(app: Flask, signed_in: SignedIn, statements: Any) -> None:
    client, counts = signed_in("manager"), []
    for number in range(2):
        with app.app_context():
            for more in range(1 + 5 * number):
                a_full_customer(f"hua{number}{more}")
        client.get(f"/customers?{EVERY}")
        with statements() as sent:
            client.get(f"/customers?{EVERY}")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_keeping_a_view_stands_on_the_line_of_what_else_can_be_done_with_the_list(
    app: Flask, signed_in: SignedIn
) -> None:
    with app.app_context():
        a_customer()
    client = signed_in("manager")
    assert client.get("/customers").one("#list .view-bar").find_parent(class_="list-top")
    sent = client.get("/lists/customers/views/new?tier=a").form("/lists/customers/views")
    client.post("/lists/customers/views", {**sent, "name": "重点"})
    assert not client.get("/customers").one("#list .view-bar").find_parent(class_="list-top")
