"""Custom fields in the list of customers, in exports and imports, and in search."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import export_beside, exporting, queries, search, searched_anew
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer, CustomerSearch, CustomerValue
from blueprints.office import defining
from blueprints.office.models import CustomField
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.kinds import kind_of
from tests.company import a_customer, the_viewer
from tests.customers.custom import a_field, fill, present
from tests.customers.imports import counts, imported, sentences, tried
from tests.pages import Client
from tests.statements import Counter
from tests.working import worked

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
EVERY = {
    "words": "-1 = gefährlich", "lines": "一\n二", "count": "-1234.5", "amount": "1250001", "day": "2027-03-31",
    "sure": "0", "pay": "2", "trades": ["1", "3"], "web": "https://example.com/a",
}  # fmt: skip


def every_type() -> None:
    """A field of every type, each named for its key."""
    lines = ["红, 绿", "蓝; 白", "黑"]
    for key, type in zip(
        EVERY,
        (
            "text",
            "long_text",
            "number",
            "money",
            "date",
            "yes_no",
            "single_choice",
            "multiple_choice",
            "link",
        ),
        strict=True,
    ):
        a_field(f"列{key}", type, en=key, choices=lines)


def exported(by: str = "manager") -> str:
    from werkzeug.datastructures import MultiDict

    pieces = exporting.file(Listing.read(MultiDict()), the_viewer(by), codes=True)
    return b"".join(pieces).decode("utf-8-sig")


def cells(text: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert "#huifang" in rows.pop()["number"]
    return rows


def test_what_is_exported_is_imported_again_as_it_was(app: Flask) -> None:
    with app.app_context():
        every_type()
        customer = a_customer("华兴科技有限公司")
        fill(customer, **EVERY)
        id, text = customer.id, exported()
        [row] = cells(text)
        assert row["custom_words"] == "'-1 = gefährlich" and row["custom_amount"] == "12500.01"
        assert row["custom_pay"] == "蓝; 白" and row["custom_trades"] == "红, 绿、黑"
        before = present(id)
        assert counts(imported(text)) == (0, 0, 1, 0)
        # Another company takes the file in as its own
        assert present(id) == before
        other = text.replace("KH000001", "X1").replace("华兴科技有限公司", "瑞丰贸易有限公司")
        assert counts(imported(other)) == (1, 0, 0, 0)
        made = db.session.scalars(select(Customer).where(Customer.number == "X1")).one()
        assert present(made.id) == before
        keys = db.session.execute(
            select(CustomerValue.field_id, CustomerValue.key).order_by(CustomerValue.key)
        )
        by_field = [tuple(row) for row in keys]
        assert len(by_field) == 2 * len(set(by_field))


@pytest.mark.parametrize("label", ["台数", "Printers", "printers", "custom_printers"])
def test_columns_map_by_either_label_and_by_key(app: Flask, label: str) -> None:
    with app.app_context():
        a_field("台数", "number", en="Printers")
        assert counts(imported(f"客户名称,{label}\n华兴科技,12\n")) == (1, 0, 0, 0)
        [customer] = db.session.scalars(select(Customer))
        assert present(customer.id) == {"printers": ["12"]}


def test_rows_update_and_say_what_is_wrong(app: Flask) -> None:
    with app.app_context():
        a_field("台数", "number", en="count")
        a_field("付款", "single_choice", en="pay", choices=["现金", "月结"])
        a_field("到期", "date", en="day", shown_when={"status": ["active"]})
        customer = a_customer("华兴科技", status="active")
        fill(customer, count="1", day="2026-01-01")
        number, id = customer.number, customer.id
        head = "客户编号,客户名称,台数,付款,到期\n"
        assert counts(imported(f"{head}{number},华兴科技,25,月结,2027年3月31日\n")) == (0, 1, 0, 0)
        assert present(id) == {"count": ["25"], "pay": ["2"], "day": ["2027-03-31"]}
        # Empty cells say nothing; the same again changes nothing
        assert counts(imported(f"{head}{number},华兴科技,,月结,\n")) == (0, 0, 1, 0)
        told = sentences(tried(f"{head}{number},华兴科技,many,周结,03/05/2027\n"))
        assert len(told) == 3 and any("周结" in line and "现金" in line for line in told)
        told = sentences(tried(f"{head},瑞丰,3,,2027-01-01\n"))
        assert any("asked for only where" in line for line in told)


def test_an_import_is_taken_back_with_its_values(app: Flask) -> None:
    with app.app_context():
        a_field("台数", "number", en="count")
        customer = a_customer("华兴科技")
        fill(customer, count="1")
        imported(f"客户编号,客户名称,台数\n{customer.number},华兴科技,2\n,瑞丰,7\n")
        taken = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        who = the_viewer("manager")
        assert taken is not None
        with changes.acting(changes.Actor(who.id, who.name, "web")):
            undo.undo(taken, who)
            db.session.commit()
        assert present(customer.id) == {"count": ["1"]}
        assert db.session.scalars(select(CustomerValue.key)).all() == ["100000000000010000"]


def test_sensitive_values_do_not_leave_by_list_export_import_or_search(
    app: Flask, signed_in: SignedIn
) -> None:
    with app.app_context():
        field = a_field("暗号", en="secret", sensitive=True)
        field.searchable = True  # as it could be said once
        with changes.acting(changes.SYSTEM):
            changes.record("custom_field.updated")
            db.session.commit()
        customer = a_customer("华兴科技")
        fill(customer, secret="zqjx7741")
        id, number, name = customer.id, customer.number, f"custom_{field.key}"
    for person, reads in (("sales1a", True), ("lead1", True), ("service1", False), ("auditor", False)):
        client = signed_in(person)
        client.post("/customers/columns", {"columns": ["name", name]})
        assert ("zqjx7741" in client.get("/customers").text) is reads, person
        for q in ("zqjx7741", "7741"):
            assert f"/customers/{id}" not in client.get(f"/customers?q={q}").text, (person, q)
            found = client.get(f"/search?q={q}")
            assert not found.soup.select(f'#search-results a[href="/customers/{id}"]'), (person, q)
    with app.app_context():
        assert cells(exported("manager"))[0][name] == "zqjx7741"
        row = f"客户编号,客户名称,{name}\n{number},华兴科技,new\n"
        service = the_viewer("service1")
        clear = queries.clear_ids(service, [id])
        file = db.session.get_one(Customer, id)
        assert export_beside.cells([file], [name], clear, service)[id] == ["****"]
        assert counts(imported(row.replace("new", "****"))) == (0, 0, 1, 0)
        assert present(id) == {"secret": ["zqjx7741"]}


def test_words_of_open_fields_are_found(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        field_id = a_field("机型", en="model", searchable=True).id
        customer = a_customer("华兴科技")
        fill(customer, model="理光激光一体机")
        id = customer.id
        imported("客户名称,机型\n瑞丰,佳能喷墨\n")
    client = signed_in("sales1a")
    for q in ("激光", "理光", "jiguang", "lgjg"):
        assert client.get(f"/search?q={q}").soup.select(f'#search-results a[href="/customers/{id}"]'), q
        assert f"/customers/{id}" in client.get(f"/customers?q={q}").text, q
    assert "瑞丰" in signed_in("manager").get("/search?q=喷墨").words
    with app.app_context():
        assert kind_of(Customer).refresh is search.refresh
        assert search.refresh() == 0
        field = db.session.get_one(CustomField, field_id)
        admin = the_viewer("admin")
        with changes.acting(changes.Actor(admin.id, admin.name, "web")):
            defining.retire_field(field)
            db.session.commit()
    worked(app)
    assert not client.get("/search?q=激光").soup.select("#search-results a[data-suggestion]")
    with app.app_context():
        assert not [t for t in db.session.scalars(select(CustomerSearch.terms)) if "激光" in t]
    assert searched_anew.JOB


def test_chosen_columns_cost_one_statement_together(
    app: Flask, signed_in: SignedIn, statements: Counter
) -> None:
    with app.app_context():
        every_type()
        for n in range(12):
            fill(a_customer(f"客户{n}"), **EVERY)
    client = signed_in("sales1a")
    client.get("/customers")
    with statements() as without:
        client.get("/customers")
    assert not [s for s in without if "customer_values" in s]
    assert len([s for s in without if "custom_fields" in s]) == 1, "the chooser names them"
    client.post("/customers/columns", {"columns": ["name", *(f"custom_{key}" for key in EVERY)]})
    with statements() as sent:
        page = client.get("/customers")
    assert len([s for s in sent if "customer_values" in s]) == 1
    assert "¥12,500.01" in page.words and "2027" in page.words and "-1,234.5" in page.words


def test_a_long_export_keeps_its_columns(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        a_field("台数", "number", en="count")
        fill(a_customer("华兴科技"), count="12")
        columns = export_beside.custom()
        field = db.session.scalars(select(CustomField)).one()
        admin = the_viewer("admin")
        with changes.acting(changes.Actor(admin.id, admin.name, "web")):
            defining.retire_field(field)
            db.session.commit()
        [customer] = db.session.scalars(select(Customer))
        assert export_beside.cells([customer], columns, set(), the_viewer("manager")) == {customer.id: [""]}


def test_what_is_sensitive_cannot_be_made_searchable(in_context: None) -> None:
    with pytest.raises(RuleBroken) as broken:
        a_field("暗号", en="secret", sensitive=True, searchable=True)
    assert broken.value.field == "searchable"
    db.session.rollback()
