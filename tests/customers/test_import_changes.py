"""What a dry run tells of each of the first rows: what it does, and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from blueprints.customers import import_batches
from blueprints.customers.import_changes import LONGEST, MOST
from blueprints.customers.import_report import FIRST, Account
from core import upkeep, working
from core.db import db
from core.masking import HIDDEN
from core.pacing import Pace
from core.rights import Right
from tests.company import a_customer, without_right
from tests.customers.custom import a_field
from tests.customers.imports import imported, sentences, tried
from tests.customers.test_import_pages import lead as lead
from tests.customers.test_import_pages import opened
from tests.customers.test_import_pages import tried as tried_page
from tests.pages import Client

SignedIn = Callable[[str], Client]

within = pytest.mark.usefixtures("in_context")


def told(account: Account) -> list[tuple[int, str, list[str]]]:
    """Line, what the row does, and `field: old > new`."""
    with force_locale("en"):
        return [
            (row.line, str(row.action), [f"{one.field}: {one.old} > {one.new}" for one in row.changes])
            for row in account.head
        ]


@within
@pytest.mark.both_databases
def test_each_row_is_told_with_what_it_changes() -> None:
    a_customer("老客户", number="F1", tier="c", city="北京")
    a_customer("同样", number="F2", city="北京")
    account = tried(
        "客户编号,公司,级别,城市,手机,标签\nF1,老客户改名,A,上海,13912346688,VIP\nF2,同样,,北京,,\nK3,新客户,B,,,\nK4,坏,Z,,,\n"
    )
    assert told(account) == [
        (2, "update", ["Name: 老客户 > 老客户改名", "Tier: C normal > A key", "City: 北京 > 上海",
                       "Mobile:  > 13912346688", "Tags:  > VIP"]),
        (3, "skip", []),
        (4, "create", []),
        (5, "refuse", []),
    ]  # fmt: skip


@within
def test_owners_and_teams_are_named_and_people_told_by_their_fields() -> None:
    a_customer("老客户", number="F1", owner="sales1a")
    imported("客户编号,公司,联系人,职位\nF1,老客户,王敏,采购\n")
    [(_line, _action, changes)] = told(
        tried("客户编号,公司,联系人,职位,负责人\nF1,老客户,王敏,经理,sales2a\n")
    )
    assert changes[0].startswith("Owner: ") and "sales" not in changes[0]
    assert changes[-1] == "Position: 采购 > 经理"
    [(_line, _action, changes)] = told(tried("客户编号,公司,联系人,职位\nF1,老客户,李雷,经理\n"))
    assert changes == ["Contact person:  > 李雷"]


@within
def test_few_fields_and_short_values_are_told_of_few_rows() -> None:
    a_customer("老客户", number="F1")
    header = "客户编号,公司,城市,省份,区县,地址,邮编,行业,备注\n"
    account = tried(header + f"F1,老客户,北京,北京,东城,某街1号,100000,教育,{'长' * 60}\n")
    [row] = account.head
    assert len(row.changes) == MOST and row.more == 1
    [row] = tried(f"客户编号,公司,备注\nF1,老客户,{'长' * 60}\n").head
    assert row.changes[0].new == "长" * (LONGEST - 1) + "…"
    account = tried("公司\n" + "".join(f"公司{n}\n" for n in range(FIRST + 5)))
    assert (len(account.head), account.rows) == (FIRST, FIRST + 5)


@within
def test_what_is_sensitive_stands_masked_and_is_not_told_without_clear_sight() -> None:
    a_field("开户行", sensitive=True)
    a_customer("老客户", number="F1", kind="person", birthday=date(1980, 1, 2))
    imported("客户编号,公司,开户行\nF1,老客户,农业银行\n")
    data = "客户编号,公司,生日,开户行\nF1,老客户,1980-02-03,工商银行\n"
    assert told(tried(data))[0][2] == ["Birthday: ****-**-** > 1980-02-03", f"开户行: {HIDDEN} > 工商银行"]
    without_right("manager", Right.CUSTOMERS_CLEAR)
    assert told(tried(data)) == [(2, "skip", [])]
    without_right("manager", Right.CUSTOMERS_SEE)
    assert told(tried("客户编号,公司,城市\nF1,老客户,上海\n")) == [(2, "refuse", [])]


EARLIER = "An earlier row of this file says otherwise: "


@within
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("F1,老客户,北京,", "F1,老客户,上海,"), ["3 城市: " + EARLIER + "“北京”."]),
        (("F1,老客户,北京,", "F1,老客户,北京,"), []),
        (("F1,老客户,北京,", "F1,老客户,,A"), []),
        (("F1,老客户,,", "F1,老客户,上海,"), []),
        (
            ("K1,新客户,北京,A", "K1,新客户,上海,B"),
            [f"3 城市: {EARLIER}“北京”.", f"3 级别: {EARLIER}“A key”."],
        ),
        (("K1,新客户,,", "K1,新客户,,B"), []),
    ],
)  # fmt: skip
def test_a_row_that_contradicts_an_earlier_one_says_so(rows: tuple[str, ...], said: list[str]) -> None:
    a_customer("老客户", number="F1", city="广州", tier="c")
    assert sorted(sentences(tried("客户编号,公司,城市,级别\n" + "\n".join(rows)))) == said


CHANGING = "客户编号,公司,城市\nF1,老客户,上海\nK2,<b>新</b>,\nF1,老客户,广州\n"
FOUND = ["2 老客户 updated City: 北京 → 上海", "3 <b>新</b> new", "4 老客户 updated City: 上海 → 广州"]


def on_the_page(client: Client, url: str) -> list[str]:
    rows = client.get(url).soup.select("#rows-table tbody tr")
    return [" ".join(row.get_text(" ").split()).replace("City :", "City:") for row in rows]


@pytest.mark.parametrize("large", [False, True])
def test_the_page_shows_them_also_of_a_large_file(
    app: Flask, lead: Client, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    with app.app_context():
        a_customer("老客户", number="F1", city="北京")
        db.session.commit()
    if large:
        monkeypatch.setattr(import_batches, "AT_ONCE", 1)
        monkeypatch.setattr(import_batches, "PACE", Pace(2, fewest=2, most=2))

    def worked() -> None:
        with app.app_context():
            for id in upkeep.sweep():
                working.work_on(id)

    url = opened(lead, CHANGING)
    if large:
        lead.post(f"{url}/columns", lead.get(url).form(f"{url}/columns"))
        worked()
    else:
        tried_page(lead, url)
    page = lead.get(url)
    assert "What the rows would do" in page.words and on_the_page(lead, url) == FOUND
    assert EARLIER + "“上海”." in page.words
    lead.post(f"{url}/run")
    worked()
    page = lead.get(url)
    assert "What the rows did" in page.words and on_the_page(lead, url) == FOUND
