"""Past contacts from a file: their author and day, several of one customer, told why not, once, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.models import User
from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction, PlannedContact
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from tests.company import a_customer, the_viewer
from tests.customers import wizard
from tests.customers.wizard import counted, run, tried
from tests.pages import Client, Page
from tests.working import worked

SignedIn = Callable[[str], Client]
HEADER = "客户,沟通日期,沟通人,沟通方式,沟通内容,沟通结果\n"


def sent(client: Client, rows: str) -> Page:
    return wizard.sent(client, "/interactions/import", HEADER + rows)


def the_contacts() -> list[tuple[object, ...]]:
    rows = select(Interaction, User.username, Customer.name).join(User, Interaction.author_id == User.id)
    rows = rows.join(Customer, Customer.id == Interaction.customer_id).order_by(
        Interaction.on_day, Interaction.id
    )
    return [
        (name, i.on_day, who, i.channel, i.outcome, i.summary) for i, who, name in db.session.execute(rows)
    ]


@pytest.mark.both_databases
def test_contacts_come_in_with_author_and_day_and_are_taken_back(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        number = a_customer("华兴科技", tier="a").number
        db.session.scalars(select(User).where(User.username == "sales1b")).one().staff_number = "S-007"
        changes.record("user.updated")
        db.session.commit()
    client = signed_in("manager")
    rows = (
        f"{number},2026-03-01,sales1a,电话,谈了价格,已沟通\n华兴科技,2026-04-02,S-007,微信,发了资料,\n"
        f"{number},2026-04-02,S-007,微信,发了 资料,\n华兴科技,2026-05-03,,上门拜访,,拒绝\n"
    )
    page = tried(client, sent(client, rows))
    assert counted(page) == (3, 0, 1, 0, 0)
    with app.app_context():
        assert the_contacts() == []
    assert counted(run(client, page)) == (3, 0, 1, 0, 0)
    with app.app_context():
        assert the_contacts() == [
            ("华兴科技", date(2026, 3, 1), "sales1a", "phone", "reached", "谈了价格"),
            ("华兴科技", date(2026, 4, 2), "sales1b", "wechat", "reached", "发了资料"),
            ("华兴科技", date(2026, 5, 3), "manager", "visit", "refused", None),
        ]
        customer = db.session.scalars(select(Customer)).one()
        assert (customer.last_contact_on, customer.last_contact_channel) == (date(2026, 5, 3), "visit")
        assert {i.recorded_by.username for i in db.session.scalars(select(Interaction))} == {"manager"}
    assert counted(tried(client, sent(client, rows))) == (0, 0, 4, 0, 0), "the same file twice"
    with app.app_context():
        last = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == "interaction.imported").order_by(ChangeSet.id.desc())
        ).first()
        by = the_viewer("manager")
        assert last is not None
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(last, by)
            db.session.commit()
        assert the_contacts() == []
        assert db.session.scalars(select(Customer.last_contact_on)).one() is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("华兴科技,2026-12-31,,电话,,", "2026-12-31"),
        ("华兴科技,1950-01-01,,电话,,", "1950-01-01"),
        ("华兴科技,03/05/2026,,电话,,", "03/05/2026"),
        ("华兴科技,,,电话,,", "日期"),
        ("华兴科技,2026-03-01,,,,", "方式"),
        ("华兴科技,2026-03-01,,鸽子,,", "鸽子"),
        ("华兴科技,2026-03-01,,上门拜访,,关机", ""),
        ("华兴科技,2026-03-01,无名氏,电话,,", "无名氏"),
        ("华兴科技,2026-03-01,同名,电话,,", "同名"),
        ("无此客户,2026-03-01,,电话,,", "客户"),
        ("双胞胎,2026-03-01,,电话,,", "客户"),
    ],
)
def test_what_is_not_taken_is_told(app: Flask, signed_in: SignedIn, row: str, reason: str) -> None:
    with app.app_context():
        a_customer("华兴科技")
        a_customer("双胞胎", phone="13900000001")
        a_customer("双胞胎", phone="13900000002")
        changes.record("user.updated")
        for username in ("sales1b", "sales2a"):
            db.session.scalars(select(User).where(User.username == username)).one().name = "同名"
        db.session.commit()
    client = signed_in("manager")
    page = tried(client, sent(client, f"{row}\n华兴科技,2026-03-01,,电话,好,\n"))
    assert counted(page) == (1, 0, 0, 0, 1)
    assert reason in page.words


@pytest.mark.parametrize("who", ["sales1a", "lead1", "admin", "auditor", "assistant1"])
def test_the_others_import_no_contacts(signed_in: SignedIn, who: str) -> None:
    assert signed_in(who).get("/interactions/import").status == 403


def test_a_first_contact_that_was_planned_falls_away(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer("华兴科技")
        changes.record("plan.made")
        db.session.add(
            PlannedContact(customer_id=customer.id, on_day=date(2026, 12, 1), purpose="first_contact")
        )
        db.session.commit()
    client = signed_in("manager")
    run(client, tried(client, sent(client, "华兴科技,2026-11-01,,电话,,\n")))
    with app.app_context():
        assert db.session.scalars(select(PlannedContact.state)).all() == ["replaced"]


@pytest.mark.both_databases
def test_many_rows_come_in_behind_the_page(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        for n in range(3):
            a_customer(f"客户{n}")
    client = signed_in("manager")
    rows = "".join(f"客户{n % 3},2026-0{1 + n % 9}-01,,电话,第{n}次,\n" for n in range(2_050))
    rows += "客户0,2026-01-01,,电话,第0次,\n无此客户,2026-01-01,,电话,,\n"
    page = sent(client, rows)
    at = str(page.one('form[action$="/columns"]')["action"]).removesuffix("/columns")
    tried(client, page)
    worked(app)
    page = client.get(at)
    assert counted(page) == (2_050, 0, 1, 0, 1)
    run(client, page)
    worked(app)
    page = client.get(at)
    assert counted(page) == (2_050, 0, 1, 0, 1)
    with app.app_context():
        assert db.session.scalar(select(db.func.count()).select_from(Interaction)) == 2_050
    refused = client.http.get(f"{at}/refused.csv").get_data(as_text=True)
    assert refused.count("\n") == 2 and "无此客户" in refused


LIST = "客户编号,客户名称,手机,沟通日期,沟通人,沟通方式,沟通内容\n"


@pytest.mark.both_databases
def test_a_list_of_customers_brings_contacts_along(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        number = a_customer("华兴科技", owner="sales1a").number
    client = signed_in("manager")
    rows = (
        f"{number},华兴科技,,2026-03-01,sales1a,电话,一\n{number},华兴科技,,2026-03-02,sales1b,微信,二\n"
        "X1,瑞丰贸易,13800138000,2026-04-02,,电话,三\nX1,瑞丰贸易,,2026-05-02,,电话,四\nX2,新客户,,,,,\n"
        "X3,坏行,,2026-05-02,无名氏,电话,五\nX4,坏行二,,2026-05-02,,,六\n"
    )
    page = tried(client, wizard.sent(client, "/customers/import", LIST + rows))
    assert counted(page) == (2, 3, 0, 0, 2), page.words
    assert counted(run(client, page)) == (2, 3, 0, 0, 2)
    with app.app_context():
        assert [(c[0], c[2], c[5]) for c in the_contacts()] == [
            ("华兴科技", "sales1a", "一"), ("华兴科技", "sales1b", "二"),
            ("瑞丰贸易", "manager", "三"), ("瑞丰贸易", "manager", "四"),
        ]  # fmt: skip
        last = dict(db.session.execute(select(Customer.name, Customer.last_contact_on)).all())
        assert last == {"华兴科技": date(2026, 3, 2), "瑞丰贸易": date(2026, 5, 2), "新客户": None}
    again = tried(client, wizard.sent(client, "/customers/import", LIST + rows))
    assert counted(again) == (0, 0, 5, 0, 2)
    with app.app_context():
        last_set = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == "customer.imported").order_by(ChangeSet.id.desc())
        ).first()
        by = the_viewer("manager")
        assert last_set is not None
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            undo.undo(last_set, by)
            db.session.commit()
        assert the_contacts() == []


def test_who_may_import_customers_alone_is_not_offered_contacts(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("lead1")
    page = wizard.sent(client, "/customers/import", LIST + "X1,瑞丰贸易,,2026-04-02,,电话,三\n")
    assert "contact_day" not in page.text
    taken = run(client, tried(client, page))
    assert counted(taken) == (1, 0, 0, 0, 0)
    with app.app_context():
        assert the_contacts() == []
