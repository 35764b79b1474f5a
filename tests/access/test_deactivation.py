"""Somebody leaves: what they own is handed over, their sessions end, and an administrator stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, actions, leaving, queries, teams
from blueprints.access.models import SignIn
from blueprints.customers.models import Customer, CustomerHelper
from core import changes, clock
from core.db import db
from core.errors import Problem, RuleBroken
from tests.company import PASSWORD, a_customer, the_user, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]


def leave(username: str, successor: str | None = None, by: str = "admin") -> None:
    accounts.deactivate(
        the_user(username),
        successor=the_user(successor) if successor else None,
        reason="left",
        by=the_viewer(by),
    )
    db.session.commit()


def give_admin(*usernames: str) -> None:
    for username in usernames:
        accounts.update(the_user(username), {"roles": ["admin"]}, by=the_viewer("admin"), version=None)
    db.session.commit()


@pytest.mark.both_databases
def test_everything_owned_goes_to_the_successor_and_their_team(app: Flask) -> None:
    with app.app_context():
        ids = [a_customer(f"客户{n}", owner="sales1a").id for n in range(3)]
        other = a_customer("别人的", owner="sales1b", helpers={"sales1a": True, "sales2a": False}).id
        helped = a_customer("已协作", owner="sales1a", helpers={"sales2a": True, "sales1b": False}).id
        leave("sales1a", "sales2a")
        moved = db.session.scalars(select(Customer).where(Customer.id.in_([*ids, helped]))).all()
        assert {(c.owner.username, c.team.slug) for c in moved} == {("sales2a", "sales2")}
        assert db.session.get(Customer, other).owner.username == "sales1b"
        rows = db.session.execute(select(CustomerHelper.customer_id, CustomerHelper.user_id)).all()
        assert {tuple(row) for row in rows} == {
            (other, the_user("sales2a").id),
            (helped, the_user("sales1b").id),
        }


@pytest.mark.both_databases
def test_the_hand_over_is_one_change_set_with_before_and_after(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1a")
        leave("sales1a", "sales2a")
        last = db.session.scalars(select(changes.ChangeSet).order_by(changes.ChangeSet.id.desc())).first()
        rows = db.session.scalars(select(changes.Change).where(changes.Change.set_id == last.id)).all()
        assert (last.verb, last.reason) == ("user.deactivated", "left")
        moved = next(row for row in rows if (row.record_table, row.record_id) == ("customers", customer.id))
        assert moved.before["owner_id"] == the_user("sales1a").id


def test_customers_in_the_bin_go_too(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(owner="sales1a")
        a_customer("另一家", owner="sales1a")
        changes.record("customer.binned")
        customer.deleted_at = clock.now()
        db.session.commit()
        assert leaving.owned(the_user("sales1a"))[0][1] == 1
        leave("sales1a", "sales2a")
        assert db.session.get(Customer, customer.id).owner.username == "sales2a"


@pytest.mark.parametrize("successor", [None, "sales1a", "gone"])
def test_it_insists_on_a_new_owner(app: Flask, successor: str | None) -> None:
    with app.app_context():
        if successor == "gone":
            leave("finance")
        customer = a_customer(owner="sales1a")
        with pytest.raises(RuleBroken):
            leave("sales1a", "finance" if successor == "gone" else successor)
        db.session.rollback()
        assert the_user("sales1a").is_living
        assert db.session.get(Customer, customer.id).owner.username == "sales1a"


def test_the_page_says_what_is_owned_and_keeps_what_was_typed(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer(owner="sales1a")
        id = the_user("sales1a").id
    admin = signed_in("admin")
    page = admin.get(f"/admin/users/{id}/deactivation")
    assert page.one("select[name=successor]")
    refused = admin.post(f"/admin/users/{id}/deactivation", {"successor": "", "reason": "离职"})
    assert (refused.status, refused.one("input[name=reason]")["value"]) == (422, "离职")
    assert (
        admin.post(f"/admin/users/{id}/deactivation", {"successor": "sales1b", "reason": "离职"}).status
        == 303
    )
    with app.app_context():
        assert not the_user("sales1a").is_living


def test_customers_go_to_nobody_who_could_not_see_them(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        customer, id = a_customer(owner="sales1a").id, the_user("sales1a").id
    admin = signed_in("admin")
    page = admin.get(f"/admin/users/{id}/deactivation")
    offered = {str(option["value"]) for option in page.soup.select("select[name=successor] option")}
    assert {"sales1b", "lead1", "auditor", "service1"} <= offered
    assert offered.isdisjoint({"sales1a", "finance", "admin"})
    refused = admin.post(f"/admin/users/{id}/deactivation", {"successor": "finance", "reason": "离职"})
    assert refused.status == 422
    with app.app_context():
        for blind in ("finance", "admin"):
            with pytest.raises(RuleBroken) as broken:
                leave("sales1a", blind)
            assert broken.value.field == "successor"
            db.session.rollback()
        assert db.session.get_one(Customer, customer).owner.username == "sales1a"


def test_who_owns_nothing_leaves_without_a_successor(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = the_user("finance").id
    admin = signed_in("admin")
    assert not admin.get(f"/admin/users/{id}/deactivation").soup.select("select[name=successor]")
    assert admin.post(f"/admin/users/{id}/deactivation", {"reason": ""}).status == 303


def test_all_sessions_end_and_none_begins(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("finance")
    with app.app_context():
        leave("finance")
        assert db.session.scalars(select(SignIn.id).where(SignIn.ended_at.is_(None))).all() == []
        assert actions.sign_in("finance", PASSWORD, address="", agent="") is None
    assert client.get("/me").status == 303


def test_a_reactivated_account_has_its_roles_and_its_password(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        leave("finance")
        id = the_user("finance").id
    assert signed_in("admin").post(f"/admin/users/{id}/reactivation").status == 303
    assert Client(app).post("/sign-in", {"username": "finance", "password": PASSWORD}).status == 303


def test_nobody_comes_back_into_a_closed_team(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        leave("finance")
        teams.close(the_user("finance").memberships[0].team)
        db.session.commit()
        id = the_user("finance").id
    assert signed_in("admin").post(f"/admin/users/{id}/reactivation").status == 422
    with app.app_context():
        assert not the_user("finance").is_living


def test_nobody_deactivates_themselves_or_somebody_twice(app: Flask) -> None:
    with app.app_context():
        give_admin("manager")
        with pytest.raises(RuleBroken):
            leave("admin")
        db.session.rollback()
        leave("finance")
        with pytest.raises(RuleBroken):
            leave("finance")


def test_the_last_administrator_stays(app: Flask) -> None:
    with app.app_context():
        give_admin("manager")
        leave("manager")
        with pytest.raises(RuleBroken):
            accounts.update(the_user("admin"), {"roles": []}, by=the_viewer("admin"), version=None)


def test_a_deactivated_administrator_does_not_count(app: Flask) -> None:
    with app.app_context():
        give_admin("manager")
        assert queries.administrators() == 2
        leave("manager")
        assert queries.administrators() == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("way", ["deactivate", "roles"])
def test_two_administrators_cannot_remove_each_other_at_once(app: Flask, way: str) -> None:
    with app.app_context():
        give_admin("manager")
    begin = Barrier(2, timeout=60)

    def remove(victim: str, by: str) -> bool:
        with app.app_context():
            user, viewer = the_user(victim), the_viewer(by)
            db.session.rollback()
            begin.wait()
            try:
                if way == "deactivate":
                    accounts.deactivate(user, successor=None, reason="", by=viewer)
                else:
                    accounts.update(user, {"roles": []}, by=viewer, version=None)
                db.session.commit()
            except Problem:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda pair: remove(*pair), [("admin", "manager"), ("manager", "admin")]))
    assert sorted(done) == [False, True]
    with app.app_context():
        assert queries.administrators() == 1
