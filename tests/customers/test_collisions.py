"""After the look-up: word for the owner, help, a claim; and that the asker is never told more than the look-up said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bs4 import Tag
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.customers import collision_rules
from blueprints.customers.collision_rules import Talks
from blueprints.customers.models import Customer
from blueprints.customers.rulings import CollisionRuling
from blueprints.interactions import actions as interactions
from blueprints.office.models import Approval
from core import changes, clock, schema, tickets
from core.changes import ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.notifications import Notification
from tests.company import a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]
NAME, PHONE = "华兴科技有限公司", "13912346688"
EARLY, LATE = date(2026, 10, 1), date(2026, 11, 1)
# What only who sees the file may read
SECRET = ("李雷", "13912346688", "139****6688", "KH000001")


def a_file(app: Flask, **values: str) -> int:
    with app.app_context():
        return a_customer(NAME, phone=PHONE, **values).id


def link(client: Client, what: str) -> str:
    """The address to which the look-up's answer leads."""
    page = client.post("/lookup", {"q": NAME})
    found = page.soup.select(f'a[href^="/lookup/{what}"]')
    assert len(found) == 1, page.words
    return str(found[0]["href"])


def sent(client: Client, what: str, **fields: str) -> Page:
    address = link(client, what)
    form = client.get(address).form(f"/lookup/{what}")
    return client.post(f"/lookup/{what}", {**form, "reason": "一直是我在联系", **fields})


def claimed(client: Client, **fields: str) -> int:
    answer = sent(client, "collision", **fields)
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("/")[2])


def talked(app: Flask, id: int, who: str, days_ago: int) -> None:
    with app.app_context(), clock.frozen(NOW - timedelta(days=days_ago)):
        by = the_viewer(who)
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            said = {"channel": "phone", "outcome": "reached", "summary": "x"}
            interactions.log_contact(db.session.get_one(Customer, id), said, by=by)
            db.session.commit()


def ruled(client: Client, id: int, **fields: str) -> Page:
    return client.post(f"/approvals/{id}/approval", {"ruling": "goes", "split": "whole", **fields})


@pytest.mark.parametrize(
    ("owner", "asker", "wins"),
    [
        (Talks(EARLY, EARLY, LATE, 2), Talks(LATE, LATE, LATE, 1), "owner"),
        (Talks(LATE, LATE, LATE, 1), Talks(EARLY, EARLY, LATE, 2), "asker"),
        (Talks(EARLY, None, EARLY, 0), Talks(LATE, LATE, LATE, 1), "asker"),
        (Talks(), Talks(LATE, LATE, LATE, 1), "asker"),
        (Talks(LATE, LATE, LATE, 1), Talks(), "owner"),
        (Talks(LATE, LATE, LATE, 1), Talks(LATE, LATE, LATE, 4), None),
        (Talks(), Talks(), None),
    ],
)
def test_the_first_real_contact_within_the_protection_period_wins(
    owner: Talks, asker: Talks, wins: str | None
) -> None:
    assert collision_rules.thumb(owner, asker) == wins


def test_a_side_is_what_its_people_said() -> None:
    side = collision_rules.together([Talks(EARLY, None, EARLY, 0), Talks(LATE, LATE, LATE, 2)])
    assert side == Talks(EARLY, LATE, LATE, 2)


