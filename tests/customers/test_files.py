"""Making, seeing and changing a customer's file, as owner, colleague, stranger, lead, service and auditor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from blueprints.customers import rules
from blueprints.customers.models import Customer
from core import clock
from core.changes import Change, ChangeSet
from core.db import db
from core.journal import JournalEntry
from tests.company import a_customer, the_user
from tests.conftest import NOW
from tests.pages import Client

SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.both_databases


def made(app: Flask, *args: object, **values: object) -> int:
    with app.app_context():
        return a_customer(*args, **values).id  # type: ignore[arg-type]


def stored(app: Flask, id: int) -> Customer:
    with app.app_context():
        return db.session.get_one(Customer, id)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sales1a", 200), ("sales1b", 404), ("sales2a", 404), ("assistant1", 200), ("lead1", 200), ("leader", 200),
        ("lead2", 404), ("manager", 200), ("service1", 200), ("callback1", 200), ("auditor", 200), ("finance", 403),
        ("admin", 403),
    ],
)  # fmt: skip
def test_who_sees_a_file(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    id = made(app)
    assert signed_in(who).get(f"/customers/{id}").status == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sales1a", 303),
        ("sales1b", 404),
        ("lead1", 303),
        ("manager", 303),
        ("service1", 403),
        ("auditor", 403),
    ],
)
def test_who_changes_a_file(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    id = made(app)
    answer = signed_in(who).post(f"/customers/{id}", {"name": "换了名字", "status": "active", "kind": "company",
        "tier": "none", "intent": "none", "relationship_kind": "customer", "version": "1"})  # fmt: skip
    assert answer.status == status
    assert stored(app, id).name == ("换了名字" if status == 303 else "华兴科技有限公司")


def test_numbers_are_clear_for_the_owner_and_masked_for_service(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, phone="13912346688", email="wm@huaxing.example")
    assert "13912346688" in signed_in("sales1a").get(f"/customers/{id}").text
    for who in ("service1", "auditor"):
        text = signed_in(who).get(f"/customers/{id}").text
        assert "13912346688" not in text
        assert "wm@huaxing" not in text
        assert "139 **** 6688" in text


@pytest.mark.parametrize(
    ("who", "phone", "entries"),
    [
        ("sales1a", "13912345678", 1),
        ("lead1", "13912345678", 1),
        ("service1", "13912345678", 0),
        ("sales1a", "", 0),
    ],
    ids=["owner", "lead", "sees it masked", "no number"],
)
def test_opening_a_file_in_clear_is_journaled_once_a_day(
    app: Flask, signed_in: SignedIn, who: str, phone: str, entries: int
) -> None:
    with app.app_context():
        id = a_customer(phone=phone).id if phone else a_customer().id
    client = signed_in(who)
    for _time in range(2):
        assert client.get(f"/customers/{id}").status == 200
    assert opened(app, who) == [id] * entries
    with clock.frozen(NOW + timedelta(days=1)):
        signed_in(who).get(f"/customers/{id}")
    assert opened(app, who) == [id] * 2 * entries


def opened(app: Flask, who: str) -> list[int]:
    with app.app_context():
        wanted = db.session.query(JournalEntry).filter_by(kind="opened", user_id=the_user(who).id)
        return [int(entry.record_id) for entry in wanted]


def test_a_reveal_is_a_post_with_a_reason_and_is_journaled(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, phone="13912346688")
    with app.app_context():
        point = db.session.get_one(Customer, id).points[0].id
    service = signed_in("service1")
    without = service.post(f"/customers/{id}/points/{point}/reveal", {"reason": ""})
    assert without.status == 422
    assert "13912346688" not in without.text
    assert (
        "13912346688" in service.post(f"/customers/{id}/points/{point}/reveal", {"reason": "投诉回访"}).text
    )
    assert signed_in("auditor").post(f"/customers/{id}/points/{point}/reveal", {"reason": "x"}).status == 403
    with app.app_context():
        from core.journal import JournalEntry

        entry = db.session.query(JournalEntry).filter_by(kind="revealed").one()
        assert (entry.record_id, entry.details["reason"]) == (id, "投诉回访")


def test_a_new_file_with_a_person_comes_out_whole(app: Flask, signed_in: SignedIn) -> None:
    owner = signed_in("sales1a")
    form = owner.get("/customers/new").form("/customers")
    form |= {"name": "México Café 有限公司", "short_name": "墨咖", "person_name": "单小丽", "form_of_address": "单姐",
        "phone": "139 1234 6688", "email": "shan@cafe.example", "tags": "出口，月结"}  # fmt: skip
    answer = owner.post("/customers", form)
    assert answer.status == 303
    page = owner.get(answer.response.location)
    for text in ("México Café 有限公司", "墨咖", "单小丽", "单姐", "139 1234 6688", "出口", "KH000001"):
        assert text in page.words
    with app.app_context():
        customer = db.session.query(Customer).one()
        assert (customer.owner.username, customer.team.slug) == ("sales1a", "sales1")
        assert db.session.query(ChangeSet).filter_by(verb="customer.created").count() == 1
        assert all(change.before is None for change in db.session.query(Change).filter_by(action="insert"))


def test_the_same_form_sent_twice_makes_one_file(app: Flask, signed_in: SignedIn) -> None:
    owner = signed_in("sales1a")
    form = owner.get("/customers/new").form("/customers") | {"name": "只建一次"}
    first, second = owner.post("/customers", form), owner.post("/customers", form)
    assert (first.status, second.status) == (303, 303)
    assert first.response.location == second.response.location
    third = owner.post("/customers", form | {"name": "另一个"})
    assert third.status == 409
    with app.app_context():
        assert db.session.query(Customer).count() == 1


def test_a_stale_form_shows_both_and_overwrites_nothing(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    owner, lead = signed_in("sales1a"), signed_in("lead1")
    mine = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"city": "深圳", "industry": "电子"}
    theirs = lead.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"city": "广州"}
    assert lead.post(f"/customers/{id}", theirs).status == 303
    refused = owner.post(f"/customers/{id}", mine)
    assert refused.status == 409
    assert {"广州", "深圳"} <= set(refused.words.split())
    assert stored(app, id).city == "广州"
    again = refused.form(f"/customers/{id}") | {"keep-city": "theirs"}
    assert owner.post(f"/customers/{id}", again).status == 303
    kept = stored(app, id)
    assert (kept.city, kept.industry) == ("广州", "电子")


def test_a_form_without_a_version_overwrites_nothing(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    owner, lead = signed_in("sales1a"), signed_in("lead1")
    mine = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"city": "深圳"}
    theirs = lead.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"city": "广州"}
    assert lead.post(f"/customers/{id}", theirs).status == 303
    for version in ({}, {"version": ""}):
        sent = {name: value for name, value in mine.items() if name != "version"} | version
        refused = owner.post(f"/customers/{id}", sent)
        assert refused.status == 409 and {"广州", "深圳"} <= set(refused.words.split())
    assert stored(app, id).city == "广州"
    assert owner.post(f"/customers/{id}", refused.form(f"/customers/{id}")).status == 303
    moved = lead.post(f"/customers/{id}/owner", {"owner": "sales1b", "reason": "分工调整"})
    assert moved.status == 409


def test_what_was_not_sent_stays(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, city="深圳", tags=["月结"], tier="a")
    assert signed_in("sales1a").post(f"/customers/{id}", {"name": "新名", "kind": "company", "status": "active",
        "tier": "a", "intent": "none", "relationship_kind": "customer", "version": "1"}).status == 303  # fmt: skip
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        assert (customer.city, [tag.name for tag in customer.tags]) == ("深圳", ["月结"])


def test_unknown_fields_are_not_bound(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    before = stored(app, id)
    owner = signed_in("sales1a")
    form = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}")
    owner.post(
        f"/customers/{id}", form | {"owner_id": "1", "created_at": "2000-01-01", "number": "X", "id": "9"}
    )
    after = stored(app, id)
    assert (after.owner_id, after.number, after.created_at) == (
        before.owner_id,
        before.number,
        before.created_at,
    )


@pytest.mark.parametrize("field", ["name", "note", "city", "tags"])
def test_absurd_lengths_are_refused_with_what_was_typed(app: Flask, signed_in: SignedIn, field: str) -> None:
    owner = signed_in("sales1a")
    form = owner.get("/customers/new").form("/customers") | {"name": "好"} | {field: "长" * 6_000}
    answer = owner.post("/customers", form)
    assert answer.status == 422
    assert "长" * 6_000 in answer.text
    with app.app_context():
        assert db.session.query(Customer).count() == 0


def test_a_colliding_new_record_tells_team_and_status_only(app: Flask, signed_in: SignedIn) -> None:
    made(app, phone="13912346688", owner="sales1a")
    stranger = signed_in("sales2a")
    form = stranger.get("/customers/new").form("/customers") | {
        "name": "华兴科技 （有限公司）",
        "phone": "+86 13912346688",
    }
    answer = stranger.post("/customers", form)
    assert answer.status == 409
    assert "销售一部" in answer.words
    assert "李雷" not in answer.words
    assert stranger.post("/customers", answer.form("/customers") | {"create_anyway": "y"}).status == 303


@pytest.mark.parametrize("nothing", ["   ", "\u200b", "\t\n"])
def test_spaces_say_nothing(app: Flask, signed_in: SignedIn, nothing: str) -> None:
    id = made(app, "华兴", phone="13912346688")
    owner, service = signed_in("sales1a"), signed_in("service1")
    new = owner.get("/customers/new").form("/customers") | {"name": nothing, "note": "kept"}
    edit = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"name": nothing, "note": "kept"}
    for answer in (owner.post("/customers", new), owner.post(f"/customers/{id}", edit)):
        assert (answer.status, "kept" in answer.text) == (422, True)
    with app.app_context():
        point = db.session.get_one(Customer, id).points[0].id
    shown = service.post(f"/customers/{id}/points/{point}/reveal", {"reason": nothing})
    assert (shown.status, "13912346688" in shown.text) == (422, False)


def test_a_wrong_number_is_told_beside_its_field(app: Flask, signed_in: SignedIn) -> None:
    owner = signed_in("sales1a")
    form = owner.get("/customers/new").form("/customers") | {
        "name": "新",
        "person_name": "王敏",
        "phone": "abc",
    }
    answer = owner.post("/customers", form)
    assert answer.status == 422
    assert answer.one("input[name=phone]")["aria-invalid"] == "true"


@pytest.mark.parametrize("day", ["2026-11-19", "1899-12-31"])
def test_a_birthday_that_cannot_be_is_told_beside_its_field(
    app: Flask, signed_in: SignedIn, day: str
) -> None:
    id, owner = made(app), signed_in("sales1a")
    new = owner.get("/customers/new").form("/customers") | {"name": "新", "birthday": day}
    edit = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"birthday": day}
    for answer in (owner.post("/customers", new), owner.post(f"/customers/{id}", edit)):
        assert answer.status == 422
        assert answer.one("input[name=birthday]")["aria-invalid"] == "true"
    assert stored(app, id).birthday is None
    assert owner.post(f"/customers/{id}", edit | {"birthday": "2026-11-18"}).status == 303


def test_nobody_owns_who_sees_no_customers(app: Flask, signed_in: SignedIn) -> None:
    id = made(app)
    manager = signed_in("manager")
    for name in ("admin", "finance"):
        form = manager.get(f"/customers/{id}/owner").form(f"/customers/{id}/owner")
        sent = manager.post(f"/customers/{id}/owner", form | {"owner": name, "reason": "因为"})
        assert sent.status in (403, 422)
        with app.app_context():
            assert db.session.get_one(Customer, id).owner_id == the_user("sales1a").id


def test_collisions_tell_no_more_than_the_look_ups_of_a_day(app: Flask, signed_in: SignedIn) -> None:
    id = made(app, owner="sales1a")
    stranger, owner = signed_in("sales2a"), signed_in("sales1a")
    form = stranger.get("/customers/new").form("/customers") | {"name": "华兴科技有限公司"}
    told = ["销售一部" in stranger.post("/customers", form).words for _turn in range(rules.LOOKUPS_A_DAY + 2)]
    assert told == [True] * rules.LOOKUPS_A_DAY + [False] * 2
    answer = stranger.post("/customers", form)
    assert (answer.status, f'href="/customers/{id}"' in answer.text) == (409, False)
    assert stranger.post("/lookup", {"q": "华兴科技有限公司"}).status == 422
    assert stranger.post("/customers", answer.form("/customers") | {"create_anyway": "y"}).status == 303
    own = owner.post(
        "/customers", owner.get("/customers/new").form("/customers") | {"name": "华兴科技有限公司"}
    )
    assert f'href="/customers/{id}"' in own.text


@pytest.mark.parametrize("version", ["-1", str(2**31), "9" * 30, "x"])
def test_a_version_that_cannot_be_counts_as_none(app: Flask, signed_in: SignedIn, version: str) -> None:
    id = made(app)
    owner = signed_in("sales1a")
    form = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"name": "新名", "version": version}
    for wrong, status in ({"tier": "x"}, 422), ({}, 409):
        answer = owner.post(f"/customers/{id}", form | wrong)
        assert answer.status == status
        assert stored(app, id).name != "新名"
    assert owner.post(f"/customers/{id}", answer.form(f"/customers/{id}")).status == 303
    assert stored(app, id).name == "新名"


def test_an_owner_elsewhere_is_refused_and_nothing_changes(app: Flask, signed_in: SignedIn) -> None:
    employee = signed_in("sales1a")
    form = employee.get("/customers/new").form("/customers") | {"name": "塞给别人", "owner": "sales2a"}
    assert employee.post("/customers", form).status == 422
    with app.app_context():
        assert db.session.query(Customer).count() == 0


def test_a_form_ahead_of_its_record_is_told_without_a_name(app: Flask, signed_in: SignedIn) -> None:
    owner, id = signed_in("sales1a"), made(app)
    sent = owner.get(f"/customers/{id}/edit").form(f"/customers/{id}") | {"city": "深圳", "version": "99"}
    page = owner.post(f"/customers/{id}", sent)
    assert page.status == 409
    assert "内容已被他人修改。" in page.words and "—" not in page.one(".note-amber").text
    assert not page.soup.select(".conflict")
