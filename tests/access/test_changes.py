"""A change set: who may read it, what it shows of what, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import Customer, Tag
from blueprints.office.models import WorkingCalendar
from core import changes, clock
from core.db import Model, db
from core.parts import words_of
from core.settings import SettingValue
from core.tracked import Tracked, recorded_columns, root_table_of
from tests.access.trails import a_file, a_move, an_update, by, last_id
from tests.company import a_customer, the_user
from tests.conftest import NOW
from tests.interactions.contacts import a_contact
from tests.pages import Client, Page
from tests.statements import Counter, statements  # noqa: F401
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]


def cells(page: Page) -> list[list[str]]:
    """The texts of all rows of the page's tables."""
    return [
        [" ".join(c.get_text(" ").split()) for c in row.select("th, td")]
        for row in page.soup.select("tbody tr")
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sales1a", 200), ("lead1", 200), ("leader", 200), ("manager", 200), ("auditor", 200), ("service1", 200),
        ("assistant1", 200), ("admin", 200), ("sales1b", 404), ("lead2", 404), ("finance", 404),
    ],
)  # fmt: skip
@pytest.mark.both_databases
def test_it_is_open_to_whoever_may_see_the_record_or_reads_the_trail(
    app: Flask, signed_in: SignedIn, who: str, status: int
) -> None:
    id = an_update(app, a_file(app), city="深圳")
    assert signed_in(who).get(f"/changes/{id}").status == status


def test_it_says_who_when_why_and_what_was_before_and_after(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, city="广州", tier="b")
    id = an_update(app, customer, by_whom="sales1a", city="深圳", tier="a", at_risk=True)
    page = signed_in("sales1a").get(f"/changes/{id}")
    assert "李雷" in page.words and page.soup.select(f'a[href="/customers/{customer}"]')
    rows = cells(page)
    assert any(row[1:] == ["广州", "深圳"] for row in rows)
    assert len([row for row in rows if "b" in row or "a" in row]) == 0, "stored codes are shown in words"


def test_people_and_teams_are_named(app: Flask, signed_in: SignedIn) -> None:
    id = a_move(app, [a_file(app)], "sales2a")
    page = signed_in("manager").get(f"/changes/{id}")
    assert any(row[1:] == ["李雷", "韩雪"] for row in cells(page))
    assert any(row[1:] == ["销售一部", "销售二部"] for row in cells(page))
    assert "区域调整" in page.words


def test_parts_say_what_they_are(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, tags=["VIP"], helpers={"sales1b": True})

    def rework(_viewer: object) -> None:
        record = db.session.get_one(Customer, customer)
        actions.update(record, {"tags": ["展会"]})
        actions.set_helpers(record, {})

    words = signed_in("manager").get(f"/changes/{by(app, 'manager', rework)}").words
    for word in ("VIP", "展会", "吴桐"):
        assert word in words


@pytest.mark.both_databases
def test_a_tag_that_is_no_more_is_called_what_it_was(
    app: Flask,
    signed_in: SignedIn,
    statements: Counter,  # noqa: F811
) -> None:
    manager, asked = signed_in("manager"), []
    for tags in (["老客户"], ["展会", "月结", "重点"]):
        customer = a_file(app)
        id = an_update(app, customer, tags=tags)
        assert manager.post(f"/changes/{id}/undo").status == 303
        with app.app_context():
            assert not db.session.query(Tag).all()
        for path in (f"/changes/{id}", f"/customers/{customer}/history"):
            with statements() as counted:
                words = manager.get(path).words
            assert all(f"标签：{tag}" in words for tag in tags) and "#" not in words, path
            asked.append(len(counted))
    assert asked[:2] == asked[2:]


