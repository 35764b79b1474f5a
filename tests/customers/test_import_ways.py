"""How the rows of an import are taken: modes, keys, empty cells, orders of day and month; mappings that are kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import dates
from core.errors import RuleBroken
from core.importways import CODE, CREATE, NAME, NUMBER, REACH, UPDATE, Way
from core.mapping import MappingProblem
from core.rowkeys import Key
from tests.company import a_customer
from tests.customers.imports import counts, customers, imported, only_customer, sentences, tried

pytestmark = pytest.mark.usefixtures("in_context")
KEYS = [
    Key("number", "C1"), Key("phone", "华兴", "13900000001"), Key("mail", "华兴", "a@b.example"),
    Key("code", "华兴", "X"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("match", "left"),
    [
        ("", KEYS),
        (NUMBER, KEYS[:1]),
        (REACH, KEYS[1:3]),
        (CODE, [Key(CODE, "X")]),
        (NAME, [Key("name", "华兴")]),
    ],
)
def test_by_what_a_row_is_recognised(match: str, left: list[Key]) -> None:
    assert Way(match=match).keys(KEYS, "华兴", "X") == left
    assert Way(match=CODE).keys(KEYS, "华兴", None) == []


@pytest.mark.parametrize(
    ("cell", "order", "meant"),
    [
        ("03/05/2026", dates.DAY_FIRST, date(2026, 5, 3)),
        ("03/05/2026", dates.MONTH_FIRST, date(2026, 3, 5)),
        ("25/05/2026", dates.DAY_FIRST, date(2026, 5, 25)),
        ("2026/05/03", dates.MONTH_FIRST, date(2026, 5, 3)),
    ],
)
def test_the_order_of_day_and_month(cell: str, order: str, meant: date) -> None:
    assert dates.day(cell, order) == meant


@pytest.mark.parametrize(("cell", "order"), [("25/05/2026", dates.MONTH_FIRST), ("03/05/2026", "")])
def test_a_date_against_the_order_is_refused(cell: str, order: str) -> None:
    with pytest.raises(RuleBroken):
        dates.day(cell, order)


def test_only_new_customers_are_made() -> None:
    a_customer("华兴科技", number="C1", city="杭州")
    file = "客户编号,客户名称,城市\nC1,华兴科技,上海\nC2,瑞丰贸易,苏州\n"
    account = imported(file, mode=CREATE)
    assert counts(account) == (1, 0, 1, 0)
    assert sentences(account) == ["2 客户名称: On file already, so nothing is done."]
    assert [customer.city for customer in customers()] == ["杭州", "苏州"]


def test_rows_of_one_new_customer_stay_together() -> None:
    file = "客户名称,联系人,手机\n瑞丰贸易,王敏,13900000001\n瑞丰贸易,李建平,13900000002\n"
    assert counts(imported(file, mode=CREATE)) == (1, 1, 0, 0)
    assert [place.person.name for place in only_customer().affiliations] == ["王敏", "李建平"]


def test_only_customers_on_file_are_updated() -> None:
    a_customer("华兴科技", number="C1", city="杭州")
    file = "客户编号,客户名称,城市\nC1,华兴科技,上海\nC2,瑞丰贸易,苏州\n"
    account = imported(file, mode=UPDATE)
    assert counts(account) == (0, 1, 0, 1)
    assert sentences(account) == ["3 客户名称: No customer on file is recognised, and none is to be made."]
    assert only_customer().city == "上海"


def test_what_others_look_after_is_told_as_by_the_lookup() -> None:
    a_customer("华兴科技", number="C1", owner="sales2a")
    account = tried("客户编号,客户名称\nC1,华兴科技\n", by="lead1", mode=CREATE)
    assert counts(account) == (0, 0, 1, 0)
    assert sentences(account) == ["2 客户名称: Already looked after by team 销售二部."]


def test_a_name_alone_may_be_enough() -> None:
    a_customer("华兴科技有限公司", city="杭州")
    file = "客户名称,城市\n华兴科技,上海\n"
    assert counts(tried(file)) == (0, 0, 0, 1)
    assert counts(imported(file, match=NAME)) == (0, 1, 0, 0)
    assert (only_customer().name, only_customer().city) == ("华兴科技有限公司", "上海")


def test_a_name_that_several_have_is_refused() -> None:
    a_customer("华兴科技", city="杭州")
    a_customer("华兴科技", city="宁波")
    account = imported("客户名称,城市\n华兴科技,上海\n", match=NAME)
    assert sentences(account) == ["2 客户名称: Several customers on file have this name."]


def test_a_credit_code_alone_may_be_enough() -> None:
    code = "91330106MA2CF00X1T"
    a_customer("华兴科技", credit_code=code)
    file = f"客户名称,统一社会信用代码,城市\n华兴集团,{code},上海\n"
    assert counts(tried(file)) == (0, 0, 0, 1)
    assert counts(imported(file, match=CODE)) == (0, 1, 0, 0)
    assert (only_customer().name, only_customer().city) == ("华兴科技", "上海")


def test_other_marks_do_not_count_where_the_number_decides() -> None:
    a_customer("华兴科技", number="C1", phone="13900000001")
    file = "客户编号,客户名称,手机\nC9,华兴科技,13900000001\n"
    assert counts(tried(file, match=NUMBER)) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("clear", "left"), [(False, ("杭州", "a", "电子", ["月结"])), (True, (None, "none", "电子", []))]
)
def test_empty_cells(clear: bool, left: tuple[Any, ...]) -> None:
    """They say nothing, or empty what a column is mapped to; what no column is mapped to stays."""
    a_customer("华兴科技", number="C1", city="杭州", tier="a", industry="电子", tags=["月结"])
    imported("客户编号,客户名称,城市,客户级别,标签\nC1,华兴科技,NULL,,\n", clear=clear)
    customer = only_customer()
    tags = [tag.name for tag in customer.tags]
    assert (customer.number, customer.city, customer.tier, customer.industry, tags) == ("C1", *left)


def test_an_emptied_cell_that_could_not_be_read_empties_nothing() -> None:
    a_customer("王敏", kind="person", number="C1", birthday=date(1990, 1, 2))
    account = imported("客户编号,客户名称,生日\nC1,王敏,13-40\n", clear=True)
    assert "names no year" in sentences(account)[0]
    assert only_customer().birthday == date(1990, 1, 2)


@pytest.mark.parametrize(
    ("column", "match"),
    [("客户编号", "number"), ("客户编号", ""), ("信用代码", "credit_code"), ("信用代码", "")],
)
def test_what_is_only_updated_needs_no_name(column: str, match: str) -> None:
    known = {"客户编号": "K1", "信用代码": "91350211M000100Y43"}
    imported("客户名称,客户编号,信用代码\n华兴科技,K1,91350211M000100Y43\n")
    data = f"{column},城市,联系人\n{known[column]},深圳,王敏\n"
    account = imported(data, mode="update", match=match)
    assert (counts(account), sentences(account)) == ((0, 1, 0, 0), [])
    customer = only_customer()
    assert (customer.name, customer.city, customer.kind) == ("华兴科技", "深圳", "company")
    assert [place.person.name for place in customer.affiliations] == ["王敏"]


def test_who_makes_customers_still_has_to_name_them() -> None:
    for way in (
        {},
        {"mode": "create"},
        {"mode": "update", "match": "name"},
        {"mode": "update", "match": "reach"},
    ):
        with pytest.raises(MappingProblem):
            imported("客户编号,城市\nK1,深圳\n", **way)


def test_a_row_without_a_name_that_means_nobody_is_refused() -> None:
    account = imported("客户编号,城市\nK9,深圳\n,上海\n", mode="update")
    assert counts(account) == (0, 0, 0, 2)
    assert sentences(account) == [
        "2 -: No customer on file is recognised, and none is to be made.",
        "3 -: “Name” is empty.",
    ]
