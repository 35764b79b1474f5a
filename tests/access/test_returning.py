"""A deactivation with its hand-over is taken back as one: the account lives again, what was theirs is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, queries, teams
from blueprints.access.models import SignIn
from blueprints.customers import actions, search
from blueprints.customers.models import Customer, CustomerHelper
from blueprints.interactions import refreshing
from blueprints.interactions.models import PlannedContact
from core import changes, clock
from core.db import db
from core.rights import Scope
from tests.access.test_users import a_role, give
from tests.access.trails import a_file, by
from tests.company import PASSWORD, a_customer, the_user, the_viewer
from tests.conftest import NOW
from tests.core.undos import business_tables
from tests.interactions.contacts import a_contact, a_plan, in_english
from tests.pages import Client
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
LATER = NOW + timedelta(hours=1)


def left(app: Flask, username: str = "sales1a", successor: str | None = "sales2a") -> int:
    """Somebody is deactivated; answers the id of the change set."""

    def deactivate(viewer: Any) -> None:
        heir = the_user(successor) if successor else None
        accounts.deactivate(the_user(username), successor=heir, reason="离职", by=viewer)

    return by(app, "admin", deactivate)


def moved(app: Flask, id: int, to: str, by_whom: str = "leader") -> None:
    """A customer gets another owner."""
    by(
        app, by_whom,
        lambda v: actions.assign(db.session.get_one(Customer, id), the_user(to), by=v, reason="x"),
    )  # fmt: skip


def owner_of(app: Flask, id: int) -> tuple[str, str]:
    """User name of the owner and slug of the team of a customer."""
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        assert customer.owner is not None and customer.team is not None
        return customer.owner.username, customer.team.slug


def desk(app: Flask) -> None:
    """All that hangs on somebody: met and unmet customers, one in the bin, plans, and help both ways."""
    with app.app_context():
        met = a_customer("华兴科技有限公司", tier="a", status="active", helpers={"sales2a": True})
        a_contact(met)
        a_plan(met, date(2026, 12, 1))
        a_customer("瑞丰贸易", phone="13912345678")
        binned = a_customer("佳和物业")
        others = a_customer("别人的客户", owner="sales1b", helpers={"sales1a": True})
        a_plan(others, date(2026, 12, 2), who="me")
        changes.record("customer.binned")
        binned.deleted_at = clock.now()
        db.session.commit()


def derived(app: Flask) -> list[tuple[Any, ...]]:
    """The dates of all customers, and who finds which of them."""
    with app.app_context():
        columns = [getattr(Customer, name) for name in refreshing.DERIVED]
        dates = [tuple(row) for row in db.session.execute(select(*columns).order_by(Customer.id))]
        names = ("sales1a", "sales1b", "sales2a", "lead1", "lead2")
        found = [
            (name, q, [hit.id for hit in search.find(the_viewer(name), q)])
            for name in names
            for q in ("华兴", "瑞丰", "佳和", "别人", "5678")
        ]
        return dates + found


@pytest.mark.both_databases
def test_everything_is_as_it_was(app: Flask, signed_in: SignedIn) -> None:
    desk(app)
    with app.app_context():
        before = business_tables()
    found = derived(app)
    id = left(app)
    with app.app_context():
        assert business_tables() != before
    assert derived(app) != found
    assert signed_in("admin").post(f"/changes/{id}/undo").status == 303
    with app.app_context():
        assert business_tables() == before
        assert search.refresh() == refreshing.refresh() == 0
    assert derived(app) == found


def test_the_page_has_a_button_for_it(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    id = left(app)
    for who, offered in (("admin", True), ("manager", False), ("auditor", False), ("sales2a", False)):
        page = signed_in(who).get(f"/changes/{id}")
        assert bool(page.soup.select(f'form[action="/changes/{id}/undo"]')) is offered, who


def test_the_page_of_the_account_leads_there(app: Flask, signed_in: SignedIn) -> None:
    a_file(app)
    id = left(app)
    with app.app_context():
        account = the_user("sales1a").id
    admin = signed_in("admin")
    assert admin.get(f"/admin/users/{account}").soup.select(f'main a[href="/changes/{id}"]')
    admin.post(f"/changes/{id}/undo")
    assert not admin.get(f"/admin/users/{account}").soup.select('main a[href^="/changes/"]')


def test_ended_sessions_stay_ended_and_the_password_is_the_old_one(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    id = left(app, successor=None)
    assert signed_in("admin").post(f"/changes/{id}/undo").status == 303
    assert client.get("/me").status == 303
    with app.app_context():
        mine = select(SignIn).where(SignIn.user_id == the_user("sales1a").id, SignIn.ended_at.is_(None))
        assert db.session.scalars(mine).all() == []
    assert Client(app).post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 303


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 403), ("auditor", 403), ("leader", 403), ("sales2a", 403), ("finance", 404)],
)
def test_who_may_not_manage_users_changes_nothing(
    app: Flask, signed_in: SignedIn, who: str, status: int
) -> None:
    a_file(app)
    id = left(app)
    client = signed_in(who)
    token = client.token()
    before = snapshot(app)
    assert client.post(f"/changes/{id}/undo", {"csrf_token": token}).status == status
    assert difference(before, snapshot(app)) == ""


def test_nobody_lets_in_who_holds_more_than_they_do(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_role("clerk", ACCESS_USERS=(Scope.ALL, None))
        give("finance", "clerk")
    id = left(app)
    clerk = signed_in("finance")
    token = clerk.token()
    before = snapshot(app)
    assert clerk.get(f"/changes/{id}").status == 200
    assert clerk.post(f"/changes/{id}/undo", {"csrf_token": token}).status == 403
    assert difference(before, snapshot(app)) == ""


def test_nobody_comes_back_into_a_closed_team(app: Flask, signed_in: SignedIn) -> None:
    id = left(app, "finance", successor=None)
    with app.app_context():
        teams.close(the_user("finance").memberships[0].team)
        db.session.commit()
    page = in_english(signed_in("admin")).post(f"/changes/{id}/undo")
    assert page.status == 422 and "财务部 is closed. Open it first" in page.words
    with app.app_context():
        assert not the_user("finance").is_living


def reactivated(app: Flask, username: str = "sales1a") -> None:
    by(app, "admin", lambda v: accounts.reactivate(the_user(username), by=v))


def test_after_a_reactivation_the_hand_over_is_taken_back(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    id = left(app)
    reactivated(app)
    assert owner_of(app, customer) == ("sales2a", "sales2")
    assert signed_in("admin").post(f"/changes/{id}/undo").status == 303
    assert owner_of(app, customer) == ("sales1a", "sales1")
    with app.app_context():
        assert the_user("sales1a").is_living


def test_the_latest_deactivation_comes_first(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    first = left(app)
    reactivated(app)
    with clock.frozen(LATER):
        second = left(app, successor=None)
    admin = in_english(signed_in("admin"))
    page = admin.post(f"/changes/{first}/undo")
    assert page.status == 422 and "李雷 was deactivated again since then." in page.words
    assert owner_of(app, customer) == ("sales2a", "sales2")
    assert [admin.post(f"/changes/{id}/undo").status for id in (second, first)] == [303, 303]
    assert owner_of(app, customer) == ("sales1a", "sales1")


def test_an_undo_of_it_stands(app: Flask, signed_in: SignedIn) -> None:
    customer = a_file(app)
    id = left(app)
    admin = in_english(signed_in("admin"))
    undone = str(admin.post(f"/changes/{id}/undo").response.headers["Location"])
    page = admin.get(undone)
    assert "Deactivate the account again instead." in page.words
    assert not page.soup.select(f'form[action="{undone}/undo"]')
    assert admin.post(f"{undone}/undo").status == 422
    assert owner_of(app, customer) == ("sales1a", "sales1")
    with app.app_context():
        assert the_user("sales1a").is_living


def test_it_is_possible_for_thirty_days(app: Flask, signed_in: SignedIn) -> None:
    id = left(app)
    with clock.frozen(NOW + timedelta(days=30, minutes=1)):
        assert signed_in("admin").post(f"/changes/{id}/undo").status == 422


# --- what was edited since


@pytest.mark.both_databases
def test_who_sees_no_customers_is_told_how_many_changed_since_and_they_stay(
    app: Flask, signed_in: SignedIn
) -> None:
    one, two = a_file(app, "华兴科技有限公司"), a_file(app, "瑞丰贸易")
    id = left(app)
    moved(app, one, "lead2")
    admin = in_english(signed_in("admin"))
    token = admin.token()
    before = snapshot(app)
    page = admin.post(f"/changes/{id}/undo", {"csrf_token": token})
    assert page.status == 409 and difference(before, snapshot(app)) == ""
    assert "One thing was changed again after this, in a record that you may not see." in page.words
    assert not page.soup.select("#conflicts-table tbody tr")
    for canary in ("华兴", "韩雪", "林小满", f"#{one}"):
        assert canary not in page.one("main").get_text()
    assert admin.post(f"/changes/{id}/undo", {"decided": "1"}).status == 303
    assert (owner_of(app, one), owner_of(app, two)) == (("lead2", "sales2"), ("sales1a", "sales1"))


@pytest.mark.parametrize("rights", [{}, {"CUSTOMERS_ASSIGN": (Scope.ALL, None)}])
def test_who_may_not_see_and_assign_customers_overwrites_nothing(
    app: Flask, signed_in: SignedIn, rights: dict[str, Any]
) -> None:
    """Not even with the key of a conflict that the page did not offer."""
    with app.app_context():
        a_role("clerk", **rights)
        give("finance", "clerk", "admin")
    customer = a_file(app)
    id = left(app)
    moved(app, customer, "lead2")
    with app.app_context():
        mine = (changes.Change.set_id == id) & (changes.Change.record_table == "customers")
        change = db.session.scalars(select(changes.Change).where(mine)).one()
    sent = {"decided": "1", "overwrite": [f"{change.id}.owner_id", f"{change.id}.team_id"]}
    assert signed_in("finance").post(f"/changes/{id}/undo", sent).status == 303
    assert owner_of(app, customer) == ("lead2", "sales2")


def test_who_sees_customers_but_may_not_assign_them_is_shown_what_stays(
    app: Flask, signed_in: SignedIn
) -> None:
    with app.app_context():
        give("auditor", "auditor", "admin")
    customer = a_file(app)
    id = left(app)
    moved(app, customer, "lead2")
    page = signed_in("auditor").post(f"/changes/{id}/undo")
    [row] = page.soup.select("#conflicts-table tbody tr")
    assert "林小满" in row.get_text() and not page.soup.select('input[name="overwrite"]')


def test_whoever_may_assign_customers_too_overwrites_what_they_tick(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        give("manager", "manager", "admin")
    one, two = a_file(app, "华兴科技有限公司"), a_file(app, "瑞丰贸易")
    id = left(app)
    moved(app, one, "lead2")
    moved(app, two, "lead2")
    client = signed_in("manager")
    page = client.post(f"/changes/{id}/undo")
    rows = [row.get_text(" ") for row in page.soup.select("#conflicts-table tbody tr")]
    assert len(rows) == 2 and "华兴" in rows[0] and "瑞丰" in rows[1]
    [first, _second] = [box["value"] for box in page.soup.select('input[name="overwrite"]')]
    assert client.post(f"/changes/{id}/undo", {"decided": "1", "overwrite": [first]}).status == 303
    assert (owner_of(app, one), owner_of(app, two)) == (("sales1a", "sales1"), ("lead2", "sales2"))


def test_who_may_assign_only_some_overwrites_only_these(app: Flask, signed_in: SignedIn) -> None:
    """The lead of the first team, who manages users besides, sees what came to that team, and no more."""
    with app.app_context():
        give("lead1", "lead", "admin")
    one, two = a_file(app, "华兴科技有限公司"), a_file(app, "瑞丰贸易")
    id = left(app)
    moved(app, one, "sales1b")
    moved(app, two, "lead2")
    page = in_english(signed_in("lead1")).post(f"/changes/{id}/undo")
    [row] = page.soup.select("#conflicts-table tbody tr")
    assert "华兴" in row.get_text() and row.select('input[name="overwrite"]')
    assert "瑞丰" not in page.text and "1 more is not listed here" in page.words


def test_plans_made_for_the_successor_and_used_since_stay(app: Flask, signed_in: SignedIn) -> None:
    """A first contact that the hand-over planned, and the successor moved, is a conflict; the rest goes back."""
    with app.app_context():
        for n in range(8):
            a_customer(f"客户{n}", owner="sales2a")
        a_customer("华兴科技有限公司")
    id = left(app)
    with app.app_context():
        plan = db.session.scalars(
            select(PlannedContact)
            .join(changes.Change, changes.Change.record_id == PlannedContact.id)
            .where(changes.Change.set_id == id, changes.Change.record_table == "planned_contacts")
            .where(changes.Change.action == "insert")
        ).first()
        assert plan is not None
        changes.record("plan.postponed")
        plan.on_day = date(2026, 12, 24)
        db.session.commit()
        moved_plan, customer = plan.id, plan.customer_id
    assert signed_in("admin").post(f"/changes/{id}/undo").status == 409
    assert signed_in("admin").post(f"/changes/{id}/undo", {"decided": "1"}).status == 303
    assert owner_of(app, customer) == ("sales1a", "sales1")
    with app.app_context():
        kept = db.session.get(PlannedContact, moved_plan)
        assert kept is not None and kept.on_day == date(2026, 12, 24)
        assert db.session.get_one(Customer, customer).next_contact_on == date(2026, 12, 24)
        assert refreshing.refresh() == 0


def test_a_helper_comes_back_as_one(app: Flask, signed_in: SignedIn) -> None:
    others = a_file(app, "别人的客户", owner="sales1b", helpers={"sales1a": True})
    id = left(app, successor=None)
    assert signed_in("admin").post(f"/changes/{id}/undo").status == 303
    with app.app_context():
        row = db.session.scalars(select(CustomerHelper)).one()
        assert (row.customer_id, row.user_id, row.may_write) == (others, the_user("sales1a").id, True)
        assert queries.viewer_of(the_user("sales1a")).may("customers:see")
