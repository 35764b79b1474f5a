"""Custom fields in the forms, on the file and in the history of customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import custom_values
from blueprints.customers.models import Customer, CustomerValue
from core.changes import ChangeSet
from core.db import db
from core.journal import JournalEntry
from tests.company import a_customer
from tests.customers.custom import a_field, fill, values_of
from tests.pages import Client, Page
from tests.statements import Counter
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def the_customer(app: Flask, **values: Any) -> int:
    with app.app_context():
        return a_customer(**values).id


def edited(client: Client, id: int, **values: Any) -> Page:
    """The form of the page, filled in and sent."""
    opened = client.get(f"/customers/{id}/edit").form(f"/customers/{id}")
    return client.post(f"/customers/{id}", {**opened, **values})


@pytest.mark.parametrize(
    ("type", "typed", "stored", "read"),
    [
        ("text", "  蓝色 机器 ", ["蓝色 机器"], "蓝色 机器"),
        ("long_text", "一\r\n二", ["一\n二"], "一 二"),
        ("number", "１,234.50", ["1234.5"], "1,234.5"),
        ("number", "-0.0001", ["-0.0001"], "-0.0001"),
        ("money", "¥12,500", ["1250000"], "¥12,500.00"),
        ("money", "-0.05", ["-5"], "-¥0.05"),
        ("date", "2027-03-31", ["2027-03-31"], "2027"),
        ("yes_no", "1", ["1"], "是"),
        ("yes_no", "0", ["0"], "否"),
        ("single_choice", "2", ["2"], "月结"),
        ("multiple_choice", ["3", "1"], ["1", "3"], "现金, 其他"),
        ("link", "https://example.com/a?b=1", ["https://example.com/a?b=1"], "https://example.com/a?b=1"),
    ],
)
def test_every_type_is_typed_kept_and_shown(
    app: Flask, signed_in: SignedIn, type: str, typed: Any, stored: list[str], read: str
) -> None:
    id = the_customer(app)
    with app.app_context():
        a_field("甲", type, en="first", choices=["现金", "月结", "其他"])
    client = signed_in("sales1a")
    assert edited(client, id, custom_first=typed).status == 303
    assert values_of(app, id) == {"first": stored}
    shown = client.get(f"/customers/{id}").words
    assert f"甲 {read}" in shown or f"first {read}" in shown or all(p in shown for p in read.split(", "))
    # Sent again as it is shown, nothing changes
    before = snapshot(app)
    assert edited(client, id).status == 303
    assert difference(before, snapshot(app)) == ""
    assert edited(client, id, custom_first="").status == 303
    assert values_of(app, id) == {}


@pytest.mark.parametrize(
    ("type", "typed"),
    [
        ("text", "x" * 201),
        ("number", "1e400"),
        ("number", "9" * 13),
        ("number", "12 Stück"),
        ("number", "NaN"),
        ("money", "0.001"),
        ("date", "0001-01-01"),
        ("date", "2026-02-30"),
        ("date", "31/12/2026"),
        ("yes_no", "perhaps"),
        ("single_choice", "99"),
        ("multiple_choice", ["1", "99"]),
        ("link", "javascript:alert(1)"),
        ("link", "https://user@evil.example"),
        ("link", "https:///x"),
        ("link", "https://a b"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    app: Flask, signed_in: SignedIn, type: str, typed: Any
) -> None:
    id = the_customer(app)
    with app.app_context():
        a_field("甲", type, en="first", choices=["现金"])
    page = edited(signed_in("sales1a"), id, custom_first=typed)
    assert page.status == 422
    assert page.one("#custom_first-error").get_text(strip=True)
    assert values_of(app, id) == {}


def test_a_new_customer_is_asked_for_what_is_required(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_field("甲", "number", en="first", required=True)
    client = signed_in("sales1a")
    opened = client.get("/customers/new").form("/customers")
    refused = client.post("/customers", {**opened, "name": "新客户"})
    assert refused.status == 422 and refused.one("#custom_first-error")
    made = client.post("/customers", {**opened, "name": "新客户", "custom_first": "7"})
    assert made.status == 303
    id = int(made.response.headers["Location"].rsplit("/", 1)[1])
    assert values_of(app, id) == {"first": ["7"]}
    # A field that was not sent is unchanged, even a required one; emptied it is refused
    assert client.post(f"/customers/{id}", {"name": "改名", "kind": "company", "version": "1"}).status in (
        303,
        422,
    )
    assert values_of(app, id) == {"first": ["7"]}
    assert edited(client, id, custom_first=" ").status == 422


def test_a_field_is_asked_for_only_where_its_condition_holds(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app, status="prospect")
    with app.app_context():
        a_field("甲", en="first", required=True, shown_when={"status": ["active"], "kind": ["company"]})
        printers = a_field("乙", "number", en="second")
        a_field("丙", en="third", shown_when={str(printers.id): [""]})
    client = signed_in("sales1a")
    assert edited(client, id, custom_first="left out", custom_third="left out").status == 303
    assert values_of(app, id) == {}
    assert edited(client, id, status="active").status == 422
    sent = {"custom_first": "a", "custom_second": "3", "custom_third": "c"}
    assert edited(client, id, status="active", **sent).status == 303
    assert values_of(app, id) == {"first": ["a"], "second": ["3"], "third": ["c"]}
    # What is hidden again is kept, and not shown
    assert edited(client, id, status="dormant", custom_first="b", custom_second="").status == 303
    assert values_of(app, id) == {"first": ["a"], "third": ["c"]}
    assert "data-when" in client.get(f"/customers/{id}/edit").text
    page = client.get(f"/customers/{id}")
    assert "first" not in [term.get_text() for term in page.soup.select("dt")] and "甲" not in page.words


def test_two_who_change_the_same_field_see_both_values(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app, helpers={"sales1b": True})
    with app.app_context():
        a_field("甲", en="first")
        a_field("乙", "multiple_choice", en="second", choices=["红", "绿"])
    mine, theirs = signed_in("sales1a"), signed_in("lead1")
    opened = mine.get(f"/customers/{id}/edit").form(f"/customers/{id}")
    assert edited(theirs, id, custom_first="theirs").status == 303
    page = mine.post(f"/customers/{id}", {**opened, "custom_first": "mine", "custom_second": ["1"]})
    assert page.status == 409
    assert "theirs" in page.words and "mine" in page.one("table.conflict").get_text()
    again = page.form(f"/customers/{id}")
    assert mine.post(f"/customers/{id}", {**again, "keep-custom_first": "theirs"}).status == 303
    assert values_of(app, id) == {"first": ["theirs"], "second": ["1"]}


def test_what_others_changed_elsewhere_is_no_conflict(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app)
    with app.app_context():
        a_field("甲", en="first")
        a_field("乙", en="second")
    mine = signed_in("sales1a")
    opened = mine.get(f"/customers/{id}/edit").form(f"/customers/{id}")
    with app.app_context():
        fill(db.session.get(Customer, id), by="lead1", second="theirs")  # type: ignore[arg-type]
    fields = {name: value for name, value in opened.items() if name != "custom_second"}
    assert mine.post(f"/customers/{id}", {**fields, "custom_first": "mine"}).status == 303
    assert values_of(app, id) == {"first": ["mine"], "second": ["theirs"]}


def test_a_change_stands_in_the_history_and_is_taken_back(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app)
    with app.app_context():
        a_field("付款方式", "single_choice", en="Payment", choices=["现金", "月结"])
    client = signed_in("sales1a")
    edited(client, id, custom_payment="1")
    edited(client, id, custom_payment="2")
    told = client.get(f"/customers/{id}/history").words
    assert "付款方式" in told and "现金" in told and "月结" in told
    with app.app_context():
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    assert client.post(f"/changes/{last}/undo").status == 303
    assert values_of(app, id) == {"payment": ["1"]}
    assert edited(client, id, custom_payment="").status == 303
    told = client.get(f"/customers/{id}/history").words
    assert "付款方式" in told and "月结" in told
    with app.app_context():
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    assert client.post(f"/changes/{last}/undo").status == 303
    assert values_of(app, id) == {"payment": ["1"]}
    with app.app_context():
        assert db.session.scalars(select(CustomerValue.key)).one() == "000001"


def test_a_sensitive_value_is_masked_for_whoever_may_not_see_it(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app)
    with app.app_context():
        field = a_field("开户行", en="Bank", sensitive=True).id
        fill(db.session.get(Customer, id), bank="工行9558")  # type: ignore[arg-type]
    owner, service, auditor = signed_in("sales1a"), signed_in("service1"), signed_in("auditor")
    assert "工行9558" in owner.get(f"/customers/{id}").words
    for person in (service, auditor):
        for path in (f"/customers/{id}", f"/customers/{id}/history", "/customers"):
            assert "9558" not in person.get(path).text
    assert "custom_bank" not in service.get(f"/customers/{id}/edit").text
    with app.app_context():
        assert db.session.scalars(select(JournalEntry.kind).where(JournalEntry.kind == "opened")).all()
    asked = auditor.get(f"/customers/{id}/fields/{field}/reveal").status
    assert asked == 403


def test_a_reveal_has_a_reason_and_is_journaled(app: Flask, signed_in: SignedIn) -> None:
    id = the_customer(app)
    with app.app_context():
        field = a_field("开户行", en="Bank", sensitive=True).id
        fill(db.session.get(Customer, id), bank="工行9558")  # type: ignore[arg-type]
    service = signed_in("service1")
    path = f"/customers/{id}/fields/{field}/reveal"
    assert service.post(path, {"reason": ""}).status == 422
    assert "9558" in service.post(path, {"reason": "核对"}).words
    with app.app_context():
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "revealed")).one()
        assert entry.details["reason"] == "核对" and "9558" not in str(entry.details)
    assert service.get(f"/customers/{id}/fields/{field + 1}/reveal").status == 404


def test_text_of_people_is_text(app: Flask, signed_in: SignedIn) -> None:
    payload = '"><img src=x onerror=alert(1)>'
    id = the_customer(app)
    with app.app_context():
        a_field(payload, en="first", help_zh=payload, shown_when={"status": ["lead"]})
        fill(db.session.get(Customer, id), first=payload)  # type: ignore[arg-type]
    client = signed_in("sales1a")
    for path in (f"/customers/{id}", f"/customers/{id}/edit", f"/customers/{id}/history", "/customers/new"):
        assert not client.get(path).soup.select("img[src=x]")


def test_without_custom_fields_nothing_is_asked_of_the_database(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    id = the_customer(app)
    client = signed_in("sales1a")
    for path in (f"/customers/{id}", f"/customers/{id}/edit", "/customers/new", "/customers"):
        client.get(path)
        with statements() as sent:
            client.get(path)
        assert not [s for s in sent if "custom_fields" in s or "customer_values" in s], path


def test_fields_and_values_cost_the_file_one_statement(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    id = the_customer(app)
    with app.app_context():
        for name in ("a", "b", "c"):
            a_field(name, "multiple_choice", choices=["1", "2", "3"])
        customer = db.session.get(Customer, id)
        assert customer is not None
        fill(customer, a=["1", "2"], b=["1", "2", "3"])
        assert len(custom_values.shown_of(customer)) == 2
    client = signed_in("sales1a")
    for path, most in ((f"/customers/{id}", 1), (f"/customers/{id}/edit", 2), ("/customers/new", 1)):
        client.get(path)
        with statements() as sent:
            client.get(path)
        assert len([s for s in sent if "custom_fields" in s or "customer_values" in s]) <= most, path
