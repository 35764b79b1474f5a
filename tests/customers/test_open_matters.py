"""What is open about a customer, in the head of the file: each part where it is, and for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import archiving, exit_talks, special_days
from blueprints.customers.models import Customer
from core import clock
from core.db import db
from core.rights import Right
from tests.company import a_customer, the_viewer, without_right
from tests.customers.test_merge_requests import asked
from tests.customers.test_needs import needed
from tests.pages import Client
from tests.sales.selling import a_purchase, acting, paid

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def customer(app: Flask) -> int:
    with app.app_context():
        return int(a_customer("恒达餐饮").id)


def told(client: Client, id: int) -> list[tuple[str, str]]:
    """Words and address of each part."""
    links = client.get(f"/customers/{id}").soup.select("#page-head #open a")
    return [(link.get_text(strip=True), str(link["href"])) for link in links]


def the(id: int) -> Customer:
    return db.session.get_one(Customer, id)


def a_day(id: int, on: date, kind: str = "anniversary") -> None:
    with acting("sales1a"):
        values = {"kind": kind, "calendar": "solar", "month": on.month, "day": on.day}
        special_days.note_day(the(id), values)


def test_nothing_open_is_not_spoken_of(signed_in: SignedIn, customer: int) -> None:
    page = signed_in("sales1a").get(f"/customers/{customer}")
    assert not page.soup.select("#open") and "待办：" not in page.words


def test_needs_until_they_are_met(app: Flask, signed_in: SignedIn, customer: int) -> None:
    person = signed_in("sales1a")
    with app.app_context():
        wanted = [needed(the(customer), what) for what in ("交期", "月结")]
        needed(the(customer), "滤芯", met_on=clock.today())
        ids = [need.id for need in wanted]
    assert told(person, customer) == [("2项需求未满足", "#needs")]
    assert person.get(f"/customers/{customer}").one("section#needs")
    for id in ids:
        assert person.post(f"/customers/{customer}/needs/{id}/fulfilment").status == 303
    assert told(person, customer) == []


def test_a_balance_past_due_until_it_is_paid(app: Flask, signed_in: SignedIn, customer: int) -> None:
    person = signed_in("sales1a")
    with app.app_context():
        late = a_purchase(the(customer), due_on=TODAY - timedelta(days=1))
        a_purchase(the(customer), 7_700, due_on=TODAY)
        a_purchase(the(customer), 5_500)
        a_purchase(the(customer), 300, due_on=date(2026, 10, 9), currency="USD")
        paid(late, 4_000)
    assert told(person, customer) == [("逾期欠款¥60.00", "#purchases"), ("逾期欠款US$3.00", "#purchases")]
    assert person.get(f"/customers/{customer}").one("section#purchases")
    with app.app_context():
        paid(db.session.merge(late), 6_000)
    assert told(person, customer) == [("逾期欠款US$3.00", "#purchases")]


@pytest.mark.parametrize("who", ["sales1a", "lead1", "auditor", "service1"])
def test_who_may_not_see_purchases_sees_no_balance(
    app: Flask, signed_in: SignedIn, customer: int, who: str
) -> None:
    with app.app_context():
        a_purchase(the(customer), due_on=date(2026, 10, 9))
        needed(the(customer), "交期")
    assert [url for _words, url in told(signed_in(who), customer)] == ["#purchases", "#needs"]
    with app.app_context():
        for role in ("employee", "lead", "auditor", "service"):
            without_right(role, Right.SALES_SEE)
    assert [url for _words, url in told(signed_in(who), customer)] == ["#needs"]


@pytest.mark.parametrize(("days", "shown"), [(0, True), (30, True), (31, False), (-1, False)])
def test_a_special_day_within_thirty_days(
    app: Flask, signed_in: SignedIn, customer: int, days: int, shown: bool
) -> None:
    with app.app_context():
        a_day(customer, TODAY + timedelta(days=days))
        a_day(customer, TODAY + timedelta(days=60), "founding")
    found = told(signed_in("sales1a"), customer)
    assert [url for _words, url in found] == (["#special-days"] if shown else [])


def test_a_birthday_is_for_those_who_see_birthdays(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        a_day(customer, date(2026, 12, 1), "birthday")
        a_day(customer, date(2026, 12, 5), "founding")
    assert told(signed_in("sales1a"), customer) == [("12月1日 周二 生日", "#special-days")]
    assert told(signed_in("auditor"), customer) == [("12月5日 周六 成立日", "#special-days")]


def test_an_archived_file_has_no_day_to_come(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        a_day(customer, date(2026, 12, 1))
        with acting():
            archiving.archive(the(customer), by=the_viewer("manager"), reason="歇业")
    assert told(signed_in("manager"), customer) == []


def test_requests_are_for_those_who_may_read_them(app: Flask, signed_in: SignedIn, customer: int) -> None:
    with app.app_context():
        other = int(a_customer("恒达餐饮管理有限公司").id)
    request = asked(signed_in("sales1a"), (customer, other))
    expected = [("申请：合并档案", f"/approvals/{request}")]
    for file in (customer, other):  # each of the two says so
        for who in ("sales1a", "lead1"):
            assert told(signed_in(who), file) == expected, who
        for who in ("manager", "auditor", "service1"):
            assert told(signed_in(who), file) == [], who
    assert signed_in("lead1").get(f"/approvals/{request}").status == 200
    assert signed_in("lead1").post(f"/approvals/{request}/refusal", {"remark": "不是同一家"}).status == 303
    assert told(signed_in("sales1a"), customer) == told(signed_in("sales1a"), other) == []


def test_a_lost_customer_wants_an_exit_talk(app: Flask, signed_in: SignedIn) -> None:
    """Whoever edits the file is asked for it until one is noted."""
    with app.app_context():
        lost = int(a_customer("恒达食品", status="lost", lost_reason="price").id)
    person = signed_in("sales1a")
    assert told(person, lost) == [("还没有记流失面谈", "#exit-talks")]
    assert person.get(f"/customers/{lost}").one("#exit-talks")
    assert told(signed_in("auditor"), lost) == []
    with app.app_context(), acting("sales1a"):
        values = {
            "on_day": TODAY,
            "with_whom": "",
            "reason": "price",
            "competitor": "",
            "why": "太贵",
            "back_if": "",
        }
        exit_talks.note_talk(the(lost), values, by=the_viewer("sales1a"))
    assert told(person, lost) == []


def test_two_statements_however_much_is_open(
    app: Flask, signed_in: SignedIn, customer: int, statements: Any
) -> None:
    person = signed_in("sales1a")
    with app.app_context():
        a_purchase(the(customer), due_on=TODAY)
        one, other = (int(a_customer(f"恒达{n}").id) for n in range(2))
    assert told(person, customer) == []
    with app.app_context():
        needed(the(customer), "样品")  # the timeline has needs now
    with statements() as few:
        person.get(f"/customers/{customer}")
    with app.app_context():
        for n in range(5):
            needed(the(customer), f"需求{n}")
            a_purchase(the(customer), due_on=date(2026, 10, 9))
            a_day(customer, date(2026, 12, 1 + n))
    asked(person, (customer, one))
    asked(person, (other, customer))
    with statements() as more:
        assert len(told(person, customer)) == 5
    assert len(more) == len(few)
    ours = [sent for sent in more if "needs.met_on IS NULL" in sent or "sum(purchases.balance)" in sent]
    assert len(ours) == 2
