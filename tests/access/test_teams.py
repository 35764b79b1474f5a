"""The tree of teams: made, moved, closed, opened again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access import accounts, queries, teams
from blueprints.access.models import Team
from core import kinds
from core.db import db
from core.errors import RuleBroken
from core.rights import Right
from tests.company import a_customer, the_user, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]


def the_team(slug: str) -> Team:
    team = queries.team_named(slug)
    assert team is not None
    return team


@pytest.mark.parametrize("username", ["manager", "lead1", "sales1a", "auditor"])
def test_only_who_manages_teams_sees_and_changes_them(signed_in: SignedIn, username: str) -> None:
    client = signed_in(username)
    for path in ("/admin/teams", "/admin/teams/new", "/admin/teams/1/edit"):
        assert client.get(path).status == 403
    for path in ("/admin/teams", "/admin/teams/1", "/admin/teams/1/closure", "/admin/teams/1/reopening"):
        assert client.post(path, {"name": "x", "slug": "x"}).status == 403


def test_the_tree_is_shown_from_the_top_with_leads_and_numbers(signed_in: SignedIn) -> None:
    rows = signed_in("admin").get("/admin/teams").soup.select("tbody tr")
    shown = [[cell.get_text(strip=True) for cell in row.select("th, td")][:4] for row in rows]
    assert shown[0] == ["公司", "company", "—", "3"]
    assert ["销售一部", "sales1", "周正", "4"] in shown


def test_a_team_is_made_below_another(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    form = admin.get("/admin/teams/new?parent=sales").form()
    assert form["parent"] == ["sales"]
    assert admin.post("/admin/teams", {**form, "name": "销售三部", "slug": "Sales3"}).status == 303
    with app.app_context():
        assert the_team("sales3").parent.slug == "sales"


@pytest.mark.parametrize(
    ("name", "slug", "parent"),
    [
        ("", "x", ""),
        ("x", "", ""),
        ("x", "sales1", ""),
        ("x", "has blank", ""),
        ("x", "-x", ""),
        ("x", "部门", ""),
        ("x", "x", "nowhere"),
    ],
)
def test_a_wrong_team_is_not_made(app: Flask, signed_in: SignedIn, name: str, slug: str, parent: str) -> None:
    assert (
        signed_in("admin").post("/admin/teams", {"name": name, "slug": slug, "parent": parent}).status == 422
    )
    with app.app_context():
        assert db.session.query(Team).count() == 6


def test_a_moved_team_takes_its_scope_along(app: Flask) -> None:
    with app.app_context():
        customer = a_customer(owner="sales2a")
        assert not kinds.holds(customer, the_viewer("lead1"), Right.CUSTOMERS_SEE)
        teams.update(the_team("sales2"), {"parent": "sales1"}, version=None)
        db.session.commit()
        assert kinds.holds(customer, the_viewer("lead1"), Right.CUSTOMERS_SEE)


@pytest.mark.parametrize("below", ["sales", "sales1"])
def test_no_team_stands_below_itself(app: Flask, signed_in: SignedIn, below: str) -> None:
    with app.app_context():
        team = the_team("sales")
        id, version = team.id, team.version
        with pytest.raises(RuleBroken):
            teams.update(team, {"parent": below}, version=None)
    admin = signed_in("admin")
    options = [
        o["value"] for o in admin.get(f"/admin/teams/{id}/edit").soup.select("select[name=parent] option")
    ]
    assert options == ["", "company", "service", "finance"]
    assert (
        admin.post(
            f"/admin/teams/{id}", {"name": "x", "slug": "sales", "parent": below, "version": version}
        ).status
        == 422
    )


def test_two_edits_of_a_team_meet(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = the_team("sales1").id
    mine, theirs = (admin.get(f"/admin/teams/{id}/edit").form() for _window in range(2))
    assert admin.post(f"/admin/teams/{id}", {**theirs, "name": "一部"}).status == 303
    page = admin.post(f"/admin/teams/{id}", {**mine, "name": "壹部"})
    assert page.status == 409
    assert "一部" in page.one(".conflict").get_text()
    assert "壹部" in page.one(".conflict").get_text()


def test_a_team_that_holds_something_is_not_closed(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        ids = {slug: the_team(slug).id for slug in ("sales", "sales1")}
    for id in ids.values():
        assert not admin.get(f"/admin/teams/{id}/edit").soup.select("form[action$=closure]")
        assert admin.post(f"/admin/teams/{id}/closure").status == 422
    with app.app_context():
        assert the_team("sales1").closed_at is None


def test_customers_keep_a_team_open(app: Flask) -> None:
    with app.app_context():
        a_customer(owner="sales2a")
        for username in ("sales2a", "lead2"):
            accounts.update(
                the_user(username), {"team": "sales1", "leads": []}, by=the_viewer("admin"), version=None
            )
        with pytest.raises(RuleBroken):
            teams.close(the_team("sales2"))


def test_an_empty_team_is_closed_and_opened_again(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        accounts.update(the_user("finance"), {"team": "company"}, by=the_viewer("admin"), version=None)
        db.session.commit()
        id = the_team("finance").id
    admin = signed_in("admin")
    assert admin.post(f"/admin/teams/{id}/closure").status == 303
    assert "财务部" not in [
        option.get_text(strip=True) for option in admin.get("/admin/users/new").soup.select("option")
    ]
    with app.app_context(), pytest.raises(RuleBroken):
        accounts.update(the_user("finance"), {"team": "finance"}, by=the_viewer("admin"), version=None)
    assert admin.post(f"/admin/teams/{id}/reopening").status == 303
    with app.app_context():
        assert the_team("finance").closed_at is None
