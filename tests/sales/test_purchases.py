"""Purchases, returns and payments: what they come to, on both databases, and that all of it can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from blueprints.customers import actions as customers
from blueprints.customers.models import Customer
from blueprints.sales import actions, queries
from blueprints.sales.models import Payment, Purchase, PurchaseLine
from blueprints.sales.refreshing import refresh
from core import changes, deriving, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_viewer
from tests.sales.selling import a_line, a_product, a_purchase, acting, paid, returned

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("in_context")]


def figures(purchase: Purchase) -> tuple[int, int, int, str]:
    db.session.refresh(purchase)
    return purchase.amount, purchase.paid, purchase.balance, purchase.status


def take_back_last() -> None:
    """Undo the last change set, as the manager."""
    last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    by = the_viewer("manager")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        undo.undo(last, by)
        db.session.commit()


def test_a_purchase_adds_up() -> None:
    made = a_purchase(
        a_customer(), discount=500, shipping=1_200,
        lines=[a_line(1_000, 2_500), a_line(333, 3_000, position=1, discount=500)],
    )  # fmt: skip
    assert figures(made) == (2_500 + 949 - 500 + 1_200, 0, 4_149, "delivered")
    assert made.number == "DD000001"


def test_a_number_is_given_once() -> None:
    customer = a_customer()
    a_purchase(customer, number="A-1")
    with pytest.raises(RuleBroken, match="已有这个编号的订单"):
        a_purchase(customer, number="A-1")
    db.session.rollback()
    a_purchase(customer, number="DD000001")
    assert a_purchase(customer).number == "DD000002"


def test_payments_settle_it() -> None:
    made = a_purchase(a_customer(), 10_000)
    first = paid(made, 4_000)
    assert figures(made) == (10_000, 4_000, 6_000, "delivered")
    paid(made, 6_000)
    assert figures(made)[2] == 0
    with acting("manager"):
        actions.remove_payment(made, first)
    assert figures(made) == (10_000, 6_000, 4_000, "delivered")


@pytest.mark.parametrize("amount", [0, -5])
def test_a_payment_is_more_than_nothing(amount: int) -> None:
    made = a_purchase(a_customer())
    with pytest.raises(RuleBroken):
        paid(made, amount)


def test_a_return_counts_against() -> None:
    made = a_purchase(a_customer(), lines=[a_line(1_000, 3_000), a_line(500, position=1)])
    back = returned(made, {0: 1_000})
    assert (back.number, back.kind, figures(back)[:3]) == ("DD000001-R1", "return", (1_000, 0, -1_000))
    assert figures(made)[3] == "delivered"
    with pytest.raises(RuleBroken) as broken:
        returned(made, {0: 2_001})
    assert broken.value.field == "quantity-0"
    db.session.rollback()
    returned(made, {0: 2_000, 1: 1_000})
    assert figures(made)[3] == "returned"
    told = queries.totals([made.customer_id])
    assert (told.count, told.by_currency[0].amount, told.by_currency[0].balance) == (1, 0, 0)


def test_all_of_it_brings_discount_and_shipping_back() -> None:
    made = a_purchase(a_customer(), 1_000, discount=100, shipping=50)
    assert figures(returned(made, {0: 1_000}))[0] == 950


def test_a_cancelled_return_leaves_the_purchase_as_it_was() -> None:
    made = a_purchase(a_customer())
    back = returned(made, {0: 1_000})
    with pytest.raises(RuleBroken, match="请先取消退货"), acting():
        actions.cancel(made)
    db.session.rollback()
    with acting():
        actions.cancel(back)
    assert (figures(made)[3], figures(back)[2]) == ("delivered", 0)
    with acting():
        actions.cancel(made)
    assert figures(made) == (10_000, 0, 0, "cancelled")


def test_what_was_paid_for_a_cancelled_one_is_owed_back() -> None:
    made = a_purchase(a_customer())
    paid(made, 3_000)
    with acting():
        actions.cancel(made)
    assert figures(made)[2] == -3_000


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on_day": date(2027, 1, 1)}, "on_day"), ({"due_on": date(2026, 9, 1)}, "due_on"),
        ({"discount": 20_000}, "discount"), ({"lines": []}, None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str | None) -> None:
    with pytest.raises(RuleBroken) as broken:
        a_purchase(a_customer(), **values)
    assert broken.value.field == field


def test_lines_are_changed_in_their_place() -> None:
    product = a_product()
    made = a_purchase(a_customer(), lines=[a_line(1_000), a_line(2_000, position=1)])
    ids = {line.row.position: line.row.id for line in queries.lines_of(made)}
    with acting():
        values = {"on_day": made.on_day, "currency": "CNY", "discount": 0, "shipping": 0}
        lines = [a_line(1_500), a_line(700, position=2, product_id=product.id, text="打印机")]
        actions.change_purchase(made, {**values, "lines": lines})
    now = {line.row.position: line.row.id for line in queries.lines_of(made)}
    assert now[0] == ids[0] and 1 not in now and figures(made)[0] == 2_200


@pytest.mark.parametrize("act", ["record", "change", "cancel", "return", "pay"])
def test_every_act_can_be_taken_back(act: str) -> None:
    customer = a_customer()
    made = None if act == "record" else a_purchase(customer, 5_000)
    before = _rows()
    if made is None:
        a_purchase(customer, 5_000)
    elif act == "change":
        with acting():
            values = {"on_day": made.on_day, "currency": "CNY", "discount": 0, "shipping": 300}
            actions.change_purchase(made, {**values, "lines": [a_line(100), a_line(50, position=1)]})
    elif act == "cancel":
        with acting():
            actions.cancel(made)
    elif act == "return":
        returned(made, {0: 1_000})
    else:
        with acting("manager"):
            actions.record_payment(
                made, {"amount": 5_000, "on_day": date(2026, 11, 1), "method": "cash", "remark": None}
            )
    assert _rows() != before
    take_back_last()
    assert _rows() == before


def _rows() -> list[Any]:
    db.session.expire_all()
    found: list[Any] = []
    for model in (Purchase, PurchaseLine, Payment):
        table: Any = model.__table__
        kept = [c for c in table.c if c.name not in ("version", "updated_at", "created_at")]
        found += [tuple(row) for row in db.session.execute(select(*kept).order_by(table.c.id))]
    return found


def test_the_doctor_mends_wrong_amounts() -> None:
    made = a_purchase(a_customer())
    deriving.write(Purchase, [{"id": made.id, "amount": 1, "paid": 2, "balance": 3}])
    assert refresh() == 1
    assert figures(made)[:3] == (10_000, 0, 10_000)
    assert refresh([made.customer_id]) == 0


def test_totals_tell_currencies_apart_and_leave_cancelled_ones_out() -> None:
    customer, other = a_customer(), a_customer("别家")
    a_purchase(customer, 1_000, "2026-01-01", due_on=date(2026, 2, 1))
    a_purchase(customer, 2_000, "2026-01-11", due_on=date(2027, 1, 1))
    a_purchase(customer, 300, "2026-01-31", currency="JPY")
    a_purchase(other, 77, "2026-02-01")
    gone = a_purchase(customer, 9_999, "2026-11-01")
    with acting():
        actions.cancel(gone)
    told = queries.totals([customer.id])
    assert (told.count, told.first, told.last, told.interval) == (3, date(2026, 1, 1), date(2026, 1, 31), 15)
    assert [(t.currency, t.amount, t.balance, t.overdue) for t in told.by_currency] == [
        ("CNY", 3_000, 3_000, 1_000), ("JPY", 300, 300, 0),
    ]  # fmt: skip


@pytest.mark.both_databases
def test_what_comes_to_nothing_makes_no_interval_and_no_entry() -> None:
    customer = a_customer()
    for day, price in (("2026-01-01", 1_000), ("2026-01-04", 0), ("2026-01-11", 2_000), ("2026-02-20", 0)):
        a_purchase(customer, price, day)
    told = queries.totals([customer.id])
    assert (told.count, told.last, told.interval) == (4, date(2026, 2, 20), 10)
    (account,) = queries.statements(customer, date(2026, 1, 1), date(2026, 3, 1))
    assert [(each.amount, each.balance) for each in account.entries] == [(1_000, 1_000), (2_000, 3_000)]


def test_a_statement_tells_the_period() -> None:
    customer = a_customer()
    old = a_purchase(customer, 1_000, "2026-01-01")
    paid(old, 400, "2026-02-01")
    new = a_purchase(customer, 5_000, "2026-03-01")
    returned(new, {0: 1_000}, "2026-03-05")
    paid(new, 100, "2026-04-01")
    (told,) = queries.statements(customer, date(2026, 2, 15), date(2026, 3, 31))
    assert (told.opening, told.closing) == (600, 600)
    assert [(e.what, e.amount, e.balance) for e in told.entries] == [
        ("purchase", 5_000, 5_600), ("return", -5_000, 600),
    ]  # fmt: skip
    assert queries.statements(customer, date(2025, 1, 1), date(2025, 2, 1)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.integers(0, 10**6), st.sampled_from(("none", "pay", "return", "cancel"))),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_a_statement_of_all_time_closes_with_the_balance(bought: list[tuple[int, int, str]]) -> None:
    customer = a_customer(f"客户{abs(hash(tuple(bought)))}")
    for day, price, then in bought:
        made = a_purchase(customer, price, f"2026-01-{day:02}")
        if then == "pay" and price:
            paid(made, price // 2 + 1, f"2026-02-{day:02}")
        elif then == "return":
            returned(made, {0: 1_000}, f"2026-02-{day:02}")
        elif then == "cancel":
            with acting():
                actions.cancel(made)
    closing = [each.closing for each in queries.statements(customer, date(2025, 1, 1), date(2026, 11, 21))]
    owed = [each.balance for each in queries.totals([customer.id]).by_currency]
    assert sum(closing) == sum(owed)


def test_the_bin_takes_them_along_and_gives_them_back() -> None:
    customer = a_customer()
    made = a_purchase(customer)
    viewer = the_viewer("manager")
    with acting():
        customers.put_into_bin(db.session.get_one(Customer, customer.id), by=viewer)
    assert db.session.scalars(queries.visible_purchases(viewer)).all() == []
    with acting():
        customers.take_out_of_bin(db.session.get_one(Customer, customer.id))
    assert [each.id for each in db.session.scalars(queries.visible_purchases(viewer))] == [made.id]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", True), ("sales1a", True), ("lead1", True), ("leader", True), ("assistant1", True),
        ("service1", True), ("callback1", True), ("finance", False), ("auditor", True),
        ("sales1b", False), ("sales2a", False), ("lead2", False), ("admin", False),
    ],
)  # fmt: skip
def test_who_sees_purchases(who: str, seen: bool) -> None:
    made = a_purchase(a_customer())
    found = db.session.scalars(queries.visible_purchases(the_viewer(who))).all()
    assert [each.id for each in found] == ([made.id] if seen else [])
