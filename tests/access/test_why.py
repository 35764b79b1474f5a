"""Why can, or cannot, somebody see this: the answer is right, says why, and shows nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, diagnosis
from blueprints.access.diagnosis import Finding
from blueprints.customers.models import Customer
from core import changes, clock, kinds
from core.db import db
from core.journal import JournalEntry
from core.rights import Right
from tests.company import PEOPLE, a_customer, the_user, the_viewer
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]


def ask(client: Client, user: str, record: str) -> Page:
    return client.get(f"/admin/why?user={quote(user)}&kind=customer&record={quote(record)}")


def found(username: str, customer: Customer) -> dict[Right, Finding]:
    findings = diagnosis.diagnose(the_user(username), kinds.kind_of(Customer), customer)
    return {finding.right: finding for finding in findings}


@pytest.mark.parametrize("username", ["manager", "lead1", "sales1a", "auditor"])
def test_only_who_may_ask_asks(signed_in: SignedIn, username: str) -> None:
    assert ask(signed_in(username), "sales2a", "x").status == 403


def test_it_names_owner_team_and_scope(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司", owner="sales1a")
    admin = signed_in("admin")
    admin.post("/me/language", {"language": "en", "back": "/me"})
    verdict = ask(admin, "韩雪", "华兴科技").one("#verdict").get_text(" ", strip=True)
    for words in ("韩雪 cannot see 华兴科技", "李雷", "no helper", "销售一部", "scope of this right is own"):
        assert words in verdict


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("sales1a", True), ("sales1b", False), ("assistant1", True), ("lead1", True), ("lead2", False),
        ("leader", True), ("manager", True), ("service1", True), ("auditor", True), ("finance", False),
        ("admin", False), ("sales2a", False),
    ],
)  # fmt: skip
def test_the_page_answers_for_everybody(app: Flask, signed_in: SignedIn, username: str, sees: bool) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司", owner="sales1a")
    page = ask(signed_in("admin"), username, "华兴科技有限公司")
    first = page.soup.select_one("#rights-table tbody tr")
    assert bool(first.select(".tag-green")) is sees
    assert "✓" in first.get_text() if sees else "✗" in first.get_text()


def test_a_helper_is_told_so(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1a", helpers={"sales2a": False})
        findings = found("sales2a", customer)
        assert findings[Right.CUSTOMERS_SEE].held
        assert not findings[Right.CUSTOMERS_EDIT].held


def test_the_roles_that_give_a_right_are_named(app: Flask) -> None:
    with app.app_context():
        accounts.update(
            the_user("sales1a"), {"roles": ["employee", "auditor"]}, by=the_viewer("admin"), version=None
        )
        db.session.commit()
        through = found("sales1a", a_customer(owner="sales1b"))[Right.CUSTOMERS_SEE].through
        assert "业务员" in through and "审计" in through


@pytest.mark.parametrize("record", ["KH000001", "kh000001", "华兴科技", "华兴科技有限公司", "华兴", "1"])
def test_a_record_is_named_by_number_name_or_id(app: Flask, signed_in: SignedIn, record: str) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司", owner="sales1a", short_name="华兴")
    assert ask(signed_in("admin"), "lead1", record).soup.select("#verdict")


@pytest.mark.parametrize(
    ("user", "record"),
    [
        ("nobody", "华兴科技"),
        ("lead1", "华兴科"),
        ("lead1", "%"),
        ("lead1", "9" * 30),
        ("双胞胎", "华兴科技"),
        ("lead1", "同名"),
    ],
)
def test_what_is_not_exactly_one_is_refused(app: Flask, signed_in: SignedIn, user: str, record: str) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司", owner="sales1a")
        a_customer("同名", owner="sales1a")
        a_customer("同名", owner="sales1b")
        for username in ("finance", "auditor"):
            accounts.update(the_user(username), {"name": "双胞胎"}, by=the_viewer("admin"), version=None)
        db.session.commit()
    page = ask(signed_in("admin"), user, record)
    assert page.status == 422
    assert not page.soup.select("#verdict")
    assert page.one("#why-user")["value"] == user


def test_it_shows_nothing_of_the_record_but_owner_and_team(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer(
            "华兴科技有限公司",
            owner="sales1a",
            short_name="秘密简称",
            phone="13900000007",
            note="秘密",
            credit_code="91350211MA2Y",
        )
    page = ask(signed_in("admin"), "lead1", "KH000001")
    for secret in ("华兴", "秘密", "139", "9135"):
        assert secret not in page.one("main").get_text(), secret


def test_asking_is_written_down(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1a").id
    ask(signed_in("admin"), "lead1", "KH000001")
    with app.app_context():
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "diagnosed")).one()
        assert (entry.record_id, entry.details, entry.user_id) == (
            customer,
            {"of": "lead1"},
            the_user("admin").id,
        )


def test_the_bin_and_a_closed_account_shut_everything(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1a")
        accounts.deactivate(the_user("auditor"), successor=None, reason="", by=the_viewer("admin"))
        assert not any(finding.held for finding in found("auditor", customer).values())
        changes.record("customer.binned")
        customer.deleted_at = clock.now()
        db.session.flush()
        assert not any(finding.held for finding in found("sales1a", customer).values())


@pytest.mark.both_databases
def test_the_explanation_agrees_with_the_lock(app: Flask) -> None:
    """For everybody, every right and all kinds of records: what is told is what holds."""
    chance = random.Random(7)
    people = [person[0] for person in PEOPLE]
    with app.app_context():
        customers = [
            a_customer(
                f"客户{n}",
                owner=chance.choice([*people, None]),
                helpers={name: chance.random() < 0.5 for name in chance.sample(people, 2)},
            )
            for n in range(8)
        ]
        for customer in customers:
            for username in people:
                viewer = the_viewer(username)
                seen = kinds.holds(customer, viewer, Right.CUSTOMERS_SEE)
                for right, finding in found(username, customer).items():
                    holds = seen and kinds.holds(customer, viewer, right)
                    assert finding.held is holds, (username, right, finding.reasons)
                    assert finding.why, "a reason is always given"