@pytest.mark.parametrize(
    ("ruling", "split", "own", "shares"),
    [
        ("stays", "whole", None, (100, 0)),
        ("helps", "whole", None, (100, 0)),
        ("goes", "whole", 30, (0, 100)),
        ("stays", "half", None, (50, 50)),
        ("goes", "own", 30, (70, 30)),
        ("goes", "own", 0, (100, 0)),
        ("goes", "own", None, None),
        ("goes", "own", 101, None),
    ],
)
def test_how_credit_is_shared(
    ruling: str, split: str, own: int | None, shares: tuple[int, int] | None
) -> None:
    if shares is None:
        with pytest.raises(RuleBroken):
            collision_rules.shares(ruling, split, own)
    else:
        assert collision_rules.shares(ruling, split, own) == shares


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("who", "approver"), [("sales2a", "leader"), ("lead2", "leader"), ("sales1b", "lead1")]
)
def test_who_stands_above_both_rules(app: Flask, signed_in: SignedIn, who: str, approver: str) -> None:
    a_file(app)
    id = claimed(signed_in(who))
    with app.app_context():
        found = db.session.get_one(Approval, id)
        assert found.approver.username == approver
        assert found.due_at - NOW > timedelta(days=2)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("ruling", "owner", "helps"),
    [("stays", "sales1a", False), ("goes", "sales2a", False), ("helps", "sales1a", True)],
)
def test_a_ruling_is_kept_with_the_customer_and_taken_back(
    app: Flask, signed_in: SignedIn, ruling: str, owner: str, helps: bool
) -> None:
    customer = a_file(app)
    id = claimed(signed_in("sales2a"))
    head = signed_in("leader")
    assert ruled(head, id, ruling=ruling, split="own", own="40", remark="按首次沟通").status == 303
    with app.app_context():
        found = db.session.get_one(Customer, customer)
        assert found.owner.username == owner
        assert ([helper.user.username for helper in found.helpers] == ["sales2a"]) is helps
        row = db.session.scalars(select(CollisionRuling)).one()
        assert (row.owner_share, row.asker_share, row.owner.username) == (60, 40, "sales1a")
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None and last.verb == "customer.ruled"
    page = head.get(f"/customers/{customer}")
    assert "40" in page.one("#rulings").get_text() and "按首次沟通" in page.one("#rulings").get_text()
    assert head.post(f"/changes/{last.id}/undo").status == 303
    with app.app_context():
        found = db.session.get_one(Customer, customer)
        assert found.owner.username == "sales1a" and not found.helpers
        assert db.session.scalar(select(CollisionRuling.id)) is None
        assert db.session.get_one(Approval, id).state == "approved"