def test_fields_in_one_line_are_set_apart_once(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_contact(a_customer(), summary="样品已收到。", feedback="价格高", mood="calm")
        id = last_id()
    words = signed_in("manager").get(f"/changes/{id}").words
    assert "样品已收到。客户反馈" in words and "价格高；" in words and "。；" not in words


def test_records_out_of_sight_are_only_counted(app: Flask, signed_in: SignedIn) -> None:
    mine, others = a_file(app, "我的客户"), a_file(app, "别人的客户", owner="sales2a")
    id = a_move(app, [mine, others], "lead1")
    page = signed_in("lead1").get(f"/changes/{id}")
    assert "我的客户" in page.words and "别人的客户" in page.words
    with app.app_context():
        changes.record("customer.assigned")
        db.session.get_one(Customer, others).owner_id = the_user("sales2a").id
        db.session.get_one(Customer, others).team_id = the_user("sales2a").memberships[0].team_id
        db.session.commit()
    page = signed_in("lead1").get(f"/changes/{id}")
    assert "别人的客户" not in page.text and "1" in page.one("#hidden").get_text()


def test_the_administrator_sees_the_fact_and_no_customer(app: Flask, signed_in: SignedIn) -> None:
    id = an_update(app, a_file(app, "华兴科技有限公司", short_name="华兴"), city="深圳", note="密")
    page = signed_in("admin").get(f"/changes/{id}")
    assert page.status == 200 and page.one("#hidden")
    for canary in ("华兴", "深圳", "密", "KH000001"):
        assert canary not in page.text


@pytest.mark.parametrize(
    ("who", "clear"), [("sales1a", True), ("lead1", True), ("auditor", False), ("service1", False)]
)
def test_numbers_are_masked_for_whoever_may_not_see_them(
    app: Flask, signed_in: SignedIn, who: str, clear: bool
) -> None:
    customer = a_file(app, phone="13912345678")

    def rework(_viewer: object) -> None:
        record = db.session.get_one(Customer, customer)
        actions.change_point(record, record.points[0], {"value": "13987654321"})
        actions.add_point(record, "wm.long@example.com", kind="email")
        actions.update(record, {"birthday": NOW.date()})

    id = by(app, "manager", rework)
    text = signed_in(who).get(f"/changes/{id}").text
    for secret in ("13912345678", "13987654321", "wm.long@example.com", "2026年11月18日"):
        assert (secret in text) is clear, secret
    if not clear:
        assert "139 **** 5678" in text and "139 **** 4321" in text


def test_a_number_stays_masked_after_its_row_is_gone(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, phone="13912345678")

    def take_off(_viewer: object) -> None:
        record = db.session.get_one(Customer, customer)
        actions.remove_point(record, record.points[0])

    page = signed_in("auditor").get(f"/changes/{by(app, 'manager', take_off)}")
    assert "13912345678" not in page.text and "139 **** 5678" in page.text


def test_its_author_reads_it_as_long_as_a_record_is_in_sight(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    id = an_update(app, customer, by_whom="sales1a", city="深圳")
    client = signed_in("sales1a")
    assert client.get(f"/changes/{id}").status == 200
    a_move(app, [customer], "sales2a")
    assert client.get(f"/changes/{id}").status == 404


def test_what_is_in_the_bin_has_no_link(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    id = by(app, "manager", lambda v: actions.put_into_bin(db.session.get_one(Customer, customer), by=v))
    page = signed_in("manager").get(f"/changes/{id}")
    assert page.status == 200 and not page.soup.select(f'main a[href="/customers/{customer}"]')


def test_text_from_people_is_text(app: Flask, signed_in: SignedIn) -> None:
    payload = '"><img src=x onerror=alert(1)>'
    id = an_update(app, a_file(app), city=payload)
    page = signed_in("manager").get(f"/changes/{id}")
    assert payload in page.words and not page.soup.select("main img")


@pytest.mark.parametrize("path", ["/changes/0", "/changes/999999", "/changes/99999999999999999999"])
def test_an_unknown_set_is_not_found(signed_in: SignedIn, path: str) -> None:
    assert signed_in("manager").get(path).status == 404


def at_risk(ids: list[int], _viewer: object) -> None:
    changes.record("customer.bulk_changed")
    changes.bulk_update(Customer, Customer.id.in_(ids), {"at_risk": True})


@pytest.mark.both_databases
def test_the_number_of_statements_does_not_depend_on_the_records(
    app: Flask,
    signed_in: SignedIn,
    statements: Counter,  # noqa: F811
) -> None:
    client = signed_in("manager")
    client.get("/me")
    sent = []
    for n in (2, 45):
        with app.app_context():
            ids = [a_customer(f"客户{n}-{i}", phone=f"1391{n:02d}{i:05d}").id for i in range(n)]
        id = by(app, "manager", partial(at_risk, ids))
        with statements() as found:
            assert client.get(f"/changes/{id}").status == 200
        sent.append(len(found))
    assert sent[0] == sent[1] <= 30


def test_a_large_set_is_shown_page_by_page(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        ids = [a_customer(f"客户{i:02d}").id for i in range(60)]
    client, seen = signed_in("manager"), []
    address = f"/changes/{a_move(app, ids, 'sales2a')}"
    while address:
        page = client.get(address)
        seen += [a["href"] for a in page.soup.select('main .section-head a[href^="/customers/"]')]
        following = page.soup.select('a[rel="next"]')
        address = str(following[0]["href"]) if following else ""
    assert sorted(seen) == sorted(f"/customers/{id}" for id in ids)


# --- taking back


@pytest.mark.both_databases
def test_a_set_is_taken_back_and_the_undo_is_a_set_itself(app: Flask, signed_in: SignedIn) -> None:
    ids = [a_file(app, f"客户{n}") for n in range(3)]
    id = a_move(app, ids, "sales2a")
    client = signed_in("manager")
    answer = client.post(f"/changes/{id}/undo")
    with app.app_context():
        undone = last_id()
        assert {db.session.get_one(Customer, i).owner.username for i in ids} == {"sales1a"}
    assert (answer.status, answer.response.headers["Location"]) == (303, f"/changes/{undone}")
    page = client.get(f"/changes/{undone}")
    assert page.soup.select(f'a[href="/changes/{id}"]')
    assert client.get(f"/changes/{id}").soup.select(f'a[href="/changes/{undone}"]')
    assert client.post(f"/changes/{undone}/undo").status == 303
    with app.app_context():
        assert {db.session.get_one(Customer, i).owner.username for i in ids} == {"sales2a"}


@pytest.mark.parametrize(
    ("who", "status"),
    [("sales1a", 403), ("auditor", 403), ("service1", 403), ("admin", 403), ("sales1b", 404), ("lead2", 404)],
)
def test_who_may_not_take_it_back_changes_nothing(
    app: Flask, signed_in: SignedIn, who: str, status: int
) -> None:
    customer = a_file(app)
    id = by(
        app, "manager",
        lambda v: actions.assign(db.session.get_one(Customer, customer), the_user("sales1a"), by=v, reason="x")
        or actions.update(db.session.get_one(Customer, customer), {"city": "深圳"}),
    )  # fmt: skip
    client = signed_in(who)
    token = client.token()
    before = snapshot(app)
    assert client.post(f"/changes/{id}/undo", {"csrf_token": token}).status == status
    assert difference(before, snapshot(app)) == ""


def test_the_button_is_there_for_whoever_may(app: Flask, signed_in: SignedIn) -> None:
    id = an_update(app, a_file(app), city="深圳")
    for who, offered in (("manager", True), ("sales1a", True), ("auditor", False), ("service1", False)):
        page = signed_in(who).get(f"/changes/{id}")
        assert bool(page.soup.select(f'form[action="/changes/{id}/undo"]')) is offered, who


def test_after_thirty_days_it_is_too_late(app: Flask, signed_in: SignedIn) -> None:
    id = an_update(app, a_file(app), city="深圳")
    with clock.frozen(NOW + timedelta(days=30, minutes=1)):
        client = signed_in("manager")
        assert not client.get(f"/changes/{id}").soup.select(f'form[action="/changes/{id}/undo"]')
        assert client.post(f"/changes/{id}/undo").status == 422


def test_making_a_file_is_taken_back_only_by_whoever_may_delete_it(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("新客户", by="sales1a")
        own = last_id()
        a_customer("给李雷的客户")
        given = last_id()
    with clock.frozen(NOW + timedelta(hours=25)):
        late = signed_in("sales1a").post(f"/changes/{own}/undo")
    assert late.status == 422
    assert signed_in("sales1a").post(f"/changes/{given}/undo").status == 422
    assert signed_in("lead1").post(f"/changes/{given}/undo").status == 303
    assert signed_in("sales1a").post(f"/changes/{own}/undo").status == 303


def in_conflict(app: Flask) -> tuple[int, int, int]:
    """Two customers moved in bulk, then one of them moved on by lead1."""
    one, two = a_file(app, "客户一"), a_file(app, "客户二")
    id = a_move(app, [one, two], "sales1b")
    by(
        app, "lead1",
        lambda v: actions.assign(db.session.get_one(Customer, one), the_user("lead1"), by=v, reason="熟客"),
    )  # fmt: skip
    return id, one, two


@pytest.mark.both_databases
def test_later_edits_are_shown_and_asked_about(app: Flask, signed_in: SignedIn) -> None:
    id, _one, _two = in_conflict(app)
    client = signed_in("manager")
    token = client.token()
    before = snapshot(app)
    page = client.post(f"/changes/{id}/undo", {"csrf_token": token})
    assert page.status == 409 and difference(before, snapshot(app)) == ""
    [row] = cells(page)
    assert row[0].startswith("客户一") and row[1:4] == ["李雷", "吴桐", "周正"] and "周正" in row[4]
    assert len(page.soup.select('input[name="overwrite"]')) == 1


def test_what_is_not_ticked_stays(app: Flask, signed_in: SignedIn) -> None:
    id, one, two = in_conflict(app)
    assert signed_in("manager").post(f"/changes/{id}/undo", {"decided": "1"}).status == 303
    with app.app_context():
        assert db.session.get_one(Customer, one).owner.username == "lead1"
        assert db.session.get_one(Customer, two).owner.username == "sales1a"


def test_what_is_ticked_is_taken_back_too(app: Flask, signed_in: SignedIn) -> None:
    id, one, two = in_conflict(app)
    client = signed_in("manager")
    page = client.post(f"/changes/{id}/undo")
    ticked = [box["value"] for box in page.soup.select('input[name="overwrite"]')]
    assert client.post(f"/changes/{id}/undo", {"decided": "1", "overwrite": ticked}).status == 303
    with app.app_context():
        assert {db.session.get_one(Customer, i).owner.username for i in (one, two)} == {"sales1a"}


def test_numbers_in_a_conflict_are_masked_too(app: Flask, signed_in: SignedIn) -> None:
    """The service desk may change contact points of all customers, and sees no number in clear."""
    customer = a_file(app, phone="13912345678")

    def to(number: str) -> Callable[[object], None]:
        def change(_viewer: object) -> None:
            record = db.session.get_one(Customer, customer)
            actions.change_point(record, record.points[0], {"value": number})

        return change

    id = by(app, "sales1a", to("13987654321"))
    by(app, "sales1a", to("13955556666"))
    page = signed_in("manager").post(f"/changes/{id}/undo")
    assert page.status == 409 and "13955556666" in page.text
    assert signed_in("service1").post(f"/changes/{id}/undo").status == 403


def test_what_cannot_be_put_back_is_said(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, helpers={"sales1b": False})

    def help_with(wanted: dict[str, bool]) -> Callable[[object], None]:
        def change(_viewer: object) -> None:
            helpers = {the_user(name).id: may for name, may in wanted.items()}
            actions.set_helpers(db.session.get_one(Customer, customer), helpers)

        return change

    removed = by(app, "manager", help_with({}))
    by(app, "manager", help_with({"sales1b": True}))
    client = signed_in("manager")
    token = client.token()
    before = snapshot(app)
    assert client.post(f"/changes/{removed}/undo", {"csrf_token": token}).status == 422
    assert difference(before, snapshot(app)) == ""


# --- words


def test_every_recorded_column_has_words_or_is_technical(app: Flask) -> None:
    technical = {
        "created_at", "number", "username", "code", "builtin", "position", "shadow", "calendar_id", "customer_id",
        "name_key", "stored_as", "made_by_id", "done_by_id", "team_id", "on_day", "counts", "late", "deleted_by_id",
        "note_id", "record_table", "field_id", "file_id", "product_id", "purchase_id", "returns_id", "part",
        "approval_id", "payload", "record_id", "at", "number_hash",
    }  # fmt: skip
    for mapper in Model.registry.mappers:
        if not issubclass(mapper.class_, Tracked):
            continue
        model = mapper.class_
        words = words_of(model.__tablename__, root_table_of(model) or "")
        titled = {SettingValue: {"name"}, WorkingCalendar: {"slug"}}.get(model, set())
        if words.label == model.__tablename__:
            assert model.__tablename__ in {"tags", "team_calendars"}, f"no words for {model.__tablename__}"
            continue
        missing = (
            {c.name for c in recorded_columns(model)}
            - set(words.field_labels)
            - titled
            - technical
            - {model.root_column}
        )
        assert not missing, f"{model.__tablename__}: {sorted(missing)}"
