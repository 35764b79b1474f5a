"""No page reads a large table from end to end, whoever opens it; docs/indexes.md says what serves it instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from blueprints.access.models import User
from blueprints.customers import custom_filters, relations, search
from blueprints.customers.listing import ORDERS
from blueprints.customers.models import Customer
from blueprints.customers.owner_requests import ask_for_owner
from blueprints.customers.parted_order import PARTS, further
from blueprints.office import deputizing
from blueprints.office.models import Approval
from core import changes, clock, lists, textsearch
from core.db import db
from core.notifications import Notification
from tests.access.trails import a_file, an_update
from tests.company import a_customer, the_user, the_viewer
from tests.customers.custom import a_field, fill
from tests.interactions.contacts import a_contact
from tests.pages import Client
from tests.plans import faults, plan, with_many
from tests.security.world import a_notification
from tests.statements import asked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
PEOPLE = ("sales1a", "lead1", "leader", "manager")
SORTS = [f"{sign}{name}" for name in (*ORDERS, "owner", *PARTS, *further()) for sign in ("", "-")]
FILTERS = (
    "", "tier=a", "tier=a&tier=b", "intent=high", "status=active", "kind=person", "team=sales1", "owner=sales1a",
    "owner=-", "tag=展会", "tier=a&status=active&kind=person&tag=展会", "q=华兴", "q=hx", "q=138&tier=a",
)  # fmt: skip
TRAIL = (
    "", "?person=sales1a", "?kind=customer.updated", "?address=192.0.2.7", "?since=2026-01-01", "?record=KH000001",
    "/journal", "/journal?person=sales1a", "/journal?kind=looked_up", "/journal?since=2026-01-01",
    "/journal?record=KH000001",
)  # fmt: skip


@pytest.fixture
def file(app: Flask) -> int:
    with app.app_context():
        for number in range(6):
            a_customer(f"华兴{number}号有限公司", tags=["展会"], tier="a")
    return a_file(app, "华兴科技有限公司")


@pytest.fixture
def faults_of(app: Flask) -> Callable[..., list[str]]:
    """What the plans of a request read whole: `faults_of(client.get, "/customers")`."""

    def found(request: Callable[..., Any], *args: Any, walking: bool = True) -> list[str]:
        sent: list[tuple[str, Any]] = []
        with asked(lambda statement, parameters: sent.append((statement, parameters))):
            assert request(*args).status == 200, args
        with app.app_context():
            return [
                f"{args[0]}: {fault}\n    {statement}"
                for statement, parameters in sent
                if statement.startswith("SELECT")
                for fault in faults(statement, parameters, walking=walking)
            ]

    return found


@pytest.mark.parametrize("many", ["", "rows", "codes"])
@pytest.mark.parametrize("who", PEOPLE)
def test_a_list(
    file: int, signed_in: SignedIn, faults_of: Any, monkeypatch: pytest.MonkeyPatch, who: str, many: str
) -> None:
    if many:  # rows in view, so that the list goes along the index of its order
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
        monkeypatch.setattr(search, "FEW", 1)
    if many == "codes":  # even those that fit them
        monkeypatch.setattr(lists, "SORTED", 1)
    client = signed_in(who)
    paths = [f"/customers?sort={sort}" for sort in SORTS]
    paths += [f"/customers?{narrowed}&sort=-next_contact" for narrowed in FILTERS]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("many", ["", "rows"])
@pytest.mark.parametrize("who", PEOPLE)
def test_the_way_through_a_list(
    file: int, signed_in: SignedIn, faults_of: Any, monkeypatch: pytest.MonkeyPatch, who: str, many: str
) -> None:
    if many:
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
        monkeypatch.setattr(search, "FEW", 1)
    client = signed_in(who)
    asked_for = [f"sort={sort}" for sort in SORTS] + [
        f"{narrowed}&sort=-next_contact" for narrowed in FILTERS
    ]
    paths = [f"/customers/{file}?list={quote(query)}" for query in asked_for]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("who", PEOPLE)
def test_a_list_by_custom_fields(
    app: Flask, signed_in: SignedIn, faults_of: Any, monkeypatch: pytest.MonkeyPatch, who: str, many: bool
) -> None:
    """Conditions and order of a custom field, open or sensitive, rare or of many."""
    with app.app_context():
        a_field("台数", "number", en="count")
        a_field("暗号", en="secret", sensitive=True)
        for number in range(6):
            fill(a_customer(f"华兴{number}号"), count=str(number), secret=f"s{number}")
    if many:
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
        monkeypatch.setattr(search, "FEW", 1)
        monkeypatch.setattr(custom_filters, "RARE", 1)
    client = signed_in(who)
    asked_for = [f"where=custom_count:{line}" for line in ("is:3", "least:2", "filled", "empty", "not:3")]
    asked_for += ["where=custom_secret:begins:s", "where=custom_secret:has:1"]
    asked_for += [f"sort={sign}custom_{key}" for key in ("count", "secret") for sign in ("", "-")]
    asked_for.append("sort=custom_count&after=.WzIsIDJd")
    found = [fault for narrowed in asked_for for fault in faults_of(client.get, f"/customers?{narrowed}")]
    assert found == []


@pytest.mark.parametrize("by", ["tier", "status", "owner", "team", "next_contact"])
def test_the_groups_of_a_whole_company(app: Flask, file: int, signed_in: SignedIn, by: str) -> None:
    """Of each group the rows are found by an index, up to the cap; what has no owner is found by that of owners."""
    sent: list[tuple[str, Any]] = []
    client = signed_in("manager")
    with asked(lambda statement, parameters: sent.append((statement, parameters))):
        assert client.get(f"/customers?group={by}").status == 200
    counted = [(statement, parameters) for statement, parameters in sent if " AS n0" in statement]
    assert len(counted) == 1
    with app.app_context():
        assert faults(*counted[0], walking=False) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_a_list_by_what_hangs_on_customers(file: int, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    client = signed_in(who)
    asked_for = ("email:has:x", "wechat:empty", "person:is:x", "position:has:x", "decision_role:not:decider")
    asked_for += (
        "need:filled",
        "consent:is:marketing",
        "relation:filled",
        "relation:empty",
        "balance:is:overdue",
    )
    asked_for += (
        "last_purchase:silent:3m",
        "balance:empty",
        "special:next:7d",
        "likes:has:x",
        "lacking:is:phone",
    )
    asked_for += (
        "completeness:less:30",
        "bought:least:100",
        "bought:empty",
        "purchases:least:3",
        "last_purchase:last:1m",
    )
    found = [fault for line in asked_for for fault in faults_of(client.get, f"/customers?where={line}")]
    assert found == []


@pytest.mark.parametrize("who", PEOPLE)
def test_today(file: int, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    client = signed_in(who)
    paths = [f"/?of={of}&show={show}" for of in ("me", "team") for show in ("due", "later", "done")]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


def test_few_of_many_are_sorted(
    file: int, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, faults_of: Any
) -> None:
    """What has a code may lie far behind in the order: it is found by its index, not along that of the order."""
    monkeypatch.setattr(lists.count, "__defaults__", (1,))
    sent: list[str] = []
    with asked(lambda statement, _parameters: sent.append(statement)):
        assert signed_in("manager").get("/customers?tier=a&sort=-next_contact").status == 200
    page = next(statement for statement in sent if "ORDER BY" in statement and "next_sort" in statement)
    order = page[page.rindex("ORDER BY") :]
    assert "+customers.next_sort" in order or "coalesce(customers.next_sort" in order


def test_what_is_due_for_a_team_is_read_in_its_order(app: Flask, file: int, signed_in: SignedIn) -> None:
    """However much is due, of each of the three teams the first are taken from its index."""
    sent: list[tuple[str, Any]] = []
    client = signed_in("leader")
    with asked(lambda statement, parameters: sent.append((statement, parameters))):
        assert client.get("/?of=team").status == 200
    due = [(statement, parameters) for statement, parameters in sent if "UNION" in statement]
    assert len(due) == 3  # how many, which, and how many later
    with app.app_context():
        with_many("customers")
        for statement, parameters in due:
            lines = [row[-1] for row in plan(statement, parameters, "bitmapscan", "sort")]
            read = [line for line in lines if re.search("team_id ?= ?.*next_sort", line)]
            assert len(read) == 3, "\n".join(lines)


def test_what_is_done_today_is_read_by_its_day(app: Flask, file: int, signed_in: SignedIn) -> None:
    """Of the contacts of a company, the last of the day."""
    sent: list[tuple[str, Any]] = []
    client = signed_in("manager")
    with asked(lambda statement, parameters: sent.append((statement, parameters))):
        assert client.get("/?of=team&show=done").status == 200
    done = [(statement, parameters) for statement, parameters in sent if "happened_at DESC" in statement]
    assert len(done) == 1
    with app.app_context():
        lines = [row[-1] for row in plan(*done[0], "bitmapscan", "sort")]
    assert any("ix_interactions_on_day_happened_at" in line for line in lines), "\n".join(lines)
    assert not any("FOR ORDER BY" in line for line in lines), "\n".join(lines)


@pytest.mark.parametrize("who", PEOPLE)
def test_notifications(app: Flask, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    with app.app_context():
        row = a_notification(who)
        db.session.commit()
    client = signed_in(who)
    after = lists.cursor(row, lists.Order(Notification.id))
    paths = [f"/notifications{query}" for query in ("", "?show=unread", f"?after={after}")]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_approvals(app: Flask, file: int, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    with app.app_context():
        asker = the_viewer("sales1a")
        with changes.acting(changes.Actor(asker.id, asker.name, "web")):
            made = ask_for_owner(
                db.session.get_one(Customer, file), the_user("sales1b"), by=asker, reason="x"
            )
            db.session.commit()
        after = (
            lists.cursor(made, lists.Order(Approval.due_at)),
            lists.cursor(made, lists.Order(Approval.created_at)),
        )
    client = signed_in(who)
    paths = [f"/approvals{query}" for query in ("", f"?after={after[0]}", "?show=requested")]
    paths += [f"/approvals?show=requested&after={after[1]}", "/notifications"]
    if who in ("sales1a", "lead1"):
        paths.append(f"/approvals/{made.id}")
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_deputies(app: Flask, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    with app.app_context():
        person = the_user(who)
        with changes.acting(changes.Actor(person.id, person.name, "web")):
            deputizing.name_deputy(person, the_user("callback1"), by=the_viewer(who), version=0)
            deputizing.note_away(person, clock.today(), clock.today(), by=the_viewer(who))
            db.session.commit()
        id = person.id
        after = lists.cursor(person, lists.Order(User.name_key))
    client = signed_in(who)
    paths = ["/team", f"/team?after={after}", "/team?q=zhou", f"/team/{id}", "/me"]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("few", [1, 5_000])
@pytest.mark.parametrize("who", PEOPLE)
def test_a_search(
    file: int, signed_in: SignedIn, faults_of: Any, monkeypatch: pytest.MonkeyPatch, who: str, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    client = signed_in(who)
    paths = [f"/search?q={q}" for q in ("华", "华兴", "h", "huaxing", "KH0000", "138", "上海 科技", "wang@")]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("own", ["read", "too many"])
@pytest.mark.parametrize("who", PEOPLE)
def test_texts(
    app: Flask,
    file: int,
    signed_in: SignedIn,
    faults_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    own: str,
) -> None:
    with app.app_context():
        a_contact(db.session.get_one(Customer, file), summary="谈了样品, asked for samples")
    if own == "too many":
        monkeypatch.setattr(textsearch, "_first", too_long)
    client = signed_in(who)
    paths = [f"/search/texts?q={q}" for q in ("样品", "谈了样品", "sampl", "samples 样品", "无此")]
    paths += [f"/search/texts?q=sampl&of=contacts&after={number}.{MOMENT}" for number in (0, 1)]
    assert [fault for path in paths for fault in faults_of(client.get, path, walking=False)] == []


def too_long(*_given: object) -> None:
    raise textsearch.TooLong


MOMENT = "WyIyMDMwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgOV0"  # ["2030-01-01T00:00:00+00:00", 9]
FIRST_NOTE = "W2ZhbHNlLCAxXQ"  # [false, 1]


@pytest.mark.parametrize("who", PEOPLE)
def test_a_file(file: int, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    client = signed_in(who)
    pages = ("", "/history", "/interactions", "/interactions?channel=phone", "/interactions/new")
    pages += ("/consents", "/special-days", "/needs", "/papers")
    paths = [f"/customers/{file}{page}" for page in pages]
    paths += [
        f"/customers/{file}?note=1",
        f"/notes/customer/{file}",
        f"/notes/customer/{file}?after={FIRST_NOTE}",
    ]
    assert [fault for path in paths for fault in faults_of(client.get, path)] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_relations(app: Flask, file: int, signed_in: SignedIn, faults_of: Any, who: str) -> None:
    """Its relations, its family, and the history in which what is a fact of two shows."""
    with app.app_context():
        changes.record("customer.related")
        own, other = db.session.get_one(Customer, file), a_customer("华兴分公司")
        relation = relations.relate(own, other, {"role": "subsidiary"})
        db.session.commit()
        at = f"/customers/{other.id}/relations"
    client = signed_in(who)
    paths = [at, f"{at}/new", f"{at}/new?q=华兴", f"{at}/new?other={file}", f"{at}/{relation.id}/edit"]
    paths += [f"/customers/{other.id}{page}" for page in ("", "/family", "/history")]
    assert [fault for path in paths for fault in faults_of(client.get, path, walking=False)] == []


def test_the_exact_look_up(file: int, signed_in: SignedIn, faults_of: Any) -> None:
    client = signed_in("sales2a")
    for q in ("华兴科技有限公司", "91310000MA1FL0XXXX", "13800138000", "0138000"):
        assert faults_of(lambda path, q=q: client.post(path, {"q": q}), "/lookup", walking=False) == []


def test_the_trail(app: Flask, file: int, signed_in: SignedIn, faults_of: Any) -> None:
    change = an_update(app, file, city="深圳")
    auditor = signed_in("auditor")
    paths = [*(f"/admin/audit{page}" for page in TRAIL), f"/changes/{change}"]
    assert [fault for path in paths for fault in faults_of(auditor.get, path)] == []
    assert faults_of(signed_in("sales1a").get, f"/changes/{change}") == []


def test_what_was_written_meanwhile_is_read_from_where_it_begins(app: Flask, file: int) -> None:
    """Each batch of an import asks for it: by the table's index it would read all that the batches before wrote."""
    sent: list[tuple[str, Any]] = []
    with app.app_context(), asked(lambda statement, parameters: sent.append((statement, parameters))):
        changes.touched_since(changes.latest(), {"customers", "people"})
    with app.app_context():
        with_many("changes")
        lines = [row[-1] for row in plan(*sent[-1], "bitmapscan")]
    assert any("pk_changes" in line or "INTEGER PRIMARY KEY" in line for line in lines), "\n".join(lines)
