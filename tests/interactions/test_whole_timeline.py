"""The one timeline of a customer: what all areas know, by kind and person, by pages, within everybody's sight."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from blueprints.access import queries as access
from blueprints.customers import actions, merging
from blueprints.customers.models import Customer
from blueprints.office import noting
from blueprints.sales.models import Payment
from core import changes, clock, kinds, timelines, undo
from core.db import db
from core.rights import Right
from core.timelines import Place
from tests.company import a_customer, the_user, the_viewer, without_right
from tests.interactions.contacts import a_contact, in_english
from tests.pages import Client, Page
from tests.sales.selling import a_purchase
from tests.statements import counted

pytestmark = pytest.mark.both_databases
SignedIn = Callable[[str], Client]


def shown(page: Page) -> list[str]:
    """Kind and number of the entries, in their order."""
    return [str(li["id"]) for li in page.soup.select("#timeline-entries > li[id]")]


def everything(client: Client, at: str) -> list[str]:
    """All entries, page by page."""
    found, page = [], client.get(at)
    for _page in range(30):
        found += shown(page)
        further = page.soup.select("#timeline-entries a[rel=next]")
        if not further:
            return found
        page = client.get(str(further[0]["href"]))
    raise AssertionError("no end")


def a_note(customer: Customer, text: str, by: str = "sales1a") -> None:
    viewer = the_viewer(by)
    with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
        noting.write_note(kinds.kind_of(Customer), customer, text, by=viewer)
        db.session.commit()


@pytest.fixture
def id(app: Flask) -> int:
    """A customer of sales1a with a contact, notes, a purchase, another tier and another owner."""
    with app.app_context():
        with clock.frozen(clock.now() - timedelta(days=20)):
            customer = a_customer(status="active", tier="b")
        a_contact(customer, summary="Number 1.", at=clock.now() - timedelta(days=10))
        with clock.frozen(clock.now() - timedelta(days=5)):
            a_note(customer, "交期要写进合同")
            a_note(customer, "老板的话", by="lead1")
        a_purchase(customer)
        lead = the_viewer("lead1")
        with (
            changes.acting(changes.Actor(lead.id, lead.name, "web")),
            clock.frozen(clock.now() - timedelta(days=2)),
        ):
            actions.update(customer, {"tier": "a", "industry": "电子"})
            db.session.commit()
        with (
            changes.acting(changes.Actor(lead.id, lead.name, "web")),
            clock.frozen(clock.now() - timedelta(days=1)),
        ):
            owner = access.user_named("sales1b")
            actions.assign(customer, owner, by=lead, reason="休假")
            actions.set_helpers(customer, {the_user("sales1a").id: True})
            db.session.commit()
        return customer.id


def test_everything_stands_in_one_order(app: Flask, id: int, signed_in: SignedIn) -> None:
    page = in_english(signed_in("manager")).get(f"/customers/{id}/interactions")
    kinds_shown = [re.split(r"-(?:made-)?\d", entry)[0] for entry in shown(page)]
    assert [kind for kind in kinds_shown if kind not in ("purchase", "payment")] == [
        "change", "change", "note", "note", "contact", "change",
    ]  # fmt: skip
    assert "purchase" in kinds_shown
    text = page.one("#timeline-entries").get_text(" ")
    assert "B important → A key" in text and "李雷 → 吴桐" in text and "休假" in text and "File made" in text
    assert "电子" not in text  # what is no mark that colleagues go by stays in the history


@pytest.mark.parametrize(
    ("query", "kinds_shown"),
    [
        ("kind=note", {"note"}), ("kind=change", {"change"}), ("kind=contact", {"contact"}),
        ("kind=purchase", {"purchase"}), ("channel=phone", {"contact"}),
        ("kind=nothing", {"note", "change", "contact", "purchase"}),
    ],
)  # fmt: skip
def test_by_kind(id: int, signed_in: SignedIn, query: str, kinds_shown: set[str]) -> None:
    found = everything(signed_in("manager"), f"/customers/{id}/interactions?{query}")
    assert {entry.split("-")[0] for entry in found} - {"payment"} == kinds_shown


def test_kinds_of_which_there_is_nothing_are_not_offered(id: int, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    for path in (f"/customers/{id}", f"/customers/{id}/interactions"):
        offered = re.findall(r"kind=(\w+)|<option value=\"([a-z]+)\"", client.get(path).text)
        kinds_offered = {first or second for first, second in offered}
        assert {"contact", "change", "note", "purchase"} <= kinds_offered
        assert not kinds_offered & {"exit", "merge", "file"}
    kept = client.get(f"/customers/{id}/interactions?kind=exit")
    assert not shown(kept) and kept.one("select[name=kind] option[selected]")["value"] == "exit"


def test_by_colleague(app: Flask, id: int, signed_in: SignedIn) -> None:
    with app.app_context():
        lead, stranger = the_user("lead1").id, the_user("sales2a").id
    client = signed_in("manager")
    page = client.get(f"/customers/{id}/interactions?author={lead}")
    assert {entry.split("-")[0] for entry in shown(page)} == {"note", "change"}
    assert "老板的话" in page.text and "交期要写进合同" not in page.one("#timeline").get_text()
    offered = {str(option["value"]) for option in page.soup.select("select[name=author] option")}
    assert str(lead) in offered and str(stranger) not in offered


def test_purchases_only_for_those_who_may_see_them(app: Flask, id: int, signed_in: SignedIn) -> None:
    with app.app_context():
        without_right("employee", Right.SALES_SEE)
    client = signed_in("sales1a")
    for query in ("", "?kind=purchase"):
        page = client.get(f"/customers/{id}/interactions{query}")
        assert page.status == 200 and "purchase-made" not in page.text and 'value="purchase"' not in page.text
    assert signed_in("sales2a").get(f"/customers/{id}/interactions").status == 404


def test_pages_leave_nothing_out_and_show_nothing_twice(
    app: Flask, id: int, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        for number in range(9):  # of one instant, and at the beginning of its day
            moment = timelines.start_of(clock.today() - timedelta(days=number % 2))
            a_contact(customer, summary=f"Same {number}.", at=moment)
            with clock.frozen(moment):
                a_note(customer, f"Note {number}")
            a_purchase(customer, on_day=clock.today() - timedelta(days=number % 2))
    client, at = signed_in("manager"), f"/customers/{id}/interactions"
    whole = everything(client, at)
    first = shown(client.get(at))
    assert len(first) == 30 and len(whole) > 30
    assert len(set(whole)) == len(whole) >= 33
    with app.app_context():
        assert sum(entry.startswith("payment") for entry in whole) == db.session.query(Payment).count()


def test_the_same_statements_for_any_number(app: Flask, id: int, signed_in: SignedIn) -> None:
    client, at = signed_in("manager"), f"/customers/{id}/interactions"
    client.get(at)
    with counted() as few:
        client.get(at)
    with app.app_context():
        for number in range(12):
            a_note(db.session.get_one(Customer, id), f"Note {number}")
    with counted() as many:
        client.get(at)
    assert len(few) == len(many)


@pytest.mark.parametrize(
    "after",
    ["x", "W10", "WyJ4IiwgMSwgMl0", "WyIyMDI2LTExLTE4VDAwOjAwOjAwKzAwOjAwIiwiYSIsMTBlOTldX", "a" * 600],
)
def test_a_cursor_that_cannot_be_read_is_the_beginning(id: int, signed_in: SignedIn, after: str) -> None:
    client = signed_in("manager")
    assert shown(client.get(f"/customers/{id}/interactions?after={after}")) == shown(
        client.get(f"/customers/{id}/interactions")
    )


def test_a_place_comes_back_from_its_cursor() -> None:
    place = Place(datetime(2026, 11, 18, 1, 2, 3, 456, tzinfo=UTC), "contact", 7)
    assert timelines.place(timelines.cursor(place)) == place
    assert timelines.start_of(date(2026, 11, 18)).tzinfo is not None


@pytest.fixture
def files(app: Flask) -> tuple[int, int]:
    """A file of sales1a, with one of theirs and one of another team merged into it, and what that change is."""
    with app.app_context():
        stays, own, foreign = a_customer("恒达"), a_customer("恒达餐饮"), a_customer("外地", owner="sales2a")
        manager = the_viewer("manager")
        every = [stays, own, foreign]
        versions = {file.id: file.version for file in every}
        with changes.acting(changes.Actor(manager.id, manager.name, "web")):
            merging.merge(every, stays, {}, versions=versions, owners_help=False, by=manager)
            made = changes.set_id()
            db.session.commit()
        assert made
        return stays.id, made


@pytest.mark.parametrize(("who", "sees"), [("sales1a", False), ("manager", True)])
def test_what_was_merged_is_told_as_far_as_one_sees_it(
    files: tuple[int, int], signed_in: SignedIn, who: str, sees: bool
) -> None:
    stays, made = files
    page = in_english(signed_in(who)).get(f"/customers/{stays}/interactions?kind=merge")
    entries = [li.get_text(" ", strip=True) for li in page.soup.select("#timeline-entries > li")]
    assert len(entries) == 2 and all("陈岚" in entry for entry in entries)
    assert "恒达餐饮" in page.one("#timeline-entries").get_text()
    assert ("外地" in page.text) is sees
    assert ("A file that is not yours to see was merged into this one." in page.text) is not sees
    assert len(page.soup.select(f'#timeline-entries a[href="/changes/{made}"]')) == 2


def test_a_merge_that_was_taken_back_is_no_longer_told(
    app: Flask, files: tuple[int, int], signed_in: SignedIn
) -> None:
    stays, made = files
    with app.app_context():
        undo.undo(db.session.get_one(changes.ChangeSet, made), the_viewer("manager"))
        db.session.commit()
    page = signed_in("manager").get(f"/customers/{stays}/interactions?kind=merge")
    assert not shown(page)
