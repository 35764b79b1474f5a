"""What a list of purchases tells of payments, and what it changes of purchases on file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.defaults import Cell
from blueprints.sales import queries
from blueprints.sales.models import Payment
from core import changes, clock, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import Refused
from core.rights import Right, Scope
from tests.company import a_customer, the_viewer, with_right
from tests.core.workbooks import workbook
from tests.customers import wizard
from tests.pages import Client
from tests.sales.selling import a_line, a_purchase, paid, returned
from tests.sales.test_import import brought_in, counts, run

HEADER = "订单号,客户,日期,状态,金额,已付,付款日期,到期日\n"


@pytest.fixture(autouse=True)
def customer(app: Flask) -> None:
    with app.app_context():
        a_customer("华兴科技")


def row(state: str = "", amount: str = "40", paid: str = "", on: str = "", due: str = "") -> str:
    return f"T001,华兴科技,2026-09-01,{state},{amount},{paid},{on},{due}\n"


def on_file(app: Flask) -> tuple[Any, ...]:
    """State, what is paid and owed, when due, and the payments."""
    with app.app_context():
        found = queries.numbered("T001")
        assert found is not None
        payments = db.session.scalars(select(Payment).order_by(Payment.id)).all()
        told = [(payment.amount, payment.on_day.isoformat()) for payment in payments]
        return found.status, found.paid, found.balance, found.due_on, told


def taken_back(app: Flask) -> None:
    with app.app_context():
        imported = select(ChangeSet).where(ChangeSet.verb == "purchase.imported")
        last = db.session.scalars(imported.order_by(ChangeSet.id.desc()).limit(1)).one()
        by = the_viewer("manager")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(last, by)
            db.session.commit()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("cell", "on", "payments"),
    [
        ("25", "", [(2_500, "2026-09-01")]), ("25", "2026-09-20", [(2_500, "2026-09-20")]),
        ("¥40.00", "", [(4_000, "2026-09-01")]), ("是", "2026-09-20", [(4_000, "2026-09-20")]),
        ("已付", "", [(4_000, "2026-09-01")]), ("Paid in full", "", [(4_000, "2026-09-01")]), ("未付", "", []),
        ("√", "", [(4_000, "2026-09-01")]), ("×", "", []), ("0", "", []), ("", "", []), ("no", "", []),
    ],
)  # fmt: skip
def test_what_was_paid_is_a_payment(
    app: Flask, tmp_path: Path, cell: str, on: str, payments: list[tuple[int, str]]
) -> None:
    rows = row(paid=cell, on=on, due="2026-11-01")
    assert counts(brought_in(app, tmp_path, rows, header=HEADER)) == (1, 0, 0, 0)
    whole = sum(amount for amount, _day in payments)
    assert on_file(app) == ("open", whole, 4_000 - whole, date(2026, 11, 1), payments)
    assert counts(brought_in(app, tmp_path, rows, header=HEADER)) == (0, 0, 1, 0)
    assert on_file(app)[4] == payments


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (row(paid="-5"), "不能小于零"), (row(paid="一半"), "一半"),
        (row(paid="-"), "不是数字"), (row(paid="5", on="2027-01-01"), "还没到"),
        (row(paid="5") + row(paid="6"), "不一致"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_is_refused(app: Flask, tmp_path: Path, rows: str, why: str) -> None:
    result = brought_in(app, tmp_path, rows, header=HEADER)
    assert counts(result)[0] == 0 and result.exit_code == 1
    assert why in result.stderr, result.stderr


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"paid": "41"}, "付款超过了应付的 ¥40.00"),
        ({"on": "2026-09-20"}, "只有日期不算付款"),
        ({"paid": "1"}, "“1”按金额计"),
    ],
)
def test_a_doubtful_payment_is_told_in_its_row(
    app: Flask, signed_in: Callable[[str], Client], cells: dict[str, str], why: str
) -> None:
    person = signed_in("manager")
    page = wizard.tried(person, wizard.sent(person, "/purchases/import", HEADER + row(**cells)))
    assert wizard.counted(page) == (1, 0, 0, 1, 0) and why in page.words


def test_what_was_returned_and_refunded_leaves_no_debt(app: Flask, tmp_path: Path) -> None:
    for taken in ((1, 0, 0, 0), (0, 0, 1, 0)):
        assert counts(brought_in(app, tmp_path, row("已退款", paid="40"), header=HEADER)) == taken
        assert on_file(app)[:3] == ("cancelled", 0, 0)


def test_a_return_tells_what_was_paid_back(app: Flask, tmp_path: Path) -> None:
    assert counts(brought_in(app, tmp_path, row("退货", "-40", "-30"), header=HEADER)) == (1, 0, 0, 0)
    assert on_file(app)[1:3] == (3_000, -1_000)


@pytest.mark.both_databases
def test_a_purchase_on_file_is_brought_up_to_date_and_back(app: Flask, tmp_path: Path) -> None:
    brought_in(app, tmp_path, row(paid="25", due="2026-11-01"), header=HEADER)
    before = on_file(app)
    assert before[:3] == ("open", 2_500, 1_500)
    more = row("已完成", paid="40", on="2026-10-05", due="2026-12-01")
    dry = brought_in(app, tmp_path, more, "--dry-run", header=HEADER)
    assert counts(dry) == (0, 1, 0, 0) and on_file(app) == before
    assert counts(brought_in(app, tmp_path, more, header=HEADER)) == (0, 1, 0, 0)
    paid = [(2_500, "2026-09-01"), (1_500, "2026-10-05")]
    assert on_file(app) == ("delivered", 4_000, 0, date(2026, 12, 1), paid)
    assert counts(brought_in(app, tmp_path, more, header=HEADER)) == (0, 0, 1, 0)
    taken_back(app)
    assert on_file(app) == before


def test_a_further_payment_without_a_day_is_of_today(app: Flask, tmp_path: Path) -> None:
    brought_in(app, tmp_path, row(paid="25"), header=HEADER)
    brought_in(app, tmp_path, row(paid="是"), header=HEADER)
    with app.app_context():
        today = clock.today().isoformat()
    assert on_file(app)[4] == [(2_500, "2026-09-01"), (1_500, today)]


@pytest.mark.both_databases
@pytest.mark.parametrize("state", ["已取消", "已退货"])
def test_a_purchase_on_file_is_cancelled_and_back(app: Flask, tmp_path: Path, state: str) -> None:
    brought_in(app, tmp_path, row(paid="25"), header=HEADER)
    before = on_file(app)
    assert counts(brought_in(app, tmp_path, row(state, paid="25"), header=HEADER)) == (0, 1, 0, 0)
    assert on_file(app)[:3] == ("cancelled", 2_500, -2_500)
    assert counts(brought_in(app, tmp_path, row(state, paid="25"), header=HEADER)) == (0, 0, 1, 0)
    assert counts(brought_in(app, tmp_path, row("", paid="40"), header=HEADER)) == (0, 0, 0, 1)
    taken_back(app)
    assert on_file(app) == before


def test_what_was_returned_is_not_cancelled_before_its_return(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        bought = a_purchase(a_customer("瑞丰", phone="13900000009"), number="R-1")
        back = returned(bought, {0: 1_000}).number
    header = "订单号,状态\n"
    assert counts(brought_in(app, tmp_path, "R-1,已退货\n", header=header)) == (0, 0, 1, 0)
    result = brought_in(app, tmp_path, "R-1,已取消\n", header=header)
    assert counts(result) == (0, 0, 0, 1) and "先取消退货" in result.stderr
    assert counts(brought_in(app, tmp_path, f"{back},已取消\n", header=header)) == (0, 1, 0, 0)
    with app.app_context():
        found = queries.numbered("R-1")
        assert found is not None and (found.status, found.balance) == ("delivered", 10_000)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("日期", "2026-09-02"), ("币种", "USD"), ("整单优惠", "3"), ("运费", "3"), ("客户", "别人"), ("状态", "未交付"),
        ("已付", "10"), ("金额", "99"),
    ],
)  # fmt: skip
def test_what_differs_and_stays_is_told(app: Flask, tmp_path: Path, header: str, cells: str) -> None:
    with app.app_context():
        lines = [a_line(5_000), a_line(5_000, position=1)]
        paid(a_purchase(a_customer("瑞丰", phone="13900000009"), number="T001", lines=lines), 2_000)
    before = on_file(app)
    result = brought_in(app, tmp_path, f"T001,{cells}\n", header=f"订单号,{header}\n")
    assert counts(result) == (0, 0, 1, 0) and f"{header}: " in result.stdout, result.output
    assert on_file(app) == before


@pytest.mark.parametrize(
    ("mode", "taken"), [("both", (1, 1, 0, 0)), ("create", (1, 0, 1, 0)), ("update", (0, 1, 0, 1))]
)
def test_what_the_file_may_do_is_chosen(
    app: Flask, tmp_path: Path, signed_in: Callable[[str], Client], mode: str, taken: tuple[int, ...]
) -> None:
    brought_in(app, tmp_path, row(), header=HEADER)
    rows = row(paid="40") + row(paid="40").replace("T001", "T002")
    assert counts(brought_in(app, tmp_path, rows, "--dry-run", "--mode", mode, header=HEADER)) == taken
    person = signed_in("manager")
    tried = wizard.tried(person, wizard.sent(person, "/purchases/import", HEADER + rows), mode=mode)
    page = wizard.run(person, tried)
    new, updated, same, refused = taken
    warned = 1 if mode == "create" else 0
    assert wizard.counted(page) == (new, updated, same, warned, refused)
    assert on_file(app)[1] == (0 if mode == "create" else 4_000)


@pytest.mark.parametrize(("who", "taken"), [("manager", 1), ("lead1", 1), ("assistant1", 0)])
def test_only_who_may_record_payments_imports_them(app: Flask, tmp_path: Path, who: str, taken: int) -> None:
    with app.app_context():
        with_right("assistant", Right.SALES_IMPORT, Cell(Scope.TEAM))
    result = brought_in(app, tmp_path, row(paid="5"), who=who, header=HEADER)
    assert counts(result) == (taken, 0, 0, 1 - taken), result.output
    assert ("不能为这个客户登记付款" in result.stderr) is not bool(taken)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("scope", "paid", "may"), [(None, "25", False), (None, "", True), (Scope.ALL, "25", True)]
)
def test_who_may_record_no_payments_takes_none_back(
    app: Flask, tmp_path: Path, scope: Scope | None, paid: str, may: bool
) -> None:
    """A list that brought payments is taken back by whoever may record them; any other as before."""
    brought_in(app, tmp_path, row(paid=paid), header=HEADER)
    with app.app_context():
        with_right("manager", Right.SALES_PAY, Cell(scope))
    if may:
        taken_back(app)
    else:
        with pytest.raises(Refused):
            taken_back(app)
    with app.app_context():
        assert (queries.numbered("T001") is None) is may


def test_a_column_that_is_left_out_is_told(
    app: Flask, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    header = "订单号,客户,日期,金额,业务员心情\n"
    rows = "T001,华兴科技,2026-09-01,40,好\n"
    assert "不导入的列：业务员心情" in brought_in(app, tmp_path, rows, header=header).stdout
    assert "不导入" not in brought_in(app, tmp_path, row(), header=HEADER).stdout
    person = signed_in("manager")
    page = wizard.sent(person, "/purchases/import", header + rows.replace("T001", "T002"))
    assert "不导入的列：业务员心情" in wizard.run(person, wizard.tried(person, page)).words


def test_a_workbook_tells_payments_as_text_does(
    app: Flask, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    rows: list[list[Any]] = [
        ["订单号", "客户", "日期", "金额", "已付金额", "付款日期"],
        ["T001", "华兴科技", date(2026, 9, 1), 980.5, 980.5, date(2026, 9, 20)],
    ]
    person = signed_in("manager")
    page = wizard.sent(person, "/purchases/import", workbook(rows), name="订单.xlsx")
    assert wizard.counted(wizard.run(person, wizard.tried(person, page))) == (1, 0, 0, 0, 0)
    assert on_file(app) == ("open", 98_050, 0, None, [(98_050, "2026-09-20")])
    file = tmp_path / "订单.xlsx"
    file.write_bytes(workbook(rows))
    assert counts(run(app, "purchases", "import", file, "--as", "manager")) == (0, 0, 1, 0)
