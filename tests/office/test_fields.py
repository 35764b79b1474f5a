"""The page on which an administrator gives customers fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers.models import Customer
from blueprints.office import custom_fields, defining, field_rules
from blueprints.office.models import CustomField
from core import settings
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from tests.company import a_customer
from tests.customers.custom import a_field, fill, values_of
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]
NEW = {"label_zh": "打印机台数", "label_en": "Number of printers", "type": "number"}


def made(client: Client, **values: Any) -> Page:
    """The form of the page, filled in and sent."""
    opened = client.get("/admin/fields/new").form("/admin/fields")
    return client.post("/admin/fields", {**opened, **NEW, **values})


def changed(client: Client, id: int, **values: Any) -> Page:
    opened = client.get(f"/admin/fields/{id}/edit").form(f"/admin/fields/{id}")
    return client.post(f"/admin/fields/{id}", {**opened, **values})


def the_fields(app: Flask) -> list[CustomField]:
    with app.app_context():
        return list(custom_fields.rows_of("customers"))


def last_set(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first() or 0)


@pytest.mark.both_databases
def test_a_field_is_made_changed_ordered_and_retired(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    assert made(admin).status == 303
    assert (
        made(admin, label_zh="到期日", label_en="Contract ends", type="date", when_status="active").status
        == 303
    )
    first, second = the_fields(app)
    assert (first.key, second.key) == ("number_of_printers", "contract_ends")
    assert second.shown_when == {"status": ["active"]}
    assert changed(admin, first.id, label_zh="台数", required="y").status == 303
    assert admin.post(f"/admin/fields/{second.id}/place", {"to": "up"}).status == 303
    second, first = the_fields(app)
    assert (first.label_zh, first.required, second.key) == ("台数", True, "contract_ends")
    assert admin.post(f"/admin/fields/{first.id}/retirement").status == 303
    page = admin.get("/admin/fields")
    assert "台数" in page.words
    assert "custom_number_of_printers" not in signed_in("sales1a").get("/customers/new").text
    assert admin.post(f"/admin/fields/{first.id}/return").status == 303
    assert "custom_number_of_printers" in signed_in("sales1a").get("/customers/new").text


def test_who_may_not_change_settings_gets_no_page(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_field("甲").id
    for person in ("sales1a", "lead1", "manager", "auditor"):
        client = signed_in(person)
        for path in ("/admin/fields", "/admin/fields/new", f"/admin/fields/{id}/edit"):
            assert client.get(path).status == 403, (person, path)
        assert client.post(f"/admin/fields/{id}/retirement").status == 403


@pytest.mark.both_databases
def test_the_type_stays_once_there_are_values(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = a_field("甲", "text", en="first").id
    assert changed(admin, id, type="number").status == 303
    with app.app_context():
        fill(a_customer(), first="7")
    page = changed(admin, id, type="text")
    assert page.status == 422 and page.one("#type-error")
    assert changed(admin, id, type="number", label_zh="乙").status == 303


@pytest.mark.both_databases
def test_choices_are_renamed_added_and_taken_away(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = a_field("付款", "single_choice", en="pay", choices=["现金", "月结", "支票"]).id
        customer = a_customer()
        fill(customer, pay="1")
        customer_id = customer.id
    # The first is in use and stays, no longer offered; the third is not, and goes
    assert (
        changed(admin, id, keep_1="", keep_3="", zh_2="月付", more_choices="微信 | WeChat\n微信").status
        == 303
    )
    with app.app_context():
        found = custom_fields.definition(custom_fields.rows_of("customers")[0])
        assert [(c.id, c.zh, c.retired) for c in found.choices] == [
            ("1", "现金", True), ("2", "月付", False), ("4", "微信", False),
        ]  # fmt: skip
    client = signed_in("sales1a")
    assert "现金" in client.get(f"/customers/{customer_id}").words
    page = client.get(f"/customers/{customer_id}/edit")
    assert [o.get_text() for o in page.soup.select("#custom_pay option")] == ["—", "现金", "月付", "微信"]
    assert [o.get_text() for o in client.get("/customers/new").soup.select("#custom_pay option")] == [
        "—", "月付", "微信",
    ]  # fmt: skip
    assert changed(admin, id, keep_2="", keep_4="").status == 422, "nothing would be offered"
    assert values_of(app, customer_id) == {"pay": ["1"]}


def test_what_cannot_be_a_field_is_refused(app: Flask, signed_in: SignedIn, monkeypatch: Any) -> None:
    admin = signed_in("admin")
    assert made(admin, type="single_choice").status == 422
    assert made(admin, type="single_choice", more_choices="\n".join(map(str, range(201)))).status == 422
    assert made(admin, label_zh="").status == 422
    assert made(admin).status == 303
    assert made(admin).status == 422, "two fields of one name"
    monkeypatch.setattr(field_rules, "MOST_FIELDS", 1)
    assert made(admin, label_zh="二", label_en="two").status == 422


def test_fields_do_not_wait_for_each_other(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        first = a_field("甲", en="first")
        second = a_field("乙", en="second", shown_when={str(first.id): [""]})
        ids = first.id, second.id
    admin = signed_in("admin")
    assert changed(admin, ids[0], of_field=f"{ids[1]}=").status == 422
    assert changed(admin, ids[0], sensitive="y").status == 422, (
        "that the second is there would tell of the first"
    )
    assert changed(admin, ids[1], of_field="").status == 303
    assert changed(admin, ids[0], of_field=f"{ids[1]}=").status == 303


@pytest.mark.both_databases
def test_a_change_of_a_field_is_taken_back(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    assert made(admin).status == 303
    creation = last_set(app)
    [field] = the_fields(app)
    assert changed(admin, field.id, label_zh="别名").status == 303
    page = admin.get(f"/changes/{last_set(app)}")
    assert "别名" in page.words and "打印机台数" in page.words
    assert admin.post(f"/changes/{last_set(app)}/undo").status == 303
    assert the_fields(app)[0].label_zh == "打印机台数"
    # A second field stays to be seen when the first, with which the mark came, is taken back
    assert made(admin, label_zh="二", label_en="two").status == 303
    assert admin.post(f"/changes/{creation}/undo", {"overwrite": "all"}).status in (303, 409, 200)
    with app.app_context():
        assert settings.get(custom_fields.MARK) == custom_fields.SHOWN
        assert custom_fields.fields_of("customers")


def test_two_who_change_a_field_see_both_values(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = a_field("甲", en="first").id
    opened = admin.get(f"/admin/fields/{id}/edit").form(f"/admin/fields/{id}")
    assert changed(admin, id, label_zh="乙").status == 303
    page = admin.post(f"/admin/fields/{id}", {**opened, "label_zh": "丙"})
    assert page.status == 409 and "乙" in page.one("table.conflict").get_text()


def test_a_circle_is_found_at_any_length() -> None:
    field_rules.check_circle("1", {"1": ["2"], "2": ["3"], "3": ["4"]})
    with pytest.raises(RuleBroken):
        field_rules.check_circle("1", {"1": ["2"], "2": ["3"], "3": ["1"]})


@pytest.mark.parametrize(
    ("type", "ordered"),
    [
        ("number", ["-999999999999.9999", "-12.5", "-3", "0", "0.0001", "3", "12", "999999999999.9999"]),
        ("money", ["-99999999999999", "-10000000000000", "-1", "0", "1", "90000000000000", "99999999999999"]),
        ("date", ["1999-12-31", "2026-01-31", "2026-11-01"]),
    ],
)
def test_keys_stand_in_the_order_of_the_values(type: str, ordered: list[str]) -> None:
    keys = [field_rules.key_of(type, value) for value in ordered]
    assert len({len(key) for key in keys}) == 1
    assert keys == sorted(keys) and len(set(keys)) == len(keys)


def test_the_mark_is_hidden_from_the_settings_page(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_field("甲")
        assert defining.values_used(custom_fields.rows_of(Customer.__tablename__)[0]) == []
    assert "custom_fields" not in signed_in("admin").get("/admin/settings/company").text
