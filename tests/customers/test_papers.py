"""Identity numbers and bank accounts: which can be, encrypted everywhere, masked for everybody, shown for a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from blueprints.customers import paper_rules, papers, unusual_reading
from blueprints.customers.models import Customer
from blueprints.customers.particulars import PaperNumber
from core import changes, clock, journal, settings, undo
from core.change_sets import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.settings import SettingValue
from tests.company import a_customer, the_viewer
from tests.core.undos import business_tables
from tests.pages import Client

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)
# 110101 19900307 001 with its check sign; the account is of nobody, the IBAN an example of ISO 13616
IDENTITY, ACCOUNT, IBAN = "11010119900307001X", "6222021202041701234", "DE89370400440532013000"


def with_sign(seventeen: str) -> str:
    """The 17 digits with the one sign that makes them an identity number."""
    (whole,) = (seventeen + s for s in "0123456789X" if paper_rules.is_identity(seventeen + s, TODAY))
    return whole


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("identity", "11010519491231002X", "11010519491231002X"),  # the example of GB 11643
        ("identity", "１１０１０５ 19491231 002x", "11010519491231002X"),
        ("identity", "110105194912310021", None),
        ("identity", "11010519491331002X", None),
        ("identity", "110105194912310", None),
        ("document", "e 1234-5678", "E12345678"),
        ("document", "PASSPORT", None),
        ("document", "A1", None),
        ("bank", "6222 0212 0204 1701 234", ACCOUNT),
        ("bank", "1202-0265-0990-0088-123", "1202026509900088123"),
        ("bank", "de89 3704 0044 0532 0130 00", IBAN),
        ("bank", "DE89370400440532013001", None),
        ("bank", "开户行账号", None),
        ("bank", "1234567", None),
    ],
)
def test_what_can_be_a_number(kind: str, typed: str, kept: str | None) -> None:
    if kept is not None:
        assert paper_rules.tidy(kind, typed, TODAY) == kept
        return
    with pytest.raises(RuleBroken) as broken:
        paper_rules.tidy(kind, typed, TODAY)
    assert broken.value.field == "value"


def test_one_check_sign_fits_and_nobody_is_born_tomorrow() -> None:
    assert len(with_sign("11010120261118001")) == 18
    assert not any(paper_rules.is_identity("11010120261119001" + sign, TODAY) for sign in "0123456789X")


def noted(customer: Customer, **values: Any) -> PaperNumber:
    """A paper on file, noted by the owner and committed."""
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        row = papers.note_paper(customer, {"kind": "bank", "value": ACCOUNT, "issuer": "工商银行", **values})
        db.session.commit()
    return row


def raw(statement: str) -> str:
    """What the database holds, as it holds it."""
    return repr(db.session.execute(text(statement)).all())


@pytest.mark.both_databases
def test_neither_the_database_nor_the_trail_holds_it_in_clear(in_context: None) -> None:
    customer = a_customer()
    row = noted(customer)
    before = business_tables()
    by = the_viewer("sales1a")
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        papers.remove_paper(row)
        db.session.commit()
    assert not papers.papers_of(customer)
    held = raw("SELECT before, after FROM changes") + raw("SELECT value FROM paper_numbers")
    assert ACCOUNT not in held and "issuer" in held
    last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
    assert last is not None
    with changes.acting(changes.Actor(by.id, by.name, "web")):
        undo.undo(last, by)
        db.session.commit()
    assert [paper.value for paper in papers.papers_of(customer)] == [ACCOUNT]
    assert ACCOUNT not in raw("SELECT value FROM paper_numbers")
    assert business_tables() == before


def test_everybody_who_sees_the_file_sees_it_masked(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer()
        id, paper = customer.id, noted(customer).id
        db.session.commit()
    for name in ("sales1a", "lead1", "manager", "auditor", "service1"):
        told = signed_in(name).get(f"/customers/{id}/papers").text
        assert "**** 1234" in told and ACCOUNT not in told
    history = signed_in("manager").get(f"/customers/{id}/history").text
    assert "工商银行" not in history or ACCOUNT not in history
    for name, status in (
        ("sales1a", 403),
        ("lead1", 403),
        ("service1", 403),
        ("auditor", 403),
        ("manager", 200),
    ):
        assert signed_in(name).get(f"/customers/{id}/papers/{paper}/reveal").status == status
        answer = signed_in(name).post(f"/customers/{id}/papers/{paper}/reveal", {"reason": "开票"})
        assert (answer.status, ACCOUNT in answer.text) == (status, status == 200)


def test_showing_one_needs_a_reason_and_is_journaled(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer()
        id, paper = customer.id, noted(customer).id
        db.session.commit()
    manager = signed_in("manager")
    refused = manager.post(f"/customers/{id}/papers/{paper}/reveal", {"reason": " "})
    assert refused.status == 422 and ACCOUNT not in refused.text
    assert manager.post(f"/customers/{id}/papers/{paper}/reveal", {"reason": "开票"}).status == 200
    with app.app_context():
        (entry,) = db.session.scalars(
            select(journal.JournalEntry).where(journal.JournalEntry.kind == "revealed")
        )
        assert (entry.record_id, entry.details["paper"], entry.details["reason"]) == (id, paper, "开票")
        assert ACCOUNT not in json.dumps(entry.details)
        changes.record("settings.changed")
        db.session.add(SettingValue(name=unusual_reading.MOST_NUMBERS, value={"value": 0}))
        db.session.flush()
        settings.forget()
        (reader,) = unusual_reading.unusual_readers(clock.today())
        assert reader.user_id == the_viewer("manager").id


def test_a_number_is_typed_once_and_never_edited(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    owner, where = signed_in("sales1a"), f"/customers/{id}/papers"
    page = owner.get(f"{where}/new")
    assert "identity" not in page.text and "bank" in page.text
    wrong = owner.post(where, {"kind": "bank", "value": "开户行账号", "issuer": "工行", "key": "a" * 32})
    assert wrong.status == 422 and "开户行账号" in wrong.text
    assert (
        owner.post(where, {"kind": "bank", "value": ACCOUNT, "issuer": "工行", "key": "b" * 32}).status == 303
    )
    assert "**** 1234" in owner.get(where).text
    for name, status in (("sales2a", 404), ("auditor", 403), ("finance", 403)):
        assert signed_in(name).post(where, {"kind": "bank", "value": IBAN, "key": "c" * 32}).status == status


def test_identity_numbers_are_off_until_the_company_wants_them(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer().id
    owner, where = signed_in("sales1a"), f"/customers/{id}/papers"
    sent = {"kind": "identity", "value": with_sign("11010119900307001"), "key": "d" * 32}
    assert owner.post(where, sent).status == 422
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name=papers.IDENTITY_NUMBERS, value={"value": True}))
        db.session.commit()
    assert owner.post(where, sent).status == 303
    assert f"1****{sent['value'][-1]}" in owner.get(where).text
