"""Special days: by sun and moon, masked where they are birthdays, and told to the owner before they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import actions, special_days, yearly
from blueprints.customers.models import Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.yearly import Yearly
from core import changes, clock, lunar, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer, the_viewer
from tests.core.undos import business_tables
from tests.customers.imports import counts, customers, imported, sentences
from tests.pages import Client

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("when", "on"),
    [
        (Yearly("solar", 11, 18), TODAY),
        (Yearly("solar", 11, 17), date(2027, 11, 17)),
        (Yearly("solar", 2, 29), date(2027, 2, 28)),
        (Yearly("lunar", 10, 10), TODAY),
        (Yearly("lunar", 10, 9), date(2027, 11, 6)),
        (Yearly("lunar", 1, 1), date(2027, 2, 6)),
        (Yearly("lunar", 12, 30), date(2027, 2, 5)),  # the twelfth month of 2026 has 29 days
        (Yearly("lunar", 6, 1, leap=True, year=2025), date(2027, 7, 4)),
    ],
)
def test_when_a_day_comes_next(when: Yearly, on: date) -> None:
    assert yearly.next_on(when, TODAY) == on


def test_nothing_is_known_beyond_the_lunar_calendar() -> None:
    assert yearly.next_on(Yearly("lunar", 12, 1), date(2101, 1, 28)) is None
    assert yearly.next_on(Yearly("solar", 12, 1), date(2101, 1, 28)) == date(2101, 12, 1)


@pytest.mark.parametrize(
    ("when", "field"),
    [
        (Yearly("solar", 2, 30), "day"),
        (Yearly("solar", 2, 29, year=2026), "day"),
        (Yearly("solar", 12, 1, year=2026), "year"),
        (Yearly("solar", 6, 1, leap=True), "leap"),
        (Yearly("lunar", 6, 31), "day"),
        (Yearly("lunar", 12, 30, year=2026), "day"),
        (Yearly("lunar", 6, 1, leap=True, year=2026), "leap"),
        (Yearly("lunar", 12, 1, year=2026), "year"),
    ],
)
def test_a_day_that_cannot_be(when: Yearly, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        yearly.check(when, TODAY)
    assert broken.value.field == field


def noted(customer: Customer, on: date, kind: str = "birthday", **values: Any) -> SpecialDay:
    """A special day by the lunar calendar, noted by the owner and committed."""
    by, moon = the_viewer("sales1a"), lunar.to_lunar(on)
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        facts = {"kind": kind, "calendar": "lunar", "month": moon.month, "day": moon.day, **values}
        row = special_days.note_day(customer, facts)
        db.session.commit()
    return row


@pytest.mark.both_databases
def test_the_nearest_stands_on_the_file(in_context: None) -> None:
    customer = a_customer()
    near, far = noted(customer, date(2026, 11, 20)), noted(customer, date(2026, 12, 20))
    version = customer.version
    assert (near.next_on, far.next_on, customer.special_on) == (
        date(2026, 11, 20), date(2026, 12, 20), date(2026, 11, 20)
    )  # fmt: skip
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert special_days.refresh() == 2
    assert customer.special_on == date(2026, 12, 20) and customer.version == version
    special_days.remove_day(near)
    special_days.remove_day(far)
    assert customer.special_on is None and special_days.refresh() == 0
    db.session.rollback()


@pytest.mark.both_databases
def test_noting_changing_removing_and_taking_back(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(phone="13900000007")
        by = the_viewer("manager")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            person = actions.add_person(customer, {"name": "王敏"})
            db.session.commit()
        id, person_id = customer.id, person.id
    client, at = signed_in("sales1a"), f"/customers/{id}/special-days"
    form = client.get(f"{at}/new").form()
    fields = form | {
        "kind": "birthday",
        "calendar": "lunar",
        "month": "10",
        "day": "11",
        "person": str(person_id),
    }
    assert client.post(at, fields).status == 303
    page = client.get(at)
    assert "王敏" in page.words and "农历十月十一" in page.words and "2026年11月19日" in page.words
    link = str(page.one('a[href$="/edit"]')["href"])
    edit = client.get(link)
    action = link.removesuffix("/edit")
    assert client.post(action, edit.form() | {"day": "14"}).status == 303
    assert "农历十月十四" in client.get(at).words
    conflict = client.post(action, edit.form() | {"day": "15"})
    assert conflict.status == 409
    assert client.post(f"{action}/deletion").status == 303
    assert "农历" not in client.get(at).words
    removal = str(client.get(f"/customers/{id}/history").soup.select("#history details p.small a")[0]["href"])
    assert client.post(f"{removal}/undo").status == 303
    assert "农历十月十四" in client.get(at).words
    with app.app_context():
        assert db.session.get_one(Customer, id).special_on == date(2026, 11, 22)


def test_birthdays_are_masked(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer()
        day = noted(customer, date(2026, 11, 19))
        noted(customer, date(2026, 12, 19), "founding")
        at, id = f"/customers/{customer.id}", day.id
    told = signed_in("auditor").get(f"{at}/special-days").words
    assert "****-**-**" in told and "农历十月十一" not in told and "11月19日" not in told
    assert "农历冬月十一" in told
    assert signed_in("auditor").get(f"{at}/special-days/{id}/edit").status == 403
    assert signed_in("sales2a").get(f"{at}/special-days").status == 404
    history = signed_in("auditor").get(f"{at}/history")
    assert "****-**-**" in history.text


def test_the_owner_reads_of_it_some_working_days_before(app: Flask, signed_in: SignedIn) -> None:
    """It is Wednesday: three working days go up to Monday."""
    with app.app_context():
        customer = a_customer(short_name="华兴科技")
        noted(customer, date(2026, 11, 23))
        noted(customer, date(2026, 11, 24), "founding")
        noted(a_customer("别人的客户", owner="sales1b"), date(2026, 11, 19))
    today = signed_in("sales1a").get("/").one("#special-days").get_text()
    assert "华兴科技" in today and "11月23日" in today and "农历十月十五" in today
    assert "11月24日" not in today and "别人" not in today
    assert not signed_in("lead1").get("/").soup.select("#special-days")
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert "11月23日" not in signed_in("sales1a").get("/").words


def test_bad_input_is_told_beside_its_field(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    client, at = signed_in("sales1a"), f"/customers/{id}/special-days"
    fields = {"kind": "other", "calendar": "solar", "month": "2", "day": "30", "remark": "开业"}
    answer = client.post(at, fields)
    assert answer.status == 422 and "没有这一天" in answer.words and "开业" in answer.text
    for wrong in (
        {"month": "13"},
        {"day": "0"},
        {"day": "x"},
        {"year": "1800"},
        {"person": "7"},
        {"kind": "x"},
    ):
        assert client.post(at, fields | {"day": "3"} | wrong).status == 422, wrong


def test_a_file_holds_so_many_and_no_more(in_context: None) -> None:
    customer = a_customer()
    for n in range(yearly.MOST_DAYS):
        special_days.note_day(customer, {"kind": "other", "calendar": "solar", "month": 1, "day": n % 28 + 1})
    with pytest.raises(RuleBroken):
        special_days.note_day(customer, {"kind": "other", "calendar": "solar", "month": 1, "day": 1})
    db.session.rollback()


@pytest.mark.both_databases
def test_an_import_notes_birthdays_without_a_year(app: Flask) -> None:
    """Once, however often the list is sent; beside a birthday on file that names the year they say nothing."""
    header = "客户编号,客户姓名,生日\n"
    with app.app_context():
        for _time in range(2):
            imported(header + "K1,王敏,--0412\nK2,李雷,农历八月十五\n")
        one, two = customers()
        assert [(d.kind, d.calendar, d.year, d.month, d.day) for c in (one, two) for d in special_days.days_of(c)] == [
            ("birthday", "solar", None, 4, 12), ("birthday", "lunar", None, 8, 15),
        ]  # fmt: skip
        assert one.special_on == date(2027, 4, 12) and two.special_on is not None
        assert counts(imported(header + "K1,王敏,1990-04-12\n")) == (0, 1, 0, 0)
        assert counts(imported(header + "K1,王敏,04-12\n")) == (0, 0, 1, 0)


def test_numbers_of_a_child_are_not_imported_by_a_lunar_birthday(app: Flask) -> None:
    with app.app_context():
        account = imported("客户姓名,手机,生日\n王小敏,13912346688,农历2020年八月十五\n")
        assert account.refused == 1 and "under 14" in sentences(account)[0]


def test_special_days_are_taken_back_with_the_import(app: Flask) -> None:
    with app.app_context():
        a_customer("王敏", kind="person", number="K1")
        before = business_tables()
        imported("客户编号,客户姓名,生日\nK1,王敏,农历八月十五\n")
        [customer] = customers()
        assert [day.day for day in special_days.days_of(customer)] == [15] and customer.special_on
        made = db.session.scalars(select(ChangeSet).where(ChangeSet.verb == "customer.imported")).one()
        assert not undo.undo(made, the_viewer("manager")).conflicts
        db.session.commit()
        assert business_tables() == before and not special_days.days_of(customer)
