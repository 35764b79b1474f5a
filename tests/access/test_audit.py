"""The audit pages: who may read them, what they find, what they never show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import clock, journal
from core.changes import ChangeSet
from core.db import db
from core.journal import JournalEntry
from core.verbs import all_verbs
from tests.access.trails import a_file, a_move, an_update, last_id
from tests.company import PASSWORD, a_customer
from tests.conftest import NOW
from tests.pages import Client, Page
from tests.statements import Counter, statements  # noqa: F401

SignedIn = Callable[[str], Client]
PAGES = ("/admin/audit", "/admin/audit/journal")


def rows(page: Page) -> list[str]:
    """The text of each row of the list."""
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("#list tbody tr")]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 200), ("manager", 200), ("auditor", 200), ("lead1", 403), ("sales1a", 403), ("finance", 403)],
)
def test_it_is_for_readers_of_the_trail(signed_in: SignedIn, path: str, who: str, status: int) -> None:
    assert signed_in(who).get(path).status == status


@pytest.mark.both_databases
def test_changes_are_listed_newest_first(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, "华兴科技有限公司")
    with clock.frozen(NOW + timedelta(minutes=1)):
        id = an_update(app, customer, by_whom="sales1a", city="深圳")
    page = signed_in("auditor").get("/admin/audit")
    assert "李雷" in rows(page)[0] and "华兴" in rows(page)[0] and "192.0.2.7" in rows(page)[0]
    assert page.soup.select("#list tbody tr")[0].select(f'a[href="/changes/{id}"]')


@pytest.mark.parametrize(("language", "name"), [("zh_Hans_CN", "回访"), ("en", "Huifang")])
def test_what_nobody_did_was_done_by_the_product(
    app: Flask, signed_in: SignedIn, language: str, name: str
) -> None:
    id = a_file(app)
    with app.app_context():
        actions.update(db.session.get_one(Customer, id), {"city": "深圳"})
        db.session.add(JournalEntry(at=NOW, kind="exported", actor="Huifang", address="", details={}))
        db.session.commit()
        made = last_id()
    client = signed_in("manager")
    client.post("/language", {"language": language})
    for path in PAGES:
        who = {row.select("td")[0].get_text() for row in client.get(path).soup.select("#list tbody tr")}
        assert name in who and who.isdisjoint({"回访", "Huifang"} - {name}), path
    for path in (f"/changes/{made}", f"/customers/{id}/history"):
        told = client.get(path).one("main").get_text()
        assert name in told and ("Huifang" in told) == (name == "Huifang"), path


def test_the_administrator_sees_no_customer(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, "华兴科技有限公司")
    an_update(app, customer, city="深圳")
    client = signed_in("sales1b")
    client.get(f"/customers/{customer}")
    for path in PAGES:
        page = signed_in("admin").get(path)
        assert rows(page) and "华兴" not in page.text and "深圳" not in page.text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3), ("person=sales1a", 1), ("person=李雷", 1), ("person=nobody", 0),
        ("kind=customer.updated", 2), ("kind=customer.created", 1), ("kind=x", 0), ("since=2026-11-18", 3), ("since=2026-11-19", 0),  # noqa: E501
        ("until=2026-11-18", 3), ("until=2026-11-17", 0), ("since=2026-11-18&until=2026-11-18", 3),
        ("record=KH000001", 3), ("record=KH000002", 0), ("address=192.0.2.7", 2), ("address=192.0.2.8", 0),
        ("since=nonsense&until=99999-1-1", 3), ("until=9999-12-31", 3),
        ("person=%00sales1a", 0), ("after=nonsense", 3),
    ],
)  # fmt: skip
def test_changes_are_narrowed(app: Flask, signed_in: SignedIn, query: str, found: int) -> None:
    customer = a_file(app)
    an_update(app, customer, by_whom="sales1a", city="深圳")
    an_update(app, customer, city="广州")
    page = signed_in("auditor").get(f"/admin/audit?{query}")
    about = [row for row in rows(page) if "华兴" in row]
    assert len(about) == found


def test_a_record_out_of_sight_is_found_by_nobody(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    for path in PAGES:
        known = signed_in("admin").get(f"{path}?record=KH000001")
        unknown = signed_in("admin").get(f"{path}?record=KH999999")
        assert rows(known) == rows(unknown) == []


@pytest.mark.both_databases
def test_the_journal_holds_sign_ins_refusals_and_more_in_words(
    app: Flask, signed_in: SignedIn, client: Client
) -> None:
    customer = a_file(app, phone="13912345678")
    client.post("/sign-in", {"username": "lead1", "password": PASSWORD})
    Client(app).post("/sign-in", {"username": "lead1", "password": "wrong wrong wrong"})
    signed_in("sales1a").get("/admin/users")
    signed_in("sales1b").get(f"/customers/{customer}")
    service = signed_in("service1")
    service.post("/lookup", {"q": "13912345678"})
    found = signed_in("auditor").get("/admin/audit/journal")
    text = "\n".join(rows(found))
    assert "/admin/users" in text and f"/customers/{customer}" in text and "lead1" in text
    assert "13912345678" not in found.text, "what was looked for is masked"
    for kind, most in (("signed_in", 1), ("sign_in_failed", 1), ("refused", 2), ("looked_up", 1)):
        assert len(rows(signed_in("auditor").get(f"/admin/audit/journal?kind={kind}"))) == most, kind


def test_the_journal_is_narrowed_by_person_and_day(app: Flask, signed_in: SignedIn) -> None:
    signed_in("sales1a").get("/admin/users")
    signed_in("sales2a").get("/admin/users")
    reader = signed_in("auditor")
    assert len(rows(reader.get("/admin/audit/journal?person=sales1a"))) == 1
    assert rows(reader.get("/admin/audit/journal?person=sales1a&until=2026-11-17")) == []


def test_everything_journaled_and_recorded_has_words(app: Flask) -> None:
    kinds = {"signed_in", "signed_out", "sign_in_failed", "session_ended", "sessions_ended",
             "password_changed", "password_reset", "diagnosed", "refused", "looked_up", "revealed", "exported"}  # fmt: skip  # noqa: E501
    assert kinds <= {event.kind for event in journal.events()}
    with app.test_request_context():
        assert all(str(event.label) for event in journal.events())
        assert all(str(verb.label) for verb in all_verbs())


@pytest.mark.both_databases
def test_a_long_trail_is_read_page_by_page(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    for n in range(60):
        an_update(app, customer, city=f"城市{n}")
    reader, seen, address = signed_in("auditor"), [], "/admin/audit?kind=customer.updated"
    while address:
        page = reader.get(address)
        seen += [str(a["href"]) for a in page.soup.select("#list tbody a[data-row-link]")]
        following = page.soup.select('a[rel="next"]')
        address = str(following[0]["href"]) if following else ""
    assert len(seen) == len(set(seen)) == 60
    numbers = [int(href.rpartition("/")[2]) for href in seen]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.both_databases
def test_the_number_of_statements_does_not_depend_on_the_rows(
    app: Flask,
    signed_in: SignedIn,
    statements: Counter,  # noqa: F811
) -> None:
    reader = signed_in("auditor")
    reader.get("/me")
    sent = []
    for n in (1, 12):
        with app.app_context():
            ids = [a_customer(f"客户{n}-{i}").id for i in range(n)]
        a_move(app, ids, "sales2a")
        for id in ids:
            signed_in("sales1b").get(f"/customers/{id}")
        counts = []
        for path in PAGES:
            with statements() as found:
                assert reader.get(path).status == 200
            counts.append(len(found))
        sent.append(counts)
    assert sent[0] == sent[1]


def test_nothing_in_the_trail_can_be_written_by_a_page(app: Flask) -> None:
    writing = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert not [rule for rule in writing if "audit" in rule]
    with app.app_context():
        assert db.session.query(ChangeSet).count() > 0
