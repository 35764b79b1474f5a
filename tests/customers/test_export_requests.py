"""Asking for an export: who may, who decides, and that a yes lets just these customers be taken, and once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from blueprints.access.models import Role, RoleGrant, UserRole
from blueprints.customers import actions, erasing, export_requests
from blueprints.customers.models import Customer
from blueprints.customers.requested import ExportRequest
from blueprints.office.models import Approval
from core import changes, clock, schema, settings, uploads
from core.db import db
from core.journal import JournalEntry
from core.notifications import Notification
from core.settings import SettingValue
from tests.company import a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.customers.keeping import acted
from tests.pages import Client, Page

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
AT = "/customers/export/requests"
PHONE = "13800112233"


@pytest.fixture
def three(app: Flask) -> list[int]:
    """Two customers of the team of lead1, and one of another."""
    with app.app_context():
        return [
            a_customer("甲公司", owner="sales1a", phone=PHONE).id,
            a_customer("乙公司", owner="sales1b").id,
            a_customer("丙公司", owner="sales2a").id,
        ]


def asked(client: Client, query: str = "", **fields: str) -> Page:
    path = f"{AT}{query}"
    sent = {**client.get(path).form(path), "reason": "展会邀请名单", **fields}
    return client.post(path, sent)


def made(client: Client, query: str = "", **fields: str) -> tuple[int, int]:
    """Ids of a request and of its export."""
    answer = asked(client, query, **fields)
    assert answer.status == 303, answer.words
    id = int(str(answer.response.location).rpartition("/")[2])
    with client.http.application.app_context():
        return id, db.session.get_one(Approval, id).record_id


def taken(client: Client, export: int) -> list[str]:
    """The names in the file."""
    return [row["名称"] for row in rows_of(client, export)]


def rows_of(client: Client, export: int) -> list[dict[str, str]]:
    answer = client.post(f"{AT}/{export}/file", {})
    assert answer.status == 200, answer.words
    text = answer.response.get_data().decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["类型"]]


def test_a_list_is_asked_for_approved_and_taken_once(
    app: Flask, signed_in: SignedIn, three: list[int]
) -> None:
    lead, manager = signed_in("lead1"), signed_in("manager")
    assert lead.get("/customers/export?sort=name").response.location == f"{AT}?sort=name"
    assert lead.get("/customers").soup.select_one('a[href*="/customers/export"]')
    id, export = made(lead, "?owner=sales1a&q=甲")
    page = manager.get(f"/approvals/{id}")
    assert {"展会邀请名单", "1", "脱敏"} <= set(page.one("#request").stripped_strings)
    assert "李雷" in page.words and "甲" in page.words
    assert lead.post(f"{AT}/{export}/file", {}).status == 409
    assert manager.post(f"/approvals/{id}/approval", {}).status == 303
    assert f"{AT}/{export}" in str(lead.get(f"/approvals/{id}").soup)
    assert lead.get(f"{AT}/{export}").form(f"{AT}/{export}/file")
    assert taken(lead, export) == ["甲公司"]
    with app.app_context():
        [note] = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "exported"))
        assert note.user_id == the_user("lead1").id
        assert note.details["rows"] == 1 and note.details["approved_by"] == "陈岚"
        told = select(Notification).where(Notification.recipient_id == the_user("lead1").id)
        assert [row.facts["event"] for row in db.session.scalars(told)] == ["decided"]


@pytest.mark.parametrize(("numbers", "phone"), [("masked", "138****2233"), ("clear", PHONE)])
def test_numbers_stay_masked_unless_they_were_asked_for(
    signed_in: SignedIn, three: list[int], numbers: str, phone: str
) -> None:
    lead = signed_in("lead1")
    id, export = made(lead, "?owner=sales1a", numbers=numbers)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    assert [row["客户自有手机"].replace(" ", "") for row in rows_of(lead, export)] == [phone]


def test_numbers_that_one_does_not_see_stay_masked_whatever_was_approved(
    app: Flask, signed_in: SignedIn, three: list[int]
) -> None:
    lead = signed_in("lead1")
    id, export = made(lead, "?owner=sales1a", numbers="clear")
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    with app.app_context():
        clears = RoleGrant.right == "customers:clear", Role.code == "lead"
        cell = db.session.scalars(
            select(RoleGrant).join(Role, Role.id == RoleGrant.role_id).where(*clears)
        ).one()
        changes.record("role.updated")
        db.session.delete(cell)
        db.session.commit()
    assert PHONE not in rows_of(lead, export)[0]["客户自有手机"].replace(" ", "")


def test_a_file_holds_what_was_asked_for_as_far_as_one_still_sees_it(
    app: Flask, signed_in: SignedIn, three: list[int]
) -> None:
    lead = signed_in("lead1")
    id, export = made(lead)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    with app.app_context():
        a_customer("丁公司", owner="sales1a")
        gone = db.session.get_one(Customer, three[1])
        with changes.acting(changes.Actor(the_user("manager").id, "x", "web")):
            changes.record("customer.assigned")
            gone.owner_id = the_user("sales2a").id
            gone.team_id = db.session.get_one(Customer, three[2]).team_id
            db.session.commit()
    assert taken(lead, export) == ["甲公司"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sales1a", 403),
        ("assistant1", 403),
        ("service1", 403),
        ("auditor", 403),
        ("admin", 403),
        ("manager", 403),
    ],
)
def test_only_those_ask_who_may_ask(signed_in: SignedIn, three: list[int], who: str, status: int) -> None:
    assert signed_in(who).post(AT, {"reason": "x", "format": "csv", "numbers": "masked"}).status == status


def test_an_export_is_only_for_whoever_asked(signed_in: SignedIn, three: list[int]) -> None:
    id, export = made(signed_in("lead1"))
    manager = signed_in("manager")
    manager.post(f"/approvals/{id}/approval", {})
    for other in (manager, signed_in("lead2")):
        assert other.get(f"{AT}/{export}").status == 404
        assert other.post(f"{AT}/{export}/file", {}).status == 404
    assert signed_in("lead2").get(f"/approvals/{id}").status == 404


def test_the_same_file_is_fetched_again_for_an_hour_but_no_other(
    app: Flask, signed_in: SignedIn, three: list[int]
) -> None:
    lead = signed_in("lead1")
    id, export = made(lead, "?owner=sales1a")
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    first = lead.post(f"{AT}/{export}/file", {}).response.get_data()
    with app.app_context():
        customer = db.session.scalars(select(Customer).where(Customer.name == "甲公司")).one()
        by = the_viewer("manager")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            actions.update(customer, {"name": "改名公司"})
            db.session.commit()
    with clock.frozen(NOW + timedelta(minutes=59)):
        page = lead.get(f"{AT}/{export}")
        assert page.form(f"{AT}/{export}/file") and "同一文件" in page.words
        again = lead.post(f"{AT}/{export}/file", {})
        assert again.status == 200 and again.response.get_data() == first
        assert "customers-20261118.csv" in again.response.headers["Content-Disposition"]
        assert lead.get(f"/approvals/{id}").soup.select(f'a[href="{AT}/{export}"]')
    with app.app_context():
        wanted = select(JournalEntry).where(JournalEntry.kind.in_(("exported", "exported_again")))
        entries = db.session.scalars(wanted.order_by(JournalEntry.id)).all()
        assert [(entry.kind, entry.details["approved_by"]) for entry in entries] == [
            ("exported", "陈岚"), ("exported_again", "陈岚"),
        ]  # fmt: skip
        kept = uploads.path_of(db.session.get_one(ExportRequest, export).file or "")
        assert kept.is_file()
    with clock.frozen(NOW + timedelta(hours=1)):
        assert lead.post(f"{AT}/{export}/file", {}).status == 409
        assert not lead.get(f"/approvals/{id}").soup.select(f'a[href="{AT}/{export}"]')
        with app.app_context():
            export_requests.drop_old()
            db.session.commit()
            assert not kept.exists() and db.session.get_one(ExportRequest, export).file is None


def test_an_erasure_takes_the_kept_file_along(app: Flask, signed_in: SignedIn, three: list[int]) -> None:
    lead = signed_in("lead1")
    id, export = made(lead, "?owner=sales1a")
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    assert taken(lead, export)
    with app.app_context():
        kept = uploads.path_of(db.session.get_one(ExportRequest, export).file or "")
        acted(erasing.erase, [three[0]], ground="asked")
        assert not kept.exists()
    assert lead.post(f"{AT}/{export}/file", {}).status == 409


def test_a_file_is_not_fetched_again_when_the_week_is_over(signed_in: SignedIn, three: list[int]) -> None:
    lead = signed_in("lead1")
    id, export = made(lead)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    with clock.frozen(NOW + timedelta(days=7) - timedelta(minutes=1)):
        lead = signed_in("lead1")
        assert taken(lead, export)
    with clock.frozen(NOW + timedelta(days=7)):
        assert lead.post(f"{AT}/{export}/file", {}).status == 409


def test_a_yes_holds_for_a_week(signed_in: SignedIn, three: list[int]) -> None:
    lead = signed_in("lead1")
    id, export = made(lead)
    signed_in("manager").post(f"/approvals/{id}/approval", {})
    with clock.frozen(NOW + timedelta(days=7)):
        lead = signed_in("lead1")
        assert not lead.get(f"{AT}/{export}").soup.select(f'form[action="{AT}/{export}/file"]')
        assert lead.post(f"{AT}/{export}/file", {}).status == 409


@pytest.mark.parametrize(
    ("fields", "query", "sentence"),
    [
        ({"reason": " "}, "", "reason"),
        ({"numbers": "all"}, "", "numbers"),
        ({}, "?q=没有这样的", "没有可导出的"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(
    app: Flask, signed_in: SignedIn, three: list[int], fields: dict[str, str], query: str, sentence: str
) -> None:
    answer = asked(signed_in("lead1"), query, **fields)
    assert answer.status == 422 and sentence in str(answer.soup)
    with app.app_context():
        assert not db.session.scalars(select(Approval)).all()
        assert not db.session.scalars(select(ExportRequest)).all()


def test_nobody_asks_for_more_than_the_setting_allows(
    app: Flask, signed_in: SignedIn, three: list[int]
) -> None:
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name="customers.export_asked_most", value={"value": 1}))
        db.session.commit()
        settings.forget()
    lead = signed_in("lead1")
    assert asked(lead).status == 422
    assert asked(lead, "?owner=sales1a").status == 303


def test_the_same_is_not_asked_for_twice(signed_in: SignedIn, three: list[int]) -> None:
    lead = signed_in("lead1")
    made(lead, "?owner=sales1a")
    assert asked(lead, "?owner=sales1a").status == 422
    assert asked(lead, "?owner=sales1b").status == 303


def test_whoever_decides_may_export_all_of_it(app: Flask, signed_in: SignedIn, three: list[int]) -> None:
    """The lead above holds the right by now, but a customer that the asker helps with is beyond their reach."""
    with app.app_context():
        role = db.session.scalars(select(Role).where(Role.code == "employee")).one()
        branch = Role(code="exporter", name_zh="导出", name_en="Exporter")
        changes.record("role.updated")
        db.session.add(branch)
        db.session.flush()
        db.session.add_all(
            [
                RoleGrant(role_id=role.id, right="customers:export", ask=True),
                RoleGrant(role_id=branch.id, right="customers:export", scope=3),
            ]
        )
        db.session.add(UserRole(user_id=the_user("lead1").id, role_id=branch.id))
        db.session.commit()
        other = db.session.get_one(Customer, three[2])
        with changes.acting(changes.Actor(the_user("manager").id, "x", "web")):
            actions.add_helper(other, the_user("sales1a").id)
            db.session.commit()
    sales, lead = signed_in("sales1a"), signed_in("lead1")
    own, _export = made(sales, "?owner=sales1a")
    assert lead.post(f"/approvals/{own}/approval", {}).status == 303
    both, _export = made(sales)
    answer = lead.post(f"/approvals/{both}/approval", {})
    assert answer.status == 422 and "你不能导出" in answer.words, answer.words


def test_down_and_up_again(app: Flask, signed_in: SignedIn, three: list[int]) -> None:
    """What was asked for goes with the table; no request is left that nobody could read."""
    made(signed_in("lead1"))
    with app.app_context():
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0024")
        assert not db.inspect(db.engine).has_table("export_requests")
        upgrade()
        assert schema.present() == schema.expected()
        assert not db.session.scalars(select(Approval)).all()
        db.session.rollback()
        db.engine.dispose()
