"""Needs and consents on the timeline of a file: where they stand, by kind, by pages, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from blueprints.customers.models import Customer
from core import clock
from core.db import db
from tests.company import a_customer, the_user
from tests.customers.test_consents import said
from tests.customers.test_needs import needed
from tests.interactions.contacts import a_contact
from tests.interactions.test_whole_timeline import everything, shown
from tests.pages import Client
from tests.statements import counted

pytestmark = pytest.mark.both_databases
SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)


@pytest.fixture
def id(app: Flask) -> int:
    """A need since three weeks that was met ten days ago, one since five days; two words about marketing."""
    with app.app_context():
        with clock.frozen(clock.now() - timedelta(days=60)):
            customer = a_customer()
        needed(
            customer,
            "会议室投影",
            since=TODAY - timedelta(days=21),
            met_on=TODAY - timedelta(days=10),
            met_by="送了两台",
        )
        needed(customer, "滤芯", since=TODAY - timedelta(days=5), importance="high")
        a_contact(customer, summary="来电", at=clock.now() - timedelta(days=7))
        said(customer, state="given", on_day=TODAY - timedelta(days=30), channel="phone")
        said(customer, state="withdrawn", on_day=TODAY - timedelta(days=1), remark="太多短信")
        db.session.commit()
        return int(customer.id)


def test_they_stand_on_their_days(id: int, signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get(f"/customers/{id}/interactions")
    kinds = ["-".join(entry.split("-")[:-1]) for entry in shown(page)]
    assert kinds == [
        "consent-said", "need-noted", "contact-made", "need-met", "need-noted", "consent-said", "change",
    ]  # fmt: skip
    words = page.one("#timeline-entries").get_text(" ")
    for told in ("滤芯", "送了两台", "太多短信", "撤回"):
        assert told in words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=need", ["need-noted", "need-noted"]),
        ("kind=met", ["need-met"]),
        ("kind=consent", ["consent-said", "consent-said"]),
        ("author=1", ["consent-said", "contact-made", "consent-said"]),
    ],
)
def test_by_kind_and_colleague(
    app: Flask, id: int, signed_in: SignedIn, query: str, found: list[str]
) -> None:
    with app.app_context():
        query = query.replace("=1", f"={the_user('sales1a').id}")
    page = signed_in("sales1a").get(f"/customers/{id}/interactions?{query}")
    kinds = ["-".join(entry.split("-")[:-1]) for entry in shown(page)]
    assert [kind for kind in kinds if kind != "change"] == found


def test_files_without_are_not_asked_for_them(app: Flask, id: int, signed_in: SignedIn) -> None:
    with app.app_context():
        bare = int(a_customer("另一家").id)
        db.session.commit()
    page = signed_in("sales1a").get(f"/customers/{bare}/interactions")
    assert not page.soup.select("option[value=need], option[value=met], option[value=consent]")
    assert signed_in("sales1b").get(f"/customers/{id}/interactions").status == 404


def test_the_same_statements_for_any_number_and_no_gap_between_pages(
    app: Flask, id: int, signed_in: SignedIn
) -> None:
    client, path = signed_in("sales1a"), f"/customers/{id}/interactions"
    client.get(path)
    with counted() as few:
        client.get(path)
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        for number in range(15):
            needed(customer, f"需求{number}", since=TODAY, met_on=TODAY)
            said(customer, "greetings", "given" if number % 2 else "refused", on_day=TODAY)
    with counted() as more:
        assert len(shown(client.get(path))) == 30
    assert len(more) == len(few)
    whole = everything(client, path)
    assert len(whole) == len(set(whole)) == 7 + 45
