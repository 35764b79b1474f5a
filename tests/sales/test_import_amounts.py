"""Purchases whose file tells what they come to, with products or without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.sales import queries
from blueprints.sales.models import Purchase, PurchaseLine
from core.db import db
from tests.company import a_customer
from tests.core.workbooks import workbook
from tests.customers import wizard
from tests.pages import Client
from tests.sales.selling import a_product, a_purchase
from tests.sales.test_import import brought_in, counts, run

SUMS = "订单号,客户,日期,金额,运费,整单优惠\n"


@pytest.fixture(autouse=True)
def customer(app: Flask) -> None:
    with app.app_context():
        a_customer("华兴科技")


def on_file(app: Flask, number: str) -> tuple[str, str, int, list[tuple[str, int, int]]]:
    """Kind, state, amount, and the lines with text, quantity and price."""
    with app.app_context():
        found = queries.numbered(number)
        assert found is not None
        lines = db.session.scalars(select(PurchaseLine).where(PurchaseLine.purchase_id == found.id))
        told = [(line.text, line.quantity, line.price) for line in lines]
        return found.kind, found.status, found.amount, told


@pytest.mark.both_databases
@pytest.mark.parametrize("column", ["金额", "总金额", "订单金额", "total", "Amount"])
def test_an_amount_alone_is_a_line(app: Flask, tmp_path: Path, column: str) -> None:
    header = f"订单号,客户,日期,{column}\n"
    rows = 'T010,华兴科技,2026-09-01,980.50\nT011,华兴科技,2026-09-02,"¥1,200.00元"\n'
    assert counts(brought_in(app, tmp_path, rows, header=header)) == (2, 0, 0, 0)
    assert on_file(app, "T010") == ("purchase", "open", 98_050, [("T010 合计", 1_000, 98_050)])
    assert on_file(app, "T011")[2] == 120_000
    assert counts(brought_in(app, tmp_path, rows, header=header)) == (0, 0, 2, 0)
    assert counts(brought_in(app, tmp_path, rows.replace("980.50", "990"), header=header)) == (0, 1, 1, 0)
    assert on_file(app, "T010")[2:] == (99_000, [("T010 合计", 1_000, 99_000)])


def test_the_amount_is_with_shipping_and_after_the_discount(app: Flask, tmp_path: Path) -> None:
    rows = "T1,华兴科技,2026-09-01,100,12,5\nT2,华兴科技,2026-09-01,10,12,\nT3,华兴科技,2026-09-01,12,12,\n"
    result = brought_in(app, tmp_path, rows, header=SUMS)
    assert counts(result) == (2, 0, 0, 1) and "运费" in result.stderr
    assert on_file(app, "T1")[2:] == (10_000, [("T1 合计", 1_000, 9_300)])
    assert on_file(app, "T3")[2:] == (1_200, [])


def test_lines_that_come_later_take_the_place_of_the_amount(app: Flask, tmp_path: Path) -> None:
    brought_in(app, tmp_path, "T1,华兴科技,2026-09-01,100\n", header="订单号,客户,日期,金额\n")
    rows = "T1,,,纸,2,30,\nT1,,,笔,4,10,\n"
    assert counts(brought_in(app, tmp_path, rows)) == (0, 2, 0, 0)
    assert on_file(app, "T1")[2:] == (10_000, [("纸", 2_000, 3_000), ("笔", 4_000, 1_000)])
    again = brought_in(app, tmp_path, "T1,华兴科技,2026-09-01,90\n", header="订单号,客户,日期,金额\n")
    assert counts(again) == (0, 0, 1, 0) and "90.00" in again.stdout and "100.00" in again.stdout


@pytest.mark.parametrize(
    ("amounts", "warned"),
    [
        (("100", "100"), 0), (("60", "40"), 0), (("100", ""), 0), (("110", "110"), 0), (("99", "100"), 1),
        (("59", "41"), 2),
    ],
)  # fmt: skip
def test_the_amount_is_compared_with_the_lines(
    app: Flask, signed_in: Callable[[str], Client], amounts: tuple[str, str], warned: int
) -> None:
    """It may be that of the line, of the purchase, or of the purchase with its shipping."""
    rows = f"T1,华兴科技,2026-09-01,纸,2,30,{amounts[0]},10\nT1,,,笔,4,10,{amounts[1]},\n"
    person = signed_in("manager")
    page = wizard.sent(person, "/purchases/import", f"订单号,客户,日期,产品,数量,单价,金额,运费\n{rows}")
    tried = wizard.tried(person, page)
    assert wizard.counted(tried) == (2, 0, 0, warned, 0)
    if warned:
        assert "¥110.00" in tried.words and "文件中为" in tried.words
    wizard.run(person, tried)
    assert on_file(app, "T1")[2] == 11_000


@pytest.mark.parametrize(
    ("rows", "price", "taken"),
    [
        ("T1,华兴科技,2026-09-01,纸,4,100\n", 2_500, (1, 0, 0, 0)),
        ("T1,华兴科技,2026-09-01,打印机,2,2000\n", 100_000, (1, 0, 0, 0)),
        ("T1,华兴科技,2026-09-01,纸,4,100\nT1,,,笔,2,3\n", 2_500, (2, 0, 0, 0)),
        ("T1,华兴科技,2026-09-01,纸,4,100\nT1,,,笔,2,100\n", None, (0, 0, 0, 2)),
        ("T1,华兴科技,2026-09-01,打印机,4,\n", 129_900, (1, 0, 0, 0)),
    ],
)
def test_a_row_without_a_price_has_that_of_its_amount(
    app: Flask, tmp_path: Path, rows: str, price: int | None, taken: tuple[int, ...]
) -> None:
    """What may be the amount of all rows, written in each, is not taken for that of a line."""
    with app.app_context():
        a_product()
    result = brought_in(app, tmp_path, rows, header="订单号,客户,日期,产品,数量,金额\n")
    assert counts(result) == taken, result.output
    if price is not None:
        assert on_file(app, "T1")[3][0][2] == price


def test_what_rounding_loses_is_told(app: Flask, tmp_path: Path) -> None:
    result = brought_in(
        app, tmp_path, "T1,华兴科技,2026-09-01,纸,3,100\n", header="订单号,客户,日期,产品,数量,金额\n"
    )
    assert on_file(app, "T1")[2] == 9_999 and "99.99" in result.stdout


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        ("T1,华兴科技,2026-09-01,,,\n", 0), ("T1,华兴科技,2026-09-01,0,,\n", 1),
        ("T1,华兴科技,2026-09-01,0.00,,\n", 1), ("T1,华兴科技,2026-09-01,,8,\n", 1),
    ],
)  # fmt: skip
def test_a_purchase_of_nothing_is_refused_but_where_it_says_so(
    app: Flask, tmp_path: Path, rows: str, taken: int
) -> None:
    result = brought_in(app, tmp_path, rows, header=SUMS)
    assert counts(result) == (taken, 0, 0, 1 - taken)
    assert ("产品或金额" in result.stderr) is not taken
    with app.app_context():
        assert (queries.numbered("T1") is not None) == bool(taken)


RETURNS = "订单号,客户,日期,状态,单据类型,产品,数量,单价,金额\n"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("cells", "amount"),
    [
        ("退货,,纸,2,5,", 1_000), ("refund,,,,,10", 1_000), (",,纸,-2,5,", 1_000), (",,,,,-10", 1_000),
        (",,,,,(10.00)", 1_000), (",,纸,-2,5,-10", 1_000), (",退货,纸,-2,5,", 1_000), ("已完成,订单,,,,-¥10", 1_000),
        ("已退货,退货,纸,2,5,", 1_000),
    ],
)  # fmt: skip
def test_what_is_less_than_nothing_was_given_back(
    app: Flask, tmp_path: Path, cells: str, amount: int
) -> None:
    rows = f"G-1,华兴科技,2026-03-01,{cells}\n"
    assert counts(brought_in(app, tmp_path, rows, header=RETURNS)) == (1, 0, 0, 0)
    assert on_file(app, "G-1")[:3] == ("return", "delivered", amount)
    assert counts(brought_in(app, tmp_path, rows, header=RETURNS)) == (0, 0, 1, 0)
    with app.app_context():
        told = queries.totals(list(db.session.scalars(select(Purchase.customer_id))))
        assert [each.amount for each in told.by_currency] == [-amount]


def test_what_was_bought_and_given_back_at_once_is_refused(app: Flask, tmp_path: Path) -> None:
    rows = "G-1,华兴科技,2026-03-01,,,纸,2,5,\nG-1,,,,,笔,-1,5,\n"
    result = brought_in(app, tmp_path, rows, header=RETURNS)
    assert counts(result) == (0, 0, 0, 2) and "自己的单号" in result.stderr
    with app.app_context():
        customer = a_customer("瑞丰", phone="13900000009")
        a_purchase(customer, number="G-2")
    result = brought_in(app, tmp_path, "G-2,,,,,硒鼓,-1,100,\n", header=RETURNS)
    assert counts(result) == (0, 0, 0, 1) and "自己的单号" in result.stderr


@pytest.mark.parametrize("kind", ["", "订单"])
def test_an_order_that_was_returned_as_a_whole_counts_for_nothing(
    app: Flask, tmp_path: Path, kind: str
) -> None:
    result = brought_in(
        app,
        tmp_path,
        f"G-1,华兴科技,2026-03-01,{'退货' if kind else '已退货'},{kind},纸,2,5,\n",
        header=RETURNS,
    )
    assert counts(result) == (1, 0, 0, 0) and "已取消" in result.stdout
    assert on_file(app, "G-1")[:2] == ("purchase", "cancelled")


def test_a_workbook_tells_amounts_as_text_does(
    app: Flask, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    rows: list[list[Any]] = [
        ["订单号", "客户", "日期", "金额"],
        ["T1", "华兴科技", "2026-09-01", 980.5],
        ["T2", "华兴科技", "2026-09-02", -80],
    ]
    file = tmp_path / "订单.xlsx"
    file.write_bytes(workbook(rows))
    assert counts(run(app, "purchases", "import", file, "--as", "manager")) == (2, 0, 0, 0)
    assert (on_file(app, "T1")[2], on_file(app, "T2")[0]) == (98_050, "return")
    person = signed_in("manager")
    again = wizard.tried(person, wizard.sent(person, "/purchases/import", workbook(rows), name="订单.xlsx"))
    assert wizard.counted(again) == (0, 0, 2, 0, 0)
