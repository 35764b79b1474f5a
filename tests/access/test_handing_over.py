"""Who leaves and owns much: the account closes at once, what they own moves behind the page, all of it one act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, leaving
from blueprints.customers import search
from blueprints.customers.models import Customer, CustomerHelper
from blueprints.interactions import refreshing
from blueprints.interactions.models import PlannedContact
from core import changes, clock, jobs, undoing, working
from core.changes import ChangeSet
from core.db import db
from core.jobs import Job
from tests.access.trails import by
from tests.company import a_customer, the_user, the_viewer
from tests.core.undos import business_tables
from tests.interactions.contacts import a_plan
from tests.pages import Client, Page
from tests.working import killed, the_job, undone, worked

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
COUNT = 7


@pytest.fixture
def ids(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """More customers of one owner than are handed over at once; one is in the bin, others are only helped with."""
    monkeypatch.setattr(leaving, "AT_ONCE", 2)
    monkeypatch.setattr(leaving, "BATCH", 2)
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    with app.app_context():
        made = [a_customer(f"客户{n}", helpers={"sales2a": False, "sales1b": True}) for n in range(COUNT)]
        a_plan(made[0], date(2026, 12, 1))
        for n in range(3):
            a_plan(
                a_customer(f"别人的{n}", owner="sales1b", helpers={"sales1a": True}),
                date(2026, 12, 2),
                who="me",
            )
        changes.record("customer.binned")
        made[-1].deleted_at = clock.now()
        db.session.commit()
        return [customer.id for customer in made]


def left(client: Client, app: Flask, username: str = "sales1a", successor: str = "sales2a") -> Page:
    """The page of the account after its deactivation."""
    page = address(app, username)
    answer = client.post(f"{page}/deactivation", {"successor": successor, "reason": "离职"})
    assert (answer.status, answer.response.location) == (303, page), answer.words
    return client.get(page)


def address(app: Flask, username: str = "sales1a") -> str:
    with app.app_context():
        return f"/admin/users/{the_user(username).id}"


def act_of(app: Flask, username: str = "sales1a") -> int:
    with app.app_context():
        found = leaving.deactivation_of(the_user(username))
        assert found is not None
        return found


def owners(app: Flask, ids: list[int]) -> list[tuple[str, str]]:
    """User name and team of the owner of each."""
    with app.app_context():
        rows = db.session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))
        return [(c.owner.username, c.team.slug) for c in rows if c.owner and c.team]


def lives(app: Flask, username: str = "sales1a") -> bool:
    with app.app_context():
        return the_user(username).is_living


OLD, NEW = ("sales1a", "sales1"), ("sales2a", "sales2")


def test_the_account_closes_at_once_and_its_page_shows_how_far_the_customers_are(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    leaver, admin = signed_in("sales1a"), signed_in("admin")
    page = left(admin, app)
    assert not lives(app) and leaver.get("/me").status == 303
    assert 0 < owners(app, ids).count(OLD) < COUNT
    job = the_job(app, leaving.JOB)
    assert page.soup.select(f'main a[href="/jobs/{job.id}"]') and page.soup.select("main progress")
    assert "等待中" in page.words
    worked(app)
    assert owners(app, ids) == [NEW] * COUNT
    page = admin.get(address(app))
    assert not page.soup.select("main progress") and not page.soup.select('main a[href^="/jobs/"]')
    assert admin.get(f"/jobs/{job.id}").soup.select(f'#job a[href="/changes/{act_of(app)}"]')
    with app.app_context():
        helping = db.session.execute(select(CustomerHelper.user_id)).scalars().all()
        assert set(helping) == {the_user("sales1b").id}
        open_plans = select(PlannedContact.user_id).where(PlannedContact.user_id.is_not(None))
        assert set(db.session.scalars(open_plans)) == {the_user("sales2a").id}
        assert search.refresh() == refreshing.refresh() == 0


def test_it_is_one_act_led_by_the_deactivation(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    left(signed_in("admin"), app)
    worked(app)
    with app.app_context():
        sets = db.session.scalars(
            select(ChangeSet).where(ChangeSet.verb == leaving.DEACTIVATED).order_by(ChangeSet.id)
        ).all()
        assert len(sets) > 2
        assert [s.part_of_id for s in sets] == [None, *[sets[0].id] * (len(sets) - 1)]
        assert {(s.reason, s.actor) for s in sets} == {("离职", "系统管理员")}
    rows = signed_in("auditor").get("/admin/audit?kind=user.deactivated").soup.select("#list tbody tr")
    assert len(rows) == 1


def test_it_is_taken_back_as_one(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    admin = signed_in("admin")
    with app.app_context():
        before = business_tables()
    left(admin, app)
    worked(app)
    undone(app, admin, act_of(app))
    with app.app_context():
        assert business_tables() == before
        assert search.refresh() == refreshing.refresh() == 0
    assert lives(app)


def test_a_cancelled_undo_leaves_nothing_with_somebody_who_cannot_sign_in(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    admin = signed_in("admin")
    left(admin, app)
    worked(app)
    act = act_of(app)
    admin.post(f"/changes/{act}/undo")
    job = the_job(app, undoing.JOB)

    def cancel(work: Any, *args: Any, **place: Any) -> None:
        whole(work, *args, **place)
        if owners(app, ids).count(OLD):
            raise working.Stopped(jobs.CANCEL)

    whole = working.Work.advance
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(working.Work, "advance", cancel)
        worked(app)
    assert the_job(app, undoing.JOB).state == jobs.CANCELLED
    assert 0 < owners(app, ids).count(OLD) < COUNT and lives(app)
    undone(app, admin, act)
    assert owners(app, ids) == [OLD] * COUNT
    assert the_job(app, undoing.JOB).id != job.id


def test_a_worker_that_died_on_the_way_is_followed_by_another(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    left(signed_in("admin"), app)
    before = owners(app, ids).count(OLD)
    killed(app, the_job(app, leaving.JOB).id)
    assert 0 < owners(app, ids).count(OLD) < before
    worked(app)
    assert owners(app, ids) == [NEW] * COUNT
    with app.app_context():
        moves = select(changes.Change.record_id).where(changes.Change.record_table == "customers")
        moved = db.session.scalars(moves.join(ChangeSet).where(ChangeSet.verb == leaving.DEACTIVATED)).all()
        assert sorted(moved) == ids


def test_what_the_leaver_gets_meanwhile_goes_too(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    """By a transaction that had begun before the account was closed."""
    left(signed_in("admin"), app)

    def late() -> None:
        with app.app_context():
            changes.record("customer.assigned")
            another = a_customer("迟到的客户", owner="sales1b")
            changes.record("customer.assigned")
            another.owner_id = the_user("sales1a").id
            db.session.commit()
            ids.append(another.id)

    worked(app, between=late)
    assert owners(app, ids) == [NEW] * (COUNT + 1)


@pytest.mark.parametrize("who", ["leaver", "successor", "starter"])
def test_it_stops_where_it_must_and_what_is_left_is_handed_over_after_all(
    app: Flask, signed_in: SignedIn, ids: list[int], who: str
) -> None:
    """The leaver is let in again, the successor leaves, or whoever asked does."""
    with app.app_context():
        accounts.update(the_user("manager"), {"roles": ["admin"]}, by=the_viewer("admin"), version=None)
        db.session.commit()
    left(signed_in("manager"), app)

    def stop() -> None:
        with app.app_context():
            if who == "leaver":
                accounts.reactivate(the_user("sales1a"), by=the_viewer("admin"))
            else:
                name = "sales2a" if who == "successor" else "manager"
                heir = the_user("lead2") if who == "successor" else None
                accounts.deactivate(the_user(name), successor=heir, reason="", by=the_viewer("admin"))
            db.session.commit()

    worked(app, between=stop)
    job = the_job(app, leaving.JOB) if who != "successor" else _job_for(app, "sales1a")
    assert job.state == (jobs.CANCELLED if who == "starter" else jobs.FAILED)
    rest = owners(app, ids).count(OLD)
    assert rest > 0
    admin = signed_in("admin")
    page = admin.get(address(app))
    offered = page.soup.select(f'main a[href="{address(app)}/hand-over"]')
    if who == "leaver":
        assert not offered
        assert admin.post(f"{address(app)}/hand-over", {"successor": "sales1b"}).status == 422
        return
    assert offered and admin.get(f"{address(app)}/hand-over").status == 200
    assert admin.post(f"{address(app)}/hand-over", {"successor": "", "reason": ""}).status == 422
    assert admin.post(f"{address(app)}/hand-over", {"successor": "sales1b", "reason": ""}).status == 303
    worked(app)
    assert owners(app, ids).count(OLD) == 0
    assert owners(app, ids).count(("sales1b", "sales1")) == rest
    undone(app, admin, act_of(app), decided="1")
    assert owners(app, ids).count(OLD) >= rest and lives(app)


def _job_for(app: Flask, username: str) -> Job:
    with app.app_context():
        found = leaving.job_of(the_user(username))
        assert found is not None
        return found


def test_nobody_takes_it_back_or_hands_over_anew_while_the_job_is_at_work(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    admin = signed_in("admin")
    left(admin, app)
    assert admin.post(f"/changes/{act_of(app)}/undo").status == 422
    assert admin.post(f"{address(app)}/hand-over", {"successor": "sales1b"}).status == 422
    assert not lives(app)


def test_what_was_taken_back_is_not_handed_over_by_a_job_that_is_tried_again(
    app: Flask, signed_in: SignedIn, ids: list[int]
) -> None:
    admin = signed_in("admin")
    left(admin, app)

    def fail() -> None:
        raise ValueError

    worked(app, between=fail)
    job = the_job(app, leaving.JOB)
    assert job.state == jobs.FAILED
    undone(app, admin, act_of(app))
    assert owners(app, ids) == [OLD] * COUNT
    assert admin.post(f"/jobs/{job.id}/continuation").status == 303
    worked(app)
    assert (the_job(app, leaving.JOB).state, owners(app, ids)) == (jobs.FAILED, [OLD] * COUNT)


def test_little_is_handed_over_within_the_request(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer = a_customer().id
    left(signed_in("admin"), app)
    assert owners(app, [customer]) == [NEW]
    with app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def test_the_rights_are_those_of_each_batch(app: Flask, signed_in: SignedIn, ids: list[int]) -> None:
    with app.app_context():
        accounts.update(the_user("manager"), {"roles": ["admin"]}, by=the_viewer("admin"), version=None)
        db.session.commit()
    left(signed_in("manager"), app)
    by(app, "admin", lambda v: accounts.update(the_user("manager"), {"roles": []}, by=v, version=None))
    before = owners(app, ids)
    worked(app)
    assert the_job(app, leaving.JOB).state == jobs.FAILED
    assert owners(app, ids) == before