def test_a_split_of_ones_own_needs_a_number(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    id = claimed(signed_in("sales2a"))
    refused = ruled(signed_in("leader"), id, split="own", own="")
    assert refused.status == 422 and "0" in refused.words
    with app.app_context():
        assert db.session.get_one(Approval, id).state == "open"


@pytest.mark.both_databases
def test_both_sides_are_shown_to_who_rules(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    talked(app, customer, "sales1a", 200)
    talked(app, customer, "sales1a", 20)
    talked(app, customer, "service1", 30)
    id = claimed(signed_in("sales2a"), met_on="2026-11-10")
    page = signed_in("leader").get(f"/approvals/{id}")
    cells = [
        [cell.get_text(strip=True) for cell in row.select("td")]
        for row in page.soup.select("#sides tbody tr")
    ]
    firsts = [row[0] for row in cells]
    assert "2026年5月2日" in firsts[0] and "10月29日" in firsts[1] and firsts[3] == "1"
    assert [row[1] for row in cells] == ["—", "—", "—", "0"]
    assert "李雷" in page.words and "2026年11月10日" in page.words


def test_the_asker_and_the_askers_lead_learn_no_more_than_the_look_up_told(
    app: Flask, signed_in: SignedIn
) -> None:
    customer = a_file(app)
    talked(app, customer, "sales1a", 20)
    asker = signed_in("sales2a")
    pages = [asker.get(link(asker, what)) for what in ("word", "help", "collision")]
    id = claimed(asker)
    helped = int(str(sent(asker, "help").response.location).rpartition("/")[2])
    for client in (asker, signed_in("lead2")):
        pages += [
            client.get(path)
            for path in (f"/approvals/{id}", "/approvals", "/approvals?show=requested", "/notifications")
        ]
    pages += [asker.get(f"/approvals/{helped}")]
    for noun in ("nudge", "recall"):
        pages += [asker.post(f"/approvals/{helped}/{noun}")]
    assert all(page.status < 500 for page in pages)
    found = [(page.response.request.path, word) for page in pages for word in SECRET if word in page.text]
    assert not found
    assert "方总监" in asker.get(f"/approvals/{id}").words


def test_the_leads_of_both_sides_may_read_a_claim(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    id = claimed(signed_in("sales2a"))
    for who in ("lead1", "lead2"):
        client = signed_in(who)
        assert client.get(f"/approvals/{id}").status == 200
        assert ruled(client, id).status == 403
    for who in ("sales1a", "sales1b", "manager", "admin"):
        assert signed_in(who).get(f"/approvals/{id}").status == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("answer", ["approval", "refusal"])
def test_the_owner_decides_who_helps_and_stays_unknown(app: Flask, signed_in: SignedIn, answer: str) -> None:
    customer, asker = a_file(app), signed_in("sales2a")
    id = int(str(sent(asker, "help").response.location).rpartition("/")[2])
    owner = signed_in("sales1a")
    assert owner.post(f"/approvals/{id}/{answer}", {"remark": "不需要"}).status == 303
    assert asker.get(f"/customers/{customer}").status == (200 if answer == "approval" else 404)
    assert "李雷" not in asker.get(f"/approvals/{id}").words + asker.get("/notifications").words
    assert "不需要" in asker.get(f"/approvals/{id}").words


@pytest.mark.both_databases
def test_word_reaches_the_owner_once_a_day(app: Flask, signed_in: SignedIn) -> None:
    customer, asker = a_file(app), signed_in("sales2a")
    assert sent(asker, "word", reason="他们问起打印机").status == 303
    told = signed_in("sales1a").get("/notifications")
    assert "韩雪" in told.words and "他们问起打印机" in told.words
    assert sent(asker, "word").status == 422
    with app.app_context():
        rows = db.session.scalars(select(Notification).where(Notification.kind == "customers.word")).all()
        assert [(row.recipient_id, row.record_id) for row in rows] == [(the_user("sales1a").id, customer)]


def test_without_an_owner_word_reaches_who_leads_the_team(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    with app.app_context():
        changes.record("customer.assigned")
        db.session.get_one(Customer, customer).owner_id = None
        db.session.commit()
    assert sent(signed_in("sales2a"), "word", reason="有人找").status == 303
    assert "有人找" in signed_in("lead1").get("/notifications").words


@pytest.mark.parametrize("what", ["word", "help", "collision"])
def test_only_with_the_ticket_of_ones_own_look_up(app: Flask, signed_in: SignedIn, what: str) -> None:
    customer = a_file(app)
    with app.app_context():
        of_another = tickets.ticket("lookup", the_user("sales1b").id, [customer, "", "lead", None])
        other_purpose = tickets.ticket("else", the_user("sales2a").id, [customer, "", "lead", None])
        of_one_who_sees = tickets.ticket("lookup", the_user("sales1a").id, [customer, "", "lead", None])
        with clock.frozen(NOW):
            nothing = tickets.ticket("lookup", the_user("sales2a").id, [987654, "", "lead", None])
    client, form = signed_in("sales2a"), {"called": "x", "reason": "x", "create_key": "1"}
    for of in ("", "x", str(customer), of_another, other_purpose, nothing):
        assert client.post(f"/lookup/{what}", {**form, "of": of}).status == 422
    assert signed_in("sales1a").post(f"/lookup/{what}", {**form, "of": of_one_who_sees}).status == 422
    assert signed_in("finance").get(f"/lookup/{what}?of={of_another}").status == 403
    with app.app_context():
        assert db.session.scalar(select(Approval.id)) is None


def test_what_one_sees_offers_no_way_around(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    for who in ("sales1a", "lead1", "manager", "service1"):
        page = signed_in(who).post("/lookup", {"q": NAME})
        assert not [
            a for a in page.soup.select("a") if isinstance(a, Tag) and str(a["href"]).startswith("/lookup/")
        ]


def test_no_number_goes_into_an_address(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    page = signed_in("sales2a").post("/lookup", {"q": PHONE})
    hrefs = [str(a["href"]) for a in page.soup.select('a[href^="/lookup/"]')]
    assert len(hrefs) == 3 and not any(PHONE in href for href in hrefs)


def test_a_new_file_that_collides_offers_the_same(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    client = signed_in("sales2a")
    page = client.post("/customers", {**client.get("/customers/new").form("/customers"), "name": NAME})
    assert page.status == 409 and len(page.soup.select('a[href^="/lookup/"]')) == 3


@pytest.mark.both_databases
def test_down_and_up_again(app: Flask, signed_in: SignedIn) -> None:
    """What was ruled goes with the tables; the customer stays with whom the ruling gave it to."""
    a_file(app)
    ruled(signed_in("leader"), claimed(signed_in("sales2a")))
    with app.app_context():
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0020")
        assert not db.inspect(db.engine).has_table("approvals")
        upgrade()
        assert schema.present() == schema.expected()
        assert db.session.scalars(select(Customer)).one().owner.username == "sales2a"
        db.session.rollback()
        db.engine.dispose()
