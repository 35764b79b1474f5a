"""Products and purchases from files: joined by number, told why not, and taken back as one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers.models import Customer
from blueprints.sales import queries
from blueprints.sales.models import Product, Purchase, PurchaseLine
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_viewer
from tests.core.realdata import real
from tests.customers import wizard
from tests.pages import Client
from tests.sales.selling import a_product, a_purchase
from tests.working import worked

HEADER = "订单号,客户,下单日期,产品,数量,单价,折扣\n"


def run(app: Flask, *args: Any) -> Result:
    return app.test_cli_runner().invoke(args=[str(arg) for arg in args])


def brought_in(
    app: Flask, folder: Path, rows: str, *more: str, who: str = "manager", header: str = HEADER
) -> Result:
    file = folder / "purchases.csv"
    file.write_text(header + rows, encoding="utf-8")
    return run(app, "purchases", "import", file, "--as", who, *more)


def counts(result: Result) -> tuple[int, ...]:
    """New, updated, unchanged, refused."""
    return tuple(int(line.split(": ")[1]) for line in result.stdout.splitlines()[:4])


@pytest.mark.both_databases
def test_rows_of_one_number_are_one_purchase(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_product()
        number = a_customer("华兴科技").number
    rows = f"A-1,华兴科技,2026-03-01,P001,2,,5%\nA-1,,,上门安装,1.5,200,\nA-2,{number},2026-04-01,P001,1,1000,0.1\n"
    dry = brought_in(app, tmp_path, rows, "--dry-run")
    assert (dry.exit_code, counts(dry)) == (0, (3, 0, 0, 0)), dry.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Purchase)) == 0
    assert counts(brought_in(app, tmp_path, rows)) == (3, 0, 0, 0)
    with app.app_context():
        found = {p.number: p.amount for p in db.session.scalars(select(Purchase))}
    assert found == {"A-1": 246_810 + 30_000, "A-2": 90_000}
    assert counts(brought_in(app, tmp_path, rows)) == (0, 0, 3, 0)
    more = rows + "A-2,,,纸,10,20,\n"
    assert counts(brought_in(app, tmp_path, more)) == (0, 1, 3, 0)
    with app.app_context():
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
        by = the_viewer("manager")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(last, by)
            db.session.commit()
        assert {p.number: p.amount for p in db.session.scalars(select(Purchase))} == found


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("B-1,无此客户,2026-03-01,纸,1,5,\n", "没有这个客户"), ("B-1,华兴科技,,纸,1,5,\n", "新订单要有客户和日期"),
        ("B-1,华兴科技,2026-03-01,纸,0,5,\n", "不是数量"), ("B-1,华兴科技,2026-03-01,纸,1,,\n", "请填写单价"),
        ("B-1,华兴科技,2027-03-01,纸,1,5,\n", "还没到"), ("B-1,华兴科技,2026-03-01,纸,1,abc,\n", "不是数字"),
        ("B-1,双胞胎,2026-03-01,纸,1,5,\n", "多个客户"), ("B-1,华兴科技,03/05/2026,纸,1,5,\n", "03/05/2026"),
        ("B-1,华兴科技,2026-03-01,纸,1,5,120%\n", "折扣"), ("C-9,华兴科技,2026-03-01,纸,1,5,\n", "已取消"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_told(app: Flask, tmp_path: Path, rows: str, reason: str) -> None:
    with app.app_context():
        customer = a_customer("华兴科技")
        a_customer("双胞胎", phone="13900000001")
        a_customer("双胞胎", phone="13900000002")
        a_purchase(customer, number="C-9", status="cancelled")
    result = brought_in(app, tmp_path, rows + "B-2,华兴科技,2026-03-01,纸,1,5,\n")
    assert result.exit_code == 1 and counts(result) == (1, 0, 0, 1)
    assert reason in result.stderr, result.stderr


def test_a_purchase_is_taken_whole_or_not(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("华兴科技")
    result = brought_in(app, tmp_path, "D-1,华兴科技,2026-03-01,纸,1,5,\nD-1,,,墨,x,5,\n")
    assert counts(result) == (0, 0, 0, 2)


@pytest.mark.parametrize(("who", "taken"), [("lead1", 1), ("lead2", 0)])
def test_only_ones_own_customers_are_reached(app: Flask, tmp_path: Path, who: str, taken: int) -> None:
    with app.app_context():
        a_purchase(a_customer("华兴科技"), number="E-1")
    result = brought_in(app, tmp_path, "E-1,,,纸,1,5,\nE-2,华兴科技,2026-03-01,纸,1,5,\n", who=who)
    assert counts(result) == ((1, 1, 0, 0) if taken else (0, 0, 0, 2))


@pytest.mark.parametrize("who", ["sales1a", "finance", "auditor", "assistant1"])
def test_the_others_import_nothing(app: Flask, tmp_path: Path, who: str) -> None:
    result = brought_in(app, tmp_path, "E-2,华兴科技,2026-03-01,纸,1,5,\n", who=who)
    assert result.exit_code == 1 and "change set" not in result.output


def the_amounts(customers: set[str]) -> dict[str, int]:
    """Northwind's orders added up by hand, in cents: each line rounded, the freight on top.

    Only of customers on file, and not of rows that lack quotation marks around a comma.
    """
    folder = real("northwind/orders.csv").parent
    with (folder / "orders.csv").open(encoding="utf-8") as file:
        orders = [row for row in list(csv.reader(file))[1:] if len(row) == 14 and row[1] in customers]
    sums = {row[0]: cents(Decimal(row[7])) for row in orders}
    with (folder / "order-details.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["orderID"] in sums:
                line = Decimal(row["unitPrice"]) * int(row["quantity"]) * (1 - Decimal(row["discount"]))
                sums[row["orderID"]] += cents(line)
    return sums


def cents(value: Decimal) -> int:
    return int((value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.both_databases
def test_northwind(app: Flask) -> None:
    folder = real("northwind/orders.csv").parent
    run(app, "customers", "import", folder / "customers.csv", "--as", "manager")
    with app.app_context():
        amounts = the_amounts(set(db.session.scalars(select(Customer.number))))
    with (folder / "order-details.csv").open(encoding="utf-8") as file:
        lines = sum(row["orderID"] in amounts for row in csv.DictReader(file))
    assert len(amounts) > 400 and lines > 1_000
    products = run(app, "products", "import", folder / "products.csv", "--as", "manager")
    assert (products.exit_code, counts(products)) == (0, (77, 0, 0, 0)), products.output[:2_000]
    orders, details = len(amounts), lines
    for name, taken in (("orders.csv", (orders, 0, 0)), ("order-details.csv", (0, details, 0))):
        result = run(app, "purchases", "import", folder / name, "--as", "manager")
        assert counts(result)[:3] == taken, result.output[:2_000]
        again = run(app, "purchases", "import", folder / name, "--as", "manager")
        assert counts(again)[:3] == (0, 0, sum(taken))
    with app.app_context():
        assert {p.number: p.amount for p in db.session.scalars(select(Purchase))} == amounts
        assert db.session.scalar(select(func.count()).where(PurchaseLine.product_id.is_(None))) == 0
        assert db.session.scalar(select(func.count()).where(~Product.active)) == 8
        told = queries.totals(list(db.session.scalars(select(Customer.id))))
        assert (told.count, [t.amount for t in told.by_currency]) == (orders, [sum(amounts.values())])


def test_northwind_by_the_page(app: Flask, signed_in: Callable[[str], Client]) -> None:
    """Each order with the sum of its lines as its amount, in one file: what comes of it is what the file adds up to."""
    folder = real("northwind/orders.csv").parent
    run(app, "customers", "import", folder / "customers.csv", "--as", "manager")
    with app.app_context():
        amounts = the_amounts(set(db.session.scalars(select(Customer.number))))
    some = dict(sorted(amounts.items())[:150])
    person = signed_in("manager")
    for name in ("orders.csv", "order-details.csv"):
        with (folder / name).open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
        head = [*rows[0], "total"] if name == "orders.csv" else rows[0]
        told = [
            [*row, f"{Decimal(some[row[0]]) / 100}"] if name == "orders.csv" else row
            for row in rows[1:]
            if row[0] in some and len(row) == len(rows[0])
        ]
        text = io.StringIO()
        csv.writer(text).writerows([head, *told])
        page = wizard.tried(person, wizard.sent(person, "/purchases/import", text.getvalue()))
        expected = (150, 0, 0, 0, 0) if name == "orders.csv" else (0, len(told), 0, 0, 0)
        assert wizard.counted(wizard.run(person, page)) == expected
        with app.app_context():
            assert {p.number: p.amount for p in db.session.scalars(select(Purchase))} == some


def test_the_page_tries_and_takes(app: Flask, signed_in: Callable[[str], Client]) -> None:
    """Through the wizard: mapped by hand, tried, taken, refused rows corrected and sent again, taken back."""
    with app.app_context():
        a_customer("华兴科技")
    person = signed_in("manager")
    header = HEADER.replace("单价", "每个多少钱")
    rows = (
        "F-1,华兴科技,2026-03-01,纸,1,5,\nF-2,无此客户,2026-03-01,纸,1,5,\nF-3,华兴科技,03/04/2026,纸,1,5,\n"
    )
    page = wizard.sent(person, "/purchases/import", header + rows)
    by_hand = {"column-5": "price", "keep_as": "某系统的订单"}
    assert wizard.counted(wizard.tried(person, page, **by_hand)) == (1, 0, 0, 0, 2)
    tried = wizard.tried(person, page, **by_hand, days="day")
    assert wizard.counted(tried) == (2, 0, 0, 0, 1) and "没有这个客户" in tried.words
    with app.app_context():
        assert queries.numbered("F-1") is None
    taken = wizard.run(person, tried)
    assert wizard.counted(taken) == (2, 0, 0, 0, 1) and taken.soup.select('a[href^="/changes/"]')
    link = next(str(a["href"]) for a in taken.soup.select("a") if "refused.csv" in str(a["href"]))
    refused = person.http.get(link).get_data(as_text=True)
    assert "F-2" in refused and "没有这个客户" in refused and "F-1" not in refused
    again = wizard.sent(person, "/purchases/import", refused.replace("无此客户", "华兴科技"))
    assert wizard.counted(wizard.run(person, wizard.tried(person, again))) == (1, 0, 0, 0, 0), (
        "mapped as kept"
    )
    with app.app_context():
        assert [queries.numbered(f"F-{n}") is not None for n in (1, 2, 3)] == [True, True, True]
        first = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == "purchase.imported").order_by(ChangeSet.id)
        ).first()
        by = the_viewer("manager")
        assert first is not None
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(first, by)
            db.session.commit()
        assert [queries.numbered(f"F-{n}") is not None for n in (1, 2, 3)] == [False, True, False]
    assert signed_in("lead1").get("/products/import").status == 403
    assert signed_in("sales1a").get("/purchases/import").status == 403


def test_a_kept_mapping_is_of_its_kind(signed_in: Callable[[str], Client]) -> None:
    person = signed_in("manager")
    for at, rows in (
        ("/customers/import", "客户名称\n华兴\n"),
        ("/purchases/import", HEADER + "F-1,,,,,,\n"),
    ):
        wizard.tried(person, wizard.sent(person, at, rows), keep_as="同名")
        assert len(person.get(at).soup.select("#mappings tbody tr")) == 1


@pytest.mark.both_databases
def test_returns_come_in_as_documents_of_their_own(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_customer("华兴科技")
    header = "订单号,客户,下单日期,产品,数量,单价,单据类型\n"
    rows = "G-1,华兴科技,2026-03-01,纸,3,5,订单\nG-2,华兴科技,2026-03-09,纸,1,5,退货\n"
    assert counts(brought_in(app, tmp_path, rows, header=header)) == (2, 0, 0, 0)
    assert counts(brought_in(app, tmp_path, rows, header=header)) == (0, 0, 2, 0)
    with app.app_context():
        assert {p.number: (p.kind, p.status) for p in db.session.scalars(select(Purchase))} == {
            "G-1": ("purchase", "open"), "G-2": ("return", "delivered"),
        }  # fmt: skip
        told = queries.totals(list(db.session.scalars(select(Customer.id))))
        assert [t.amount for t in told.by_currency] == [1_000]
    assert counts(brought_in(app, tmp_path, rows.replace("退货", "订单"), header=header)) == (0, 0, 1, 1)


@pytest.mark.both_databases
def test_many_rows_are_taken_behind_the_page(app: Flask, signed_in: Callable[[str], Client]) -> None:
    """The lines of a purchase stand anywhere in the file; two that are alike are two."""
    with app.app_context():
        a_customer("华兴科技")
    rows = [f"H-{n % 700},华兴科技,2026-03-01,纸,1,5," for n in range(2_100)]
    person = signed_in("manager")
    page = wizard.sent(
        person, "/purchases/import", HEADER + "\n".join([*rows, "H-9999,无此客户,2026-03-01,纸,1,5,"])
    )
    at = str(page.one('form[action$="/columns"]')["action"]).removesuffix("/columns")
    wizard.tried(person, page)
    worked(app)
    tried = person.get(at)
    assert wizard.counted(tried) == (2_100, 0, 0, 0, 1)
    wizard.run(person, tried)
    worked(app)
    assert wizard.counted(person.get(at)) == (2_100, 0, 0, 0, 1)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Purchase)) == 700
        assert set(db.session.scalars(select(Purchase.amount))) == {1_500}


def test_a_file_that_is_none_is_told(signed_in: Callable[[str], Client]) -> None:
    person = signed_in("manager")
    page = person.post(
        "/purchases/import", {"encoding": "", "file": (io.BytesIO(b"\x00\x01" * 400), "x.csv")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert page.status == 422 and page.one("#file-error")
    page = wizard.sent(person, "/purchases/import", "a,b\n1,2\n")
    tried = person.post(str(page.one('form[action$="/columns"]')["action"]), {})
    assert tried.status == 422
