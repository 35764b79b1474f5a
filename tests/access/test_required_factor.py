"""A second factor that a role requires: who is led to set it up, and what nobody reaches before."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from blueprints.access import accounts, defaults, queries, rules, second_factor
from blueprints.access.models import Role
from core import changes
from core.changes import Change
from core.db import db
from core.rights import access_of
from tests.access.second_factors import ACTS, given, set_up
from tests.company import PASSWORD, the_user, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]
PLACE = "/me/second-factor/new"


def require(app: Flask, *codes: str, required: bool = True) -> None:
    with app.app_context():
        changes.record("role.updated")
        for role in queries.roles_of_codes(codes):
            role.second_factor = required
        db.session.commit()


def requiring(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(Role.code).where(Role.second_factor)))


# --- who is led there


@pytest.mark.both_databases
def test_whoever_needs_one_sets_it_up_first(app: Flask, client: Client) -> None:
    require(app, "employee")
    assert client.post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 303
    for path in ("/", "/me", "/customers", "/search?q=x", "/me/second-factor", "/me/password"):
        answer = client.http.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, PLACE), path
    page = client.get(PLACE)
    assert "业务员" in page.one(".note").get_text()
    assert not page.soup.select(".crumb, .form-buttons a"), "there is no way round it"


def test_no_view_that_asks_who_one_is_is_reached_before(app: Flask, signed_in: SignedIn) -> None:
    """Pages, writes, downloads and panels alike, for somebody who may do everything."""
    with app.app_context():
        roles = {"roles": list(defaults.ROLES)}
        accounts.update(the_user("sales1a"), roles, by=the_viewer("admin"), version=None)
        db.session.commit()
    person = signed_in("sales1a")
    token = person.token()
    require(app, "admin")
    asked: set[str] = set()
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if access is None or access.public or rule.endpoint in ("second_factor.new", "second_factor.create"):
            continue
        path = re.sub("<[^>]+>", "1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = person.http.open(
                path, method=method, data={"csrf_token": token} if method == "POST" else None
            )
            asked.add(rule.endpoint)
            assert (answer.status_code, answer.headers.get("Location")) == (303, PLACE), rule.endpoint
    assert len(asked) > 100


def test_a_page_that_is_open_goes_there_too(app: Flask, signed_in: SignedIn) -> None:
    person = signed_in("sales1a")
    token = person.token()
    require(app, "employee")
    for answer in (
        person.http.get("/customers", headers={"HX-Request": "true"}),
        person.http.post("/me", data={"theme": "dark", "csrf_token": token}, headers={"HX-Request": "true"}),
    ):
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, PLACE)
    with app.app_context():
        assert the_user("sales1a").theme == "auto"


def test_leaving_and_the_language_stay_open(app: Flask, signed_in: SignedIn) -> None:
    require(app, "employee")
    person = signed_in("sales1a")
    token = str(person.get(PLACE).one('meta[name="csrf-token"]')["content"])
    sent = {"csrf_token": token, "language": "en", "back": PLACE}
    assert person.http.post("/me/language", data=sent).headers["Location"] == PLACE
    assert person.get(PLACE).one("html")["lang"] == "en"
    assert person.http.post("/sign-out", data={"csrf_token": token}).headers["Location"] == "/sign-in"


def test_once_it_is_set_up_everything_opens(app: Flask, signed_in: SignedIn) -> None:
    require(app, "employee")
    person = signed_in("sales1a")
    assert set_up(person).status == 200
    assert person.get("/customers").status == 200


def test_who_has_one_or_no_such_role_notices_nothing(app: Flask, signed_in: SignedIn) -> None:
    given(app, "sales1a")
    require(app, "employee")
    assert signed_in("sales1a").get("/customers").status == 200
    assert signed_in("lead1").get("/customers").status == 200


def test_one_of_several_roles_is_enough(app: Flask, signed_in: SignedIn) -> None:
    require(app, "auditor")
    with app.app_context():
        roles = {"roles": ["employee", "auditor"]}
        accounts.update(the_user("sales1a"), roles, by=the_viewer("admin"), version=None)
        db.session.commit()
    assert signed_in("sales1a").http.get("/customers").headers["Location"] == PLACE


def test_a_first_password_comes_before_it(app: Flask) -> None:
    require(app, "employee")
    with app.app_context():
        first = accounts.reset_password(the_user("sales1a"), by=the_viewer("admin"))
        db.session.commit()
    person, new = Client(app), "a new one of my own 88"
    token = str(person.get("/sign-in").one('meta[name="csrf-token"]')["content"])
    person.http.post("/sign-in", data={"username": "sales1a", "password": first, "csrf_token": token})
    assert person.http.get("/me").headers["Location"] == "/me/password"
    assert person.http.get(PLACE).headers["Location"] == "/me/password"
    sent = {**person.get("/me/password").form(), "old": first, "password": new, "again": new}
    assert person.http.post("/me/password", data=sent).status_code == 303
    assert person.http.get("/me").headers["Location"] == PLACE
    assert set_up(person, old=new).status == 200


# --- it stays


@pytest.mark.both_databases
def test_what_a_role_requires_cannot_be_turned_off(app: Flask, signed_in: SignedIn) -> None:
    given(app, "sales1a")
    person = signed_in("sales1a")
    assert person.get("/me/second-factor").soup.select("[formaction]")
    require(app, "employee")
    page = person.get("/me/second-factor")
    assert not page.soup.select("[formaction]") and "业务员" in page.words
    page = person.post(ACTS[1], {"old": PASSWORD})
    assert page.status == 422 and "业务员" in page.one(".error-summary").get_text()
    with app.app_context():
        assert second_factor.state(the_user("sales1a").id) is not None
    require(app, "employee", required=False)
    assert person.post(ACTS[1], {"old": PASSWORD}).status == 303


def test_whoever_lost_theirs_sets_up_another(app: Flask, signed_in: SignedIn) -> None:
    given(app, "sales1a")
    require(app, "employee")
    admin = signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    assert admin.post(f"/admin/users/{id}/second-factor/deletion").status == 303
    assert "尚未设置" in admin.get(f"/admin/users/{id}").one(".facts").get_text()
    assert signed_in("sales1a").http.get("/").headers["Location"] == PLACE


# --- the switch


@pytest.mark.both_databases
def test_a_role_is_switched_and_the_trail_says_so(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = queries.roles_of_codes(["lead"])[0].id
    path = f"/admin/roles/{id}"
    for required in (True, False):
        sent = admin.get(f"{path}/edit").form()
        assert ("y" in sent["second_factor"]) is not required
        assert admin.post(path, {**sent, "second_factor": "y" if required else ""}).status == 303
        assert requiring(app) == ({"lead"} if required else set())
        with app.app_context():
            rows = select(Change).where(Change.root_table == "roles", Change.root_id == id)
            change = db.session.scalars(rows.order_by(Change.id.desc())).first()
            assert (change.before, change.after) == (
                {"second_factor": not required},
                {"second_factor": required},
            )


def test_a_role_of_which_it_was_not_sent_stays(app: Flask, signed_in: SignedIn) -> None:
    require(app, "employee")
    with app.app_context():
        role = queries.roles_of_codes(["employee"])[0]
        path, version = f"/admin/roles/{role.id}", role.version
    fields = {"name_zh": "业务", "name_en": "Employee", "version": version}
    assert signed_in("admin").post(path, fields).status == 303
    assert requiring(app) == {"employee"}


def test_the_table_of_roles_tells_where_it_is_missing(app: Flask, signed_in: SignedIn) -> None:
    require(app, "auditor", "admin")
    given(app, "admin")
    section = signed_in("admin").get("/admin/roles").one("#roles")
    said = {
        row.select("td")[0].get_text(strip=True): row.select("td")[1].get_text(strip=True)
        for row in section.select("tbody tr")
    }
    assert {code for code, word in said.items() if word == "必须"} == {"auditor", "admin"}
    assert {code for code, word in said.items() if word == "建议启用"} == {"manager"}


def test_a_new_role_requires_it_until_it_is_switched_off(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    assert admin.get("/admin/roles/new").one("#second_factor").has_attr("checked")
    assert not admin.get("/admin/roles/new?copy=employee").one("#second_factor").has_attr("checked")
    require(app, "lead")
    assert admin.get("/admin/roles/new?copy=lead").one("#second_factor").has_attr("checked")


def test_two_edits_of_the_switch_meet(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        path = f"/admin/roles/{queries.roles_of_codes(['employee'])[0].id}"
    mine = admin.get(f"{path}/edit").form()
    require(app, "employee")
    page = admin.post(path, {**mine, "name_zh": "业务"})
    assert page.status == 409 and "是" in page.one(".conflict").get_text()
    assert admin.post(path, page.form(path)).status == 303
    assert requiring(app) == {"employee"}


# --- the first day, and an upgrade


def test_people_of_a_new_company_who_administer_or_export_need_one(app: Flask) -> None:
    held = {code: [r for r, cell in cells.items() if not cell.ask] for code, cells in defaults.GRANTS.items()}
    assert {code for code, rights in held.items() if rules.guarded(rights)} == {"admin", "manager"}
    assert requiring(app) == set(), "those of the tests need none"


@pytest.mark.both_databases
@pytest.mark.parametrize("demonstration", [False, True])
def test_an_upgrade_requires_it_but_not_of_the_demonstration(app: Flask, demonstration: bool) -> None:
    with app.app_context():
        if demonstration:
            value = '{"value": true}'
            insert = "INSERT INTO setting_values (name, value, version, created_at, updated_at)"
            rest = " VALUES ('company.demonstration', :value, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
            db.session.execute(text(insert + rest), {"value": value})
        db.session.commit()
        db.engine.dispose()
        downgrade(revision="0004")
        upgrade()
    assert requiring(app) == (set() if demonstration else {"admin", "manager"})
