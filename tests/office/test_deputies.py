"""Deputies and times away: who may name them, what becomes of requests, and what stays safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from blueprints.access.models import Membership, Role, RoleGrant, Team
from blueprints.customers import reaching_owners
from blueprints.customers.models import Customer
from blueprints.office import deputies, deputizing
from blueprints.office.models import Absence, Approval, ApprovalStep, Cover
from core import changes, clock, schema
from core.changes import ChangeSet
from core.db import db
from core.notifications import Notification
from tests.company import the_user, the_viewer
from tests.conftest import NOW
from tests.office.test_approvals import asked, decided, looked_after, made, standing
from tests.pages import Client

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 18)  # a Wednesday
FRIDAY = date(2026, 11, 20)


def named(app: Flask, who: str, deputy: str | None, *, by: str | None = None) -> None:
    """Somebody has a deputy from now on; committed."""
    with app.app_context():
        viewer, found = the_viewer(by or who), deputies.cover_of(the_user(who).id)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
            chosen = the_user(deputy) if deputy else None
            deputizing.name_deputy(the_user(who), chosen, by=viewer, version=found.version if found else 0)
            db.session.commit()


def away(app: Flask, who: str, first: date = TODAY, last: date = FRIDAY) -> None:
    """Somebody is away; committed."""
    with app.app_context():
        viewer = the_viewer(who)
        with changes.acting(changes.Actor(viewer.id, viewer.name, "web")):
            deputizing.note_away(the_user(who), first, last, by=viewer)
            db.session.commit()


def reaching(app: Flask, who: str, team: str) -> None:
    """Somebody belongs to a further team, and so reaches what is its; committed."""
    with app.app_context():
        changes.record("user.updated")
        found = db.session.scalars(select(Team).where(Team.slug == team)).one()
        db.session.add(Membership(user_id=the_user(who).id, team_id=found.id))
        db.session.commit()


def trail(app: Flask, id: int) -> list[tuple[str, str]]:
    """With whom a request came to be, and why."""
    with app.app_context():
        mine = select(ApprovalStep).where(ApprovalStep.approval_id == id).order_by(ApprovalStep.id)
        return [(step.user.username, step.why) for step in db.session.scalars(mine)]


def told(app: Flask, who: str, kind: str) -> list[str]:
    """The events of which somebody was told."""
    with app.app_context():
        mine = Notification.recipient_id == the_user(who).id, Notification.kind == kind
        return [str(row.facts["event"]) for row in db.session.scalars(select(Notification).where(*mine))]


def later(app: Flask, days: int) -> None:
    with clock.frozen(NOW + timedelta(days=days)):
        looked_after(app)


# Requests


def test_a_request_unanswered_goes_to_the_deputy_and_then_up(app: Flask, signed_in: SignedIn) -> None:
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    id = asked(signed_in("sales1a"), made(app))
    assert standing(app, id) == ("open", "lead1")
    later(app, 2)
    assert standing(app, id) == ("open", "lead2")
    page = signed_in("lead2").get(f"/approvals/{id}")
    assert "周正逾期未审批，转给代理人" in page.one("#steps").get_text()
    assert "已转给代理人" in signed_in("lead2").get("/notifications").words
    assert decided(signed_in("lead1"), id, "approval").status == 403
    later(app, 6)
    assert standing(app, id) == ("open", "leader")
    assert trail(app, id) == [("lead1", "first"), ("lead2", "late"), ("leader", "up")]
    for name in ("lead1", "lead2", "leader", "sales1a"):
        assert signed_in(name).get(f"/approvals/{id}").status == 200


def test_a_deputy_decides_for_somebody_who_is_away(app: Flask, signed_in: SignedIn) -> None:
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    away(app, "lead1")
    customer = made(app)
    id = asked(signed_in("sales1a"), customer)
    assert standing(app, id) == ("open", "lead2") and trail(app, id) == [("lead2", "away")]
    lead = signed_in("lead2")
    assert "请你代周正审批" in lead.get("/notifications").words
    page = lead.get(f"/approvals/{id}")
    assert "周正休假中，转给代理人" in page.one("#steps").get_text()
    assert decided(lead, id, "approval").status == 303
    with app.app_context():
        assert db.session.get_one(Customer, customer).owner.username == "sales1b"
        last = db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc())).first()
        assert last is not None and last.user_id == the_user("lead2").id
    assert signed_in("lead1").get(f"/approvals/{id}").status == 200


@pytest.mark.parametrize("deputy", ["sales1b", "lead2", "admin", "auditor", "finance", "sales1a"])
def test_a_deputy_who_may_not_decide_is_never_asked_and_sees_nothing(
    app: Flask, signed_in: SignedIn, deputy: str
) -> None:
    """Neither somebody of another team, nor who holds no right; sales1a asks, and sales1b would get it."""
    named(app, "lead1", deputy)
    away(app, "lead1")
    id = asked(signed_in("sales1a"), made(app))
    assert standing(app, id) == ("open", "leader") and trail(app, id) == [("leader", "absent")]
    if deputy != "sales1a":
        assert signed_in(deputy).get(f"/approvals/{id}").status == 404
        assert told(app, deputy, "office.approval") == []
    page = signed_in("sales1a").get(f"/approvals/{id}")
    assert "没有可以审批此事项的代理人" in page.words


def test_whom_a_request_concerns_answers_for_nobody(app: Flask, signed_in: SignedIn) -> None:
    """The deputy would get the customer."""
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    away(app, "lead1")
    with app.app_context():
        assert the_user("lead2").is_living
    id = asked(signed_in("sales1a"), made(app), to="lead2")
    assert standing(app, id)[1] != "lead2"


def test_the_one_who_has_to_be_asked_is_shown_as_away(app: Flask, signed_in: SignedIn) -> None:
    """Where nobody else is there who may decide."""
    named(app, "lead1", "lead2")
    id = asked(signed_in("sales1a"), made(app))
    choices = signed_in("lead1").get(f"/approvals/{id}").one("#pass-on").get_text()
    assert "休假中" not in choices
    for who in ("manager", "leader", "lead1"):
        away(app, who)
    page = signed_in("sales1a").get(f"/approvals/{id}").one("#request").get_text()
    assert "休假中，至11月20日 周五，代理人：林小满" in page
    later_on = signed_in("sales1a")
    with clock.frozen(NOW + timedelta(days=5)):
        assert "休假中" not in later_on.get(f"/approvals/{id}").words
    assert (
        "方总监：休假中，至11月20日" in signed_in("lead1").get(f"/approvals/{id}").one("#pass-on").get_text()
    )


# What waits already


def test_what_waits_goes_to_the_deputy_when_somebody_goes_away(app: Flask, signed_in: SignedIn) -> None:
    """At once, and once; what they get back stays where it went."""
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    ids = [asked(signed_in("sales1a"), made(app, f"客户{n}")) for n in range(2)]
    decided(signed_in("lead1"), ids[1], "refusal", remark="不")
    with clock.frozen(NOW + timedelta(minutes=5)):
        away(app, "lead1")
    assert (standing(app, ids[0]), standing(app, ids[1])) == (("open", "lead2"), ("refused", "lead1"))
    assert trail(app, ids[0]) == [("lead1", "first"), ("lead2", "away")]
    assert (
        "周正休假中，转给代理人" in signed_in("sales1a").get(f"/approvals/{ids[0]}").one("#steps").get_text()
    )
    assert "周正休假中，一条申请转由你审批" in signed_in("lead2").get("/notifications").words
    for who in ("lead1", "sales1a"):
        assert "周正休假中，一条申请已转给他人" in signed_in(who).get("/notifications").words
    before = notices(app)
    for again in range(2):
        looked_after(app)
        assert trail(app, ids[0]) == [("lead1", "first"), ("lead2", "away")], again
    with app.app_context():
        cover = deputies.cover_of(the_user("lead1").id)
        absence, by = deputies.ahead(cover)[0].id, the_viewer("lead1")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            deputizing.forget_away(the_user("lead1"), absence, by=by)
            db.session.commit()
    looked_after(app)
    away(app, "lead1")
    assert standing(app, ids[0]) == ("open", "lead2") and notices(app) == before
    assert decided(signed_in("lead2"), ids[0], "approval").status == 303


def test_taking_the_time_away_back_takes_no_request_back(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    away(app, "lead1")
    assert standing(app, id) == ("open", "leader") and trail(app, id)[1:] == [("leader", "absent")]
    with app.app_context():
        noted = select(ChangeSet.id).where(ChangeSet.verb == deputizing.AWAY)
        change_set = db.session.scalars(noted).one()
        person = the_user("lead1").id
    assert signed_in("lead1").post(f"/changes/{change_set}/undo").status == 303
    with app.app_context():
        assert not deputies.ahead(deputies.cover_of(person))
    looked_after(app)
    assert standing(app, id) == ("open", "leader")


def test_it_moves_on_the_first_day_of_a_time_away(app: Flask, signed_in: SignedIn) -> None:
    """The 21st and 22nd are a weekend: what is noted from Monday on counts from Saturday."""
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    away(app, "lead1", date(2026, 11, 23), date(2026, 11, 25))
    with clock.frozen(NOW + timedelta(days=2)):
        id = asked(signed_in("sales1a"), made(app))
    assert standing(app, id) == ("open", "lead1")
    with app.app_context():
        due = db.session.get_one(Approval, id).due_at
    assert due.date() == date(2026, 11, 23), "it is not past due before"
    later(app, 2)
    assert standing(app, id) == ("open", "lead1")
    later(app, 3)
    assert standing(app, id) == ("open", "lead2")
    later(app, 4)
    assert trail(app, id) == [("lead1", "first"), ("lead2", "away")]


def test_what_nobody_else_may_decide_waits(app: Flask, signed_in: SignedIn) -> None:
    """Until somebody is back, or a deputy is named who may; nobody is told of it meanwhile."""
    id = asked(signed_in("sales1a"), made(app))
    for who in ("manager", "leader", "lead1"):
        away(app, who, TODAY, date(2026, 12, 31))
    assert standing(app, id) == ("open", "lead1")
    before = notices(app)
    looked_after(app)
    assert notices(app) == before
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    looked_after(app)
    assert trail(app, id) == [("lead1", "first"), ("lead2", "away")]


def notices(app: Flask) -> int:
    """How many notifications of requests there are."""
    with app.app_context():
        of_requests = select(func.count()).where(Notification.kind == "office.approval")
        return db.session.scalar(of_requests) or 0


def test_whoever_asks_discreetly_learns_nothing_of_deputies(app: Flask, signed_in: SignedIn) -> None:
    """Who looks after a customer that somebody may not see, and that they are away, is not told."""
    customer = made(app, owner="sales2a")
    with app.app_context():
        by = the_viewer("sales1a")
        with changes.acting(changes.Actor(by.id, by.name, "web")):
            there = db.session.get_one(Customer, customer)
            id = reaching_owners.ask_to_help(there, by=by, called="华兴", reason="x").id
            db.session.commit()
    named(app, "sales2a", "lead2")
    away(app, "sales2a")
    asker = signed_in("sales1a")
    for days, who in ((0, "lead2"), (6, "leader")):
        if days:
            later(app, days)
        assert standing(app, id)[1] == who
        words = asker.get(f"/approvals/{id}").words + asker.get("/notifications").words
        assert not [name for name in ("韩雪", "林小满", "休假中", "方总监") if name in words]


def test_on_a_day_of_rest_the_next_working_day_counts(app: Flask, signed_in: SignedIn) -> None:
    """The 21st and 22nd are a weekend: who is away until Friday is asked, who is from Monday on is not."""
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    away(app, "lead1", TODAY, FRIDAY)
    customers = [made(app, f"客户{n}") for n in range(2)]
    with clock.frozen(NOW + timedelta(days=3)):
        assert standing(app, asked(signed_in("sales1a"), customers[0]))[1] == "lead1"
    away(app, "lead1", date(2026, 11, 23), date(2026, 11, 23))
    with clock.frozen(NOW + timedelta(days=3)):
        assert standing(app, asked(signed_in("sales1a"), customers[1]))[1] == "lead2"


def test_whoever_is_passed_a_request_has_a_deputy_too(app: Flask, signed_in: SignedIn) -> None:
    id = asked(signed_in("sales1a"), made(app))
    reaching(app, "lead2", "sales1")
    named(app, "leader", "lead2")
    with app.app_context():
        to = str(the_user("leader").id)
    assert decided(signed_in("lead1"), id, "passing", approver=to).status == 303
    later(app, 2)
    assert standing(app, id) == ("open", "lead2")
    assert trail(app, id) == [("lead1", "first"), ("leader", "passed"), ("lead2", "late")]
    later(app, 6)
    assert standing(app, id) == ("open", "manager")


# Naming deputies


@pytest.mark.parametrize(
    ("who", "of", "status"),
    [
        ("sales1a", "sales1a", 303), ("sales1a", "sales1b", 404), ("sales1a", "lead1", 404),
        ("finance", "finance", 303), ("service1", "service1", 303), ("auditor", "auditor", 403),
        ("lead1", "sales1a", 303), ("lead1", "sales2a", 404), ("lead1", "leader", 404),
        ("leader", "sales2a", 303), ("leader", "service1", 404), ("manager", "service1", 303),
        ("admin", "lead1", 303), ("admin", "manager", 303), ("auditor", "lead1", 403),
    ],
)  # fmt: skip
def test_whose_deputy_one_may_name(app: Flask, signed_in: SignedIn, who: str, of: str, status: int) -> None:
    with app.app_context():
        id = the_user(of).id
    client, deputy = signed_in(who), "callback1"
    assert client.get(f"/team/{id}").status == (200 if status == 303 else status)
    assert client.post(f"/team/{id}/deputy", {"deputy": deputy, "version": "0"}).status == status
    days = {"first_on": "2026-11-18", "last_on": "2026-11-20"}
    assert client.post(f"/team/{id}/absences", days).status == status
    with app.app_context():
        cover = deputies.cover_of(id)
        found = [(each.first_on, each.last_on) for each in deputies.ahead(cover)]
        assert found == ([(TODAY, FRIDAY)] if status == 303 else [])
        assert (cover is not None and cover.deputy is not None) is (status == 303)
    expected = ["set", "set"] if status == 303 and who != of else []
    assert told(app, of, "office.deputy") == expected
    assert told(app, deputy, "office.deputy") == (["chosen"] if status == 303 else [])


def test_a_deputy_is_named_on_ones_own_page(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("lead1")
    with app.app_context():
        id = the_user("lead1").id
    assert client.get("/me").one("#cover a")["href"] == f"/team/{id}"
    page = client.get(f"/team/{id}")
    answer = client.post(f"/team/{id}/deputy", {**page.form(f"/team/{id}/deputy"), "deputy": "lead2"})
    assert answer.status == 303
    page = client.get(f"/team/{id}")
    assert page.one("#deputy select option[selected]")["value"] == "lead2"
    path = f"/team/{id}/absences"
    sent = {**page.form(path), "first_on": "2026-11-25", "last_on": "2026-11-24"}
    answer = client.post(path, sent)
    assert answer.status == 422 and "末日早于首日" in answer.one("#absence-form").get_text()
    assert answer.one("#absences [name=first_on]")["value"] == "2026-11-25"
    assert client.post(path, {**sent, "last_on": ""}).status == 422
    assert client.post(path, {**sent, "last_on": "2026-11-27"}).status == 303
    own = client.get("/me").one("#cover").get_text()
    assert "林小满" in own and "11月25日 周三至11月27日 周五" in own
    for query in ("", "?q=zhou"):
        listed = signed_in("leader").get(f"/team{query}")
        row = next(row for row in listed.soup.select("#list tbody tr") if "周正" in row.get_text())
        assert "林小满" in row.get_text()
    assert "周正" not in signed_in("leader").get("/team?q=nobody").words
    assert len(signed_in("sales1a").get("/team").soup.select("#list tbody tr")) == 1
    assert "林小满" in signed_in("admin").get(f"/admin/users/{id}").one("#cover").get_text()
    with clock.frozen(NOW + timedelta(days=8)):
        row = next(
            r for r in signed_in("leader").get("/team").soup.select("#list tbody tr") if "周正" in r.text
        )
        assert "休假中，至11月27日" in row.get_text()


@pytest.mark.parametrize("deputy", ["lead1", "nobody-of-this-name"])
def test_nobody_is_their_own_deputy(app: Flask, signed_in: SignedIn, deputy: str) -> None:
    with app.app_context():
        id = the_user("lead1").id
    answer = signed_in("lead1").post(f"/team/{id}/deputy", {"deputy": deputy, "version": "0"})
    assert answer.status == 422 and answer.one("#deputy [aria-invalid]")


def test_of_two_who_name_one_the_later_sees_both(app: Flask, signed_in: SignedIn) -> None:
    named(app, "lead1", "lead2")
    with app.app_context():
        id = the_user("lead1").id
    path, client = f"/team/{id}/deputy", signed_in("lead1")
    form = client.get(f"/team/{id}").form(path)
    named(app, "lead1", "manager", by="leader")
    late = client.post(path, {**form, "deputy": "leader"})
    assert late.status == 409
    row = late.one("table.conflict tbody tr").get_text()
    assert "陈岚" in row and "方总监" in row
    again = {**late.form(path), "deputy": "leader", "keep-deputy": "yours"}
    assert client.post(path, again).status == 303
    with app.app_context():
        cover = deputies.cover_of(id)
        assert cover is not None and cover.deputy is not None and cover.deputy.username == "leader"


def test_naming_a_deputy_is_taken_back_by_whoever_may_name_one(app: Flask, signed_in: SignedIn) -> None:
    named(app, "lead1", "lead2")
    named(app, "lead1", "manager")
    away(app, "lead1")
    with app.app_context():
        sets = list(db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc()).limit(2)))
        id = the_user("lead1").id
    client = signed_in("lead1")
    past = client.get(f"/team/{id}").one("#history").get_text()
    assert "指定了代理人" in past and "登记了休假" in past and "林小满" in past
    assert signed_in("lead2").get(f"/changes/{sets[1]}").status == 404
    for change_set in sets:
        assert client.post(f"/changes/{change_set}/undo").status == 303
    with app.app_context():
        cover = deputies.cover_of(id)
        assert cover is not None and cover.deputy is not None and cover.deputy.username == "lead2"
        assert not deputies.ahead(cover)
        kind = f"/team/covers/{cover.id}"
    assert str(client.get(kind).response.location).endswith(f"/team/{id}")


def test_a_time_away_is_taken_away(app: Flask, signed_in: SignedIn) -> None:
    away(app, "sales1a")
    with app.app_context():
        id, other = the_user("sales1a").id, the_user("sales1b").id
        absence = db.session.scalars(select(Absence.id)).one()
    client = signed_in("sales1a")
    assert signed_in("sales1b").post(f"/team/{other}/absences/{absence}/deletion").status == 404
    assert client.post(f"/team/{id}/absences/{absence}/deletion").status == 303
    assert client.post(f"/team/{id}/absences/{absence}/deletion").status == 404
    with app.app_context():
        assert not db.session.scalars(select(Absence)).all()


# Leaving


def test_whoever_leaves_is_nobodys_deputy_and_is_again_when_they_come_back(
    app: Flask, signed_in: SignedIn
) -> None:
    named(app, "lead1", "finance")
    named(app, "sales1a", "finance")
    with app.app_context():
        id, lead = the_user("finance").id, the_user("lead1").id
    admin = signed_in("admin")
    page = admin.get(f"/admin/users/{id}/deactivation").words
    assert "周正" in page and "李雷" in page and "另选代理人" in page
    assert admin.post(f"/admin/users/{id}/deactivation", {"reason": "x"}).status == 303
    with app.app_context():
        cover = deputies.cover_of(lead)
        assert cover is not None and cover.deputy_id is None
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    assert told(app, "lead1", "office.deputy") == ["gone"]
    assert "你的代理人钱会计已离职" in signed_in("lead1").get("/notifications").words
    assert (
        signed_in("lead1").post(f"/team/{lead}/deputy", {"deputy": "finance", "version": "2"}).status == 422
    )
    assert admin.post(f"/changes/{last}/undo").status == 303
    with app.app_context():
        cover = deputies.cover_of(lead)
        assert cover is not None and cover.deputy_id == id


def test_nobody_gets_a_deputy_back_who_has_left(app: Flask, signed_in: SignedIn) -> None:
    named(app, "lead1", "finance")
    named(app, "lead1", "lead2")
    with app.app_context():
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
        id = the_user("finance").id
    assert signed_in("admin").post(f"/admin/users/{id}/deactivation", {"reason": "x"}).status == 303
    answer = signed_in("lead1").post(f"/changes/{last}/undo")
    assert answer.status == 422 and "钱会计" in answer.words


def test_a_request_with_the_deputy_who_leaves_goes_up(app: Flask, signed_in: SignedIn) -> None:
    reaching(app, "lead2", "sales1")
    named(app, "lead1", "lead2")
    away(app, "lead1")
    id = asked(signed_in("sales1a"), made(app))
    with app.app_context():
        changes.record("user.updated")
        the_user("lead2").deactivated_at = clock.now()
        db.session.commit()
    looked_after(app)
    assert standing(app, id) == ("open", "leader")
    assert trail(app, id) == [("lead2", "away"), ("leader", "left")]


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    app: Flask, signed_in: SignedIn, statements: object
) -> None:
    client, counts = signed_in("admin"), []
    named(app, "lead1", "lead2")
    client.get("/team")
    for people in ((), ("sales1a", "sales1b", "sales2a", "service1")):
        for who in people:
            named(app, who, "manager")
            away(app, who)
        with statements() as sent:  # type: ignore[operator]
            client.get("/team")
        counts.append(len(sent))
    assert counts[0] == counts[1]


# The migration


def test_down_and_up_again(app: Flask, signed_in: SignedIn) -> None:
    """Rights go by those that roles hold; of a request that waits it is known who was asked."""
    named(app, "lead1", "lead2")
    away(app, "lead1")
    id = asked(signed_in("sales1a"), made(app))
    with app.app_context():
        to = str(the_user("manager").id)
    decided(signed_in("leader"), id, "passing", approver=to)
    granted = select(Role.code, RoleGrant.scope).join(Role, Role.id == RoleGrant.role_id)
    held = granted.where(RoleGrant.right == "office:deputies")
    with app.app_context():
        before = set(map(tuple, db.session.execute(held)))
        assert {("lead", 3), ("admin", 4), ("manager", 4), ("finance", 1)} <= before
        db.session.rollback()
        db.engine.dispose()
        downgrade(revision="0025")
        assert not db.inspect(db.engine).has_table("covers")
        assert set(db.session.execute(held)) == set()
        assert db.session.scalars(select(Approval.id)).all() == [id]
        db.session.rollback()
        db.engine.dispose()
        upgrade()
        assert schema.present() == schema.expected()
        assert set(map(tuple, db.session.execute(held))) == before
        assert not db.session.scalars(select(Cover)).all()
        db.session.rollback()
        db.engine.dispose()
    assert trail(app, id) == [("leader", "first"), ("manager", "first")]
    later(app, 6)
    assert standing(app, id) == ("open", "manager")
