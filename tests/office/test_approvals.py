"""Approvals: who decides, what can be done with a request, and that nobody decides on their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import owner_requests
from blueprints.customers.models import Customer
from blueprints.office.models import Approval
from core import changes, clock, jobs
from core.changes import ChangeSet
from core.db import db
from core.notifications import Notification
from tests.company import a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client, Page
from tests.working import worked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]


def asked(client: Client, id: int, to: str = "sales1b", reason: str = "离客户更近") -> int:
    """The id of a request for another owner, made through its page."""
    path = f"/customers/{id}/owner-request"
    answer = client.post(path, {**client.get(path).form(path), "owner": to, "reason": reason})
    assert answer.status == 303, answer.words
    return int(str(answer.response.location).rpartition("/")[2])


def made(app: Flask, *args: object, **values: object) -> int:
    with app.app_context():
        return a_customer(*args, **values).id  # type: ignore[arg-type]


def standing(app: Flask, id: int) -> tuple[str, str]:
    """State and approver of a request."""
    with app.app_context():
        found = db.session.get_one(Approval, id)
        return found.state, found.approver.username


def owner_of(app: Flask, id: int) -> str:
    with app.app_context():
        return db.session.get_one(Customer, id).owner.username


def events_of(app: Flask, who: str) -> list[str]:
    with app.app_context():
        mine = Notification.recipient_id == the_user(who).id, Notification.kind == "office.approval"
        return [
            row.facts["event"]
            for row in db.session.scalars(select(Notification).where(*mine).order_by(Notification.id))
        ]


def looked_after(app: Flask) -> None:
    with app.app_context():
        jobs.ask("office.approvals")
        db.session.commit()
    worked(app)


def decided(client: Client, id: int, noun: str, **fields: str) -> Page:
    return client.post(f"/approvals/{id}/{noun}", fields)


def test_what_was_asked_for_is_done_by_whoever_approves(app: Flask, signed_in: SignedIn) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    assert standing(app, id) == ("open", "lead1")
    lead = signed_in("lead1")
    assert "离客户更近" in (page := lead.get(f"/approvals/{id}")).words and "吴桐" in page.words
    assert decided(lead, id, "approval", remark="好").status == 303
    assert standing(app, id) == ("approved", "lead1") and owner_of(app, customer) == "sales1b"
    with app.app_context():
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None
        assert (last.verb, last.reason, last.user_id) == (
            "customer.assigned",
            "离客户更近",
            the_user("lead1").id,
        )
    assert events_of(app, "lead1") == ["requested"] and events_of(app, "sales1a") == ["decided"]


def test_an_approved_change_of_owner_is_taken_back_and_the_decision_stays(
    app: Flask, signed_in: SignedIn
) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    lead = signed_in("lead1")
    decided(lead, id, "approval")
    with app.app_context():
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    assert lead.post(f"/changes/{last}/undo").status == 303
    assert owner_of(app, customer) == "sales1a" and standing(app, id)[0] == "approved"


@pytest.mark.parametrize(
    ("who", "to", "approver"),
    [
        ("sales1a", "sales1b", "lead1"),
        ("assistant1", "sales1b", "lead1"),
        ("service1", "sales1b", "lead1"),
        ("sales1a", "sales2a", "leader"),
        ("lead1", "sales2a", "leader"),
        ("sales1a", "service1", "manager"),
        ("leader", "service1", "manager"),
    ],
)
def test_who_is_asked(app: Flask, signed_in: SignedIn, who: str, to: str, approver: str) -> None:
    id = asked(signed_in(who), made(app), to)
    assert standing(app, id) == ("open", approver)


@pytest.mark.parametrize(
    ("who", "to", "status"),
    [
        ("lead1", "sales1b", 422),
        ("manager", "sales2a", 422),
        ("sales1a", "sales1a", 422),
        ("sales1b", "sales2a", 404),
        ("auditor", "sales1b", 403),
        ("callback1", "sales1b", 403),
        ("admin", "sales1b", 403),
    ],
)
def test_who_cannot_ask(app: Flask, signed_in: SignedIn, who: str, to: str, status: int) -> None:
    answer = signed_in(who).post(
        f"/customers/{made(app)}/owner-request", {"owner": to, "reason": "x", "create_key": "1"}
    )
    assert answer.status == status
    with app.app_context():
        assert db.session.scalar(select(Approval.id)) is None


def test_a_request_needs_a_reason_and_is_made_once(app: Flask, signed_in: SignedIn) -> None:
    customer, client = made(app), signed_in("sales1a")
    path = f"/customers/{customer}/owner-request"
    sent = {"owner": "sales1b", "create_key": "1"}
    assert client.post(path, {**sent, "reason": " "}).status == 422
    assert client.post(path, {**sent, "reason": "x"}).status == 303
    again = client.post(path, {**sent, "reason": "y", "create_key": "2"})
    assert again.status == 422 and "已经" in again.words


@pytest.mark.parametrize("noun", ["approval", "refusal", "passing"])
@pytest.mark.parametrize(
    ("who", "status"), [("sales1a", 403), ("sales1b", 404), ("lead2", 404), ("manager", 404), ("admin", 404)]
)
def test_nobody_else_decides(app: Flask, signed_in: SignedIn, noun: str, who: str, status: int) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context():
        to = str(the_user("manager").id)
    assert decided(signed_in(who), id, noun, remark="x", approver=to).status == status
    assert standing(app, id) == ("open", "lead1") and owner_of(app, customer) == "sales1a"


def test_a_requester_does_not_decide_through_a_second_role(app: Flask, signed_in: SignedIn) -> None:
    """Even where the request would wait for them, as after a change of hands that nobody foresaw."""
    customer = made(app)
    id = asked(signed_in("lead1"), customer, "sales2a")
    with app.app_context():
        changes.record("approval.passed")
        db.session.get_one(Approval, id).approver_id = the_user("lead1").id
        db.session.commit()
    for noun in ("approval", "refusal"):
        assert decided(signed_in("lead1"), id, noun, remark="x").status == 403
    assert standing(app, id)[0] == "open"


def test_whoever_lost_the_right_does_not_approve(app: Flask, signed_in: SignedIn) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context():
        changes.record("user.updated")
        for role in the_user("lead1").roles:
            db.session.delete(role)
        db.session.commit()
    assert decided(signed_in("lead1"), id, "approval").status == 403
    assert owner_of(app, customer) == "sales1a"


def test_a_refusal_needs_a_reason_and_says_it(app: Flask, signed_in: SignedIn) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    lead = signed_in("lead1")
    assert decided(lead, id, "refusal", remark="  ").status == 422
    assert decided(lead, id, "refusal", remark="先把手头的做完").status == 303
    assert "先把手头的做完" in signed_in("sales1a").get(f"/approvals/{id}").words
    assert standing(app, id)[0] == "refused" and owner_of(app, customer) == "sales1a"


def test_a_request_is_passed_on_to_somebody_who_may(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    with app.app_context():
        ids = {name: str(the_user(name).id) for name in ("manager", "sales1a", "sales1b", "lead1")}
    lead = signed_in("lead1")
    assert "李雷" not in lead.get(f"/approvals/{id}").one("#pass-on").get_text()
    for name in ("sales1a", "sales1b", "lead1"):
        assert decided(lead, id, "passing", approver=ids[name]).status == 422
    assert decided(lead, id, "passing", approver=ids["manager"]).status == 303
    assert standing(app, id) == ("open", "manager") and events_of(app, "manager") == ["passed"]
    assert lead.get(f"/approvals/{id}").status == 200
    assert decided(lead, id, "approval").status == 403
    assert decided(signed_in("manager"), id, "approval").status == 303


def test_of_two_answers_the_later_one_is_told(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    lead = signed_in("lead1")
    assert decided(lead, id, "refusal", remark="x").status == 303
    late = decided(lead, id, "approval")
    assert late.status == 409 and "周正" in late.words


def test_a_nudge_waits_its_time_and_a_recall_ends_it(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    asker = signed_in("sales1a")
    assert decided(asker, id, "nudge").status == 422
    with clock.frozen(NOW + timedelta(hours=5)):
        assert decided(asker, id, "nudge").status == 303
        assert decided(asker, id, "nudge").status == 422
        assert decided(signed_in("lead1"), id, "recall").status == 403
        assert decided(asker, id, "recall").status == 303
        assert decided(signed_in("lead1"), id, "approval").status == 409
        assert decided(asker, id, "nudge").status == 409
    assert events_of(app, "lead1") == ["requested", "nudged", "recalled"]


def test_what_is_past_due_goes_up_and_at_the_top_is_told_once(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    for days, approver in ((2, "leader"), (6, "manager"), (9, "manager"), (12, "manager")):
        with clock.frozen(NOW + timedelta(days=days)):
            looked_after(app)
        assert standing(app, id) == ("open", approver)
    assert events_of(app, "sales1a") == ["moved", "moved", "overdue"]


def test_what_waits_for_somebody_who_left_goes_to_another_at_once(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    for who, approver in (("lead1", "leader"), ("leader", "manager"), ("manager", "manager")):
        with app.app_context():
            changes.record("user.updated")
            the_user(who).deactivated_at = clock.now()
            db.session.commit()
        for _again in range(2):
            looked_after(app)
        assert standing(app, id) == ("open", approver)
    assert events_of(app, "sales1a") == ["moved", "moved", "overdue"]


@pytest.mark.parametrize("gone", ["customer", "requester"])
def test_what_is_past_due_lapses_where_nothing_is_left_of_it(
    app: Flask, signed_in: SignedIn, gone: str
) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context():
        changes.record("customer.binned")
        if gone == "customer":
            db.session.get_one(Customer, customer).deleted_at = clock.now()
        else:
            the_user("sales1a").deactivated_at = clock.now()
        db.session.commit()
    with clock.frozen(NOW + timedelta(days=2)):
        looked_after(app)
    assert standing(app, id)[0] == "lapsed"


def test_of_what_is_gone_only_a_no_is_possible(app: Flask, signed_in: SignedIn) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context():
        changes.record("customer.binned")
        db.session.get_one(Customer, customer).deleted_at = clock.now()
        db.session.commit()
    lead = signed_in("lead1")
    assert decided(lead, id, "approval").status == 422
    assert decided(lead, id, "refusal", remark="x").status == 303


def test_both_lists_and_the_count(app: Flask, signed_in: SignedIn) -> None:
    ids = [asked(signed_in("sales1a"), made(app, f"客户{n}")) for n in range(3)]
    lead = signed_in("lead1")
    page = lead.get("/approvals")
    assert [row["href"] for row in page.soup.select("#list a.list-name")] == [
        f"/approvals/{id}" for id in ids
    ]
    assert page.one('.side a[aria-current="page"] .nav-count').get_text(strip=True) == "3"
    decided(lead, ids[0], "refusal", remark="x")
    assert lead.get("/").one('.side a[href="/approvals"] .nav-count').get_text(strip=True) == "2"
    mine = signed_in("sales1a").get("/approvals?show=requested")
    assert len(mine.soup.select("#list tbody tr")) == 3
    assert "没有待你审批的事项" in signed_in("sales1b").get("/approvals").words


def test_lists_take_as_many_statements_for_many_as_for_one(
    app: Flask, signed_in: SignedIn, statements: object
) -> None:
    lead, counts = signed_in("lead1"), []
    for many in (1, 6):
        for n in range(many):
            asked(signed_in("sales1a"), made(app, f"客户{many}-{n}"))
        lead.get("/approvals")
        with statements() as sent:  # type: ignore[operator]
            lead.get("/approvals")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_what_a_reader_may_not_see_is_not_named(app: Flask, signed_in: SignedIn) -> None:
    """The customer went to another department meanwhile: the request names neither it nor its owner any more."""
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context():
        changes.record("customer.assigned")
        found = db.session.get_one(Customer, customer)
        found.owner_id, found.team_id = the_user("sales2a").id, the_viewer("sales2a").team_id
        db.session.commit()
        assert owner_requests.deciders(db.session.get_one(Approval, id)).keys() == {
            the_user("leader").id, the_user("manager").id
        }  # fmt: skip
    for name in ("sales1a", "lead1"):
        page = signed_in(name).get(f"/approvals/{id}")
        assert "华兴" not in page.words and "韩雪" not in page.words


def test_what_one_decided_stands_in_a_tab_of_its_own(app: Flask, signed_in: SignedIn) -> None:
    lead = signed_in("lead1")
    first, second, third = (asked(signed_in("sales1a"), made(app, f"第{n}公司")) for n in "一二三")
    for minute, (id, noun) in enumerate(((second, "approval"), (first, "refusal"))):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            decided(lead, id, noun, remark="好")
    page = lead.get("/approvals?show=decided")
    links = [str(link["href"]) for link in page.soup.select("#list td a, #list th a")]
    assert links == [f"/approvals/{first}", f"/approvals/{second}"] and str(third) not in links
    assert "第一公司" in page.words and "已驳回" in page.words and "已同意" in page.words
    assert not signed_in("leader").get("/approvals?show=decided").soup.select("#list table")


def test_a_yes_that_cannot_be_carried_out_says_why_and_leaves_the_request_open(
    app: Flask, signed_in: SignedIn
) -> None:
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    with app.app_context(), changes.acting(changes.Actor(the_user("manager").id, "x", "web")):
        changes.record("customer.assigned")
        db.session.get_one(Customer, customer).owner_id = the_user("sales1b").id
        db.session.commit()
    answer = decided(signed_in("lead1"), id, "approval")
    assert answer.status == 422 and "吴桐" in answer.one("form [role=alert]").text
    assert standing(app, id) == ("open", "lead1")
