"""An undo leaves no customer where nobody could look after it: with a leaver, in a closed team."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, teams
from blueprints.access.models import Membership
from blueprints.customers import actions
from blueprints.customers.models import Customer, CustomerHelper
from core import changes
from core.db import db
from tests.access.trails import a_file, a_move, an_update, by
from tests.company import the_user
from tests.interactions.contacts import in_english
from tests.pages import Client
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def left(app: Flask, username: str) -> None:
    by(app, "admin", lambda v: accounts.deactivate(the_user(username), successor=None, reason="", by=v))


def owner_of(app: Flask, id: int) -> str:
    with app.app_context():
        return str(db.session.get_one(Customer, id).owner.username)


def test_nothing_goes_back_to_a_leaver(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    move = a_move(app, [customer], "sales2a")
    left(app, "sales1a")
    manager = in_english(signed_in("manager"))
    token = manager.token()
    before = snapshot(app)
    page = manager.post(f"/changes/{move}/undo", {"csrf_token": token})
    assert page.status == 422 and "李雷 is deactivated and can own nothing." in page.words
    assert "This was taken back on" not in page.words
    assert difference(before, snapshot(app)) == ""


def test_nothing_goes_back_into_a_closed_team(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    move = a_move(app, [customer], "sales2a")
    with app.app_context():
        first, second = [the_user(name).memberships[0].team_id for name in ("sales1a", "sales2a")]
        changes.record("user.updated")
        for place in db.session.scalars(select(Membership).where(Membership.team_id == first)):
            place.team_id = second
        teams.close(db.session.get_one(teams.Team, first))
        db.session.commit()
    page = in_english(signed_in("manager")).post(f"/changes/{move}/undo")
    assert page.status == 422 and "销售一部 is closed." in page.words
    assert owner_of(app, customer) == "sales2a"


def test_what_stays_with_its_owner_is_not_asked_about(app: Flask, signed_in: SignedIn) -> None:
    customer, other = a_file(app, "客户一"), a_file(app, "客户二", owner="sales1b")
    move = a_move(app, [customer, other], "sales2a")
    a_move(app, [customer], "lead2")
    left(app, "sales1a")
    assert signed_in("manager").post(f"/changes/{move}/undo", {"decided": "1"}).status == 303
    assert (owner_of(app, customer), owner_of(app, other)) == ("lead2", "sales1b")


def test_no_owner_becomes_their_own_helper(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app, helpers={"sales1b": True, "lead1": False})
    removed = by(app, "manager", lambda _v: actions.set_helpers(db.session.get_one(Customer, customer), {}))
    a_move(app, [customer], "sales1b")
    assert signed_in("manager").post(f"/changes/{removed}/undo").status == 303
    with app.app_context():
        helper = db.session.scalars(select(CustomerHelper)).one()
        assert helper.user_id == the_user("lead1").id


def test_an_edit_of_a_file_is_taken_back_whoever_owns_it(app: Flask, signed_in: SignedIn) -> None:
    """One that was in the bin when its owner left, and came out of it since, still can be put right."""
    customer = a_file(app)
    edit = an_update(app, customer, city="深圳")
    by(app, "manager", lambda v: actions.put_into_bin(db.session.get_one(Customer, customer), by=v))
    left(app, "sales1a")
    by(app, "manager", lambda _v: actions.take_out_of_bin(db.session.get_one(Customer, customer)))
    assert signed_in("manager").post(f"/changes/{edit}/undo").status == 303
