"""Accounts: made, changed, found; by whom, and by whom not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, rules
from blueprints.access.models import Role, RoleGrant, User
from core import changes
from core.db import db
from core.errors import Refused, Stale
from core.rights import Right, Scope
from tests.company import PASSWORD, the_user, the_viewer
from tests.pages import Client
from tests.statements import counted

SignedIn = Callable[[str], Client]
NOBODY_ELSE = ["manager", "leader", "lead1", "sales1a", "assistant1", "service1", "finance", "auditor"]


def a_role(code: str, **grants: tuple[Scope, int | None]) -> Role:
    """A role that holds rights by the names of the enum, with scope and limit."""
    changes.record("role.created")
    role = Role(code=code, name_zh=code, name_en=code)
    role.grants = [RoleGrant(right=Right[name], scope=s, most=most) for name, (s, most) in grants.items()]
    db.session.add(role)
    db.session.commit()
    return role


def give(username: str, *codes: str) -> None:
    accounts.update(the_user(username), {"roles": list(codes)}, by=the_viewer("admin"), version=None)
    db.session.commit()


def new_user(**fields: Any) -> dict[str, Any]:
    given = {"username": "newbie", "name": "新人", "team": "sales1", "roles": ["employee"], **fields}
    return {**given, "teams": given.get("teams", [""]), "leads": given.get("leads", [""])}


@pytest.mark.parametrize("username", NOBODY_ELSE)
@pytest.mark.parametrize(
    "path",
    [
        "/admin/users",
        "/admin/users/new",
        "/admin/users/1",
        "/admin/users/1/edit",
        "/admin/users/1/deactivation",
    ],
)
def test_only_who_manages_accounts_sees_them(signed_in: SignedIn, username: str, path: str) -> None:
    assert signed_in(username).get(path).status == 403


@pytest.mark.parametrize("username", ["manager", "sales1a"])
def test_only_who_manages_accounts_changes_them(app: Flask, signed_in: SignedIn, username: str) -> None:
    client = signed_in(username)
    with app.app_context():
        id, before = the_user("sales1b").id, db.session.query(User).count()
    for path in (
        "",
        f"/{id}",
        f"/{id}/password",
        f"/{id}/sign-out",
        f"/{id}/deactivation",
        f"/{id}/reactivation",
    ):
        assert client.post(f"/admin/users{path}", new_user()).status == 403
    with app.app_context():
        assert (db.session.query(User).count(), the_user("sales1b").is_living) == (before, True)


def names(client: Client, query: str) -> list[str]:
    return [cell.get_text() for cell in client.get(f"/admin/users?{query}").soup.select(".list-name")]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=李雷", ["李雷"]),
        ("q=SALES1", ["李雷", "吴桐"]),
        ("q=lin", ["林小满"]),
        ("q=%25", []),
        ("q=_", []),
        ("team=sales1", ["李雷", "唐佳", "吴桐", "周正"]),
        ("team=sales&role=lead", ["方总监", "林小满", "周正"]),
        ("team=nowhere", []),
        ("role=auditor&state=all", ["郑审"]),
        ("state=deactivated", []),
        ("role=lead&sort=-username", ["方总监", "林小满", "周正"]),
        ("role=lead&sort=username;drop&state=x", ["方总监", "林小满", "周正"]),
    ],
)
def test_people_are_found(signed_in: SignedIn, query: str, found: list[str]) -> None:
    assert names(signed_in("admin"), query) == found


def test_the_list_goes_on_by_pages(app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.lists.page.__defaults__", (5,))
    client, seen, path = signed_in("admin"), [], "/admin/users"
    while path:
        page = client.get(path)
        seen += [cell.get_text() for cell in page.soup.select(".list-name")]
        following = page.soup.select_one("a[rel=next]")
        path = str(following["href"]) if following else ""
    assert len(seen) == len(set(seen)) == 13


def test_a_new_account_gets_a_password_that_is_shown_once(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    page = admin.post("/admin/users", {**admin.get("/admin/users/new").form(), **new_user(leads=["sales2"])})
    assert page.status == 200
    password = page.one("#first-password").get_text()
    newcomer = Client(app)
    assert newcomer.post("/sign-in", {"username": "newbie", "password": password}).status == 303
    assert newcomer.get("/customers").response.headers["Location"] == "/me/password"
    with app.app_context():
        user = the_user("newbie")
        assert {(p.team.slug, p.main, p.lead) for p in user.memberships} == {
            ("sales1", True, False),
            ("sales2", False, True),
        }
        assert password not in admin.get(f"/admin/users/{user.id}").text


def test_the_same_form_sent_twice_makes_one_account(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    sent = {**admin.get("/admin/users/new").form(), **new_user()}
    assert [admin.post("/admin/users", sent).status for _time in range(2)] == [200, 303]
    with app.app_context():
        assert db.session.query(User).filter_by(username="newbie").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""), ("username", "a"), ("username", "has blank"), ("username", "SALES1A"),
        ("username", "x" * 61), ("username", "<b>"), ("name", ""), ("name", "x" * 121),
        ("team", ""), ("team", "nowhere"),
        ("roles", ["king"]), ("email", "no mail"), ("email", "a@b@c.d"), ("teams", ["nowhere"]),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_made(
    app: Flask, signed_in: SignedIn, field: str, value: Any
) -> None:
    page = signed_in("admin").post("/admin/users", new_user(**{field: value}))
    assert page.status == 422
    assert page.soup.select(".error-summary li")
    with app.app_context():
        assert db.session.query(User).count() == 13


@pytest.mark.both_databases
def test_an_account_is_changed(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    sent = admin.get(f"/admin/users/{id}/edit").form()
    sent.update(
        name="李雷雷",
        staff_number="0815",
        email="lei@example.com",
        team="sales2",
        teams=["", "service"],
        leads=[""],
    )
    sent["roles"] = ["", "employee", "callback"]
    assert admin.post(f"/admin/users/{id}", sent).status == 303
    with app.app_context():
        user = the_user("sales1a")
        assert (user.name, user.staff_number, user.email) == ("李雷雷", "0815", "lei@example.com")
        assert {(p.team.slug, p.main) for p in user.memberships} == {("sales2", True), ("service", False)}
        assert {held.role.code for held in user.roles} == {"employee", "callback"}


def test_what_was_not_sent_stays(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        user = the_user("lead1")
        id, version = user.id, user.version
    assert (
        admin.post(f"/admin/users/{id}", {"version": version, "name": "周正正", "team": "sales1"}).status
        == 303
    )
    with app.app_context():
        user = the_user("lead1")
        assert [held.role.code for held in user.roles] == ["lead"]
        assert [(p.team.slug, p.lead) for p in user.memberships] == [("sales1", True)]


def test_unnamed_columns_cannot_be_set(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        user = the_user("sales1a")
        id, version = user.id, user.version
    stolen = {
        "username": "root",
        "deactivated_at": "2020-01-01",
        "name_key": "x",
        "id": "99",
        "password_hash": "x",
    }
    assert (
        admin.post(
            f"/admin/users/{id}", {"version": version, "name": "李雷", "team": "sales1", **stolen}
        ).status
        == 303
    )
    with app.app_context():
        assert db.session.get(User, id).username == "sales1a"


def test_two_edits_meet_and_both_are_shown(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    mine, theirs = (admin.get(f"/admin/users/{id}/edit").form() for _window in range(2))
    assert (
        admin.post(f"/admin/users/{id}", {**theirs, "staff_number": "1", "roles": ["", "service"]}).status
        == 303
    )
    page = admin.post(f"/admin/users/{id}", {**mine, "staff_number": "2", "email": "lei@example.com"})
    assert page.status == 409
    rows = {
        row.th.get_text(strip=True): [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in page.soup.select(".conflict tbody tr")
    }
    assert len(rows) == 2, rows
    chosen = {radio["name"]: radio["value"] for radio in page.soup.select(".conflict input[checked]")}
    assert chosen == {"keep-staff_number": "yours", "keep-roles": "theirs"}
    assert admin.post(f"/admin/users/{id}", page.form(f"/admin/users/{id}")).status == 303
    with app.app_context():
        user = the_user("sales1a")
        assert (user.staff_number, user.email, [r.role.code for r in user.roles]) == (
            "2",
            "lei@example.com",
            ["service"],
        )


def test_a_change_of_roles_alone_makes_older_pages_stale(app: Flask) -> None:
    with app.app_context():
        version = the_user("sales1a").version
        give("sales1a", "service")
        with pytest.raises(Stale):
            accounts.update(the_user("sales1a"), {"roles": []}, by=the_viewer("admin"), version=version)


def test_each_change_is_on_record(app: Flask, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    sent = admin.get(f"/admin/users/{id}/edit").form()
    admin.post(f"/admin/users/{id}", {**sent, "name": "李雷雷", "roles": [""]})
    with app.app_context():
        last = db.session.scalars(select(changes.ChangeSet).order_by(changes.ChangeSet.id.desc())).first()
        rows = db.session.scalars(select(changes.Change).where(changes.Change.set_id == last.id)).all()
        assert (last.verb, last.user_id) == ("user.updated", the_user("admin").id)
        assert {(r.record_table, r.action, r.root_id) for r in rows} == {
            ("users", "update", id),
            ("user_roles", "delete", id),
        }
        assert next(r for r in rows if r.record_table == "users").after == {"name": "李雷雷"}


def test_nobody_gives_a_right_that_they_do_not_hold(app: Flask) -> None:
    with app.app_context():
        a_role(
            "staff",
            ACCESS_USERS=(Scope.ALL, None),
            CUSTOMERS_SEE=(Scope.TEAM, None),
            CUSTOMERS_BULK=(Scope.OWN, 10),
        )
        a_role("less", CUSTOMERS_SEE=(Scope.OWN, None), CUSTOMERS_BULK=(Scope.OWN, 5))
        a_role("wider", CUSTOMERS_SEE=(Scope.BRANCH, None))
        a_role("more", CUSTOMERS_BULK=(Scope.OWN, 11))
        a_role("unlimited", CUSTOMERS_BULK=(Scope.OWN, None))
        a_role("other", CUSTOMERS_EDIT=(Scope.OWN, None))
        give("assistant1", "staff")
        give("finance", "less")
        by = the_viewer("assistant1")
        accounts.update(the_user("finance"), {"roles": []}, by=by, version=None)
        accounts.update(the_user("finance"), {"roles": ["less"]}, by=by, version=None)
        for code in ("wider", "more", "unlimited", "other", "admin"):
            with pytest.raises(Refused):
                accounts.update(the_user("finance"), {"roles": [code]}, by=by, version=None)
            db.session.rollback()


def test_nobody_gets_over_somebody_who_holds_more(app: Flask) -> None:
    """Who may reset a password may sign in as that person."""
    with app.app_context():
        a_role("staff", ACCESS_USERS=(Scope.ALL, None))
        give("assistant1", "staff")
        by = the_viewer("assistant1")
        for act in (
            lambda: accounts.reset_password(the_user("admin"), by=by),
            lambda: accounts.update(the_user("manager"), {"name": "x"}, by=by, version=None),
            lambda: accounts.deactivate(the_user("manager"), successor=None, reason="", by=by),
            lambda: accounts.end_sessions(the_user("admin"), by=by),
            lambda: accounts.reactivate(the_user("admin"), by=by),
        ):
            with pytest.raises(Refused):
                act()
            db.session.rollback()


def test_nobody_changes_their_own_roles_and_teams_but_administrators(app: Flask) -> None:
    with app.app_context():
        a_role("staff", ACCESS_USERS=(Scope.ALL, None), CUSTOMERS_SEE=(Scope.BRANCH, None))
        give("assistant1", "staff")
        by = the_viewer("assistant1")
        for values in ({"team": "company"}, {"teams": ["company"]}, {"roles": []}):
            with pytest.raises(Refused):
                accounts.update(the_user("assistant1"), values, by=by, version=None)
            db.session.rollback()
        accounts.update(the_user("assistant1"), {"staff_number": "7"}, by=by, version=None)
        accounts.update(the_user("admin"), {"teams": ["sales1"]}, by=the_viewer("admin"), version=None)


def test_rights_are_read_afresh(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert client.get("/admin/users").status == 200
    with app.app_context():
        give("manager", "admin")
        accounts.update(the_user("admin"), {"roles": []}, by=the_viewer("manager"), version=None)
        db.session.commit()
    assert client.get("/admin/users").status == 403


def test_a_reset_password_works_once_and_ends_all_sessions(app: Flask, signed_in: SignedIn) -> None:
    admin, person = signed_in("admin"), signed_in("sales1a")
    with app.app_context():
        id = the_user("sales1a").id
    page = admin.post(f"/admin/users/{id}/password")
    password = page.one("#first-password").get_text()
    assert person.get("/me").status == 303
    assert Client(app).post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 422
    assert Client(app).post("/sign-in", {"username": "sales1a", "password": password}).status == 303


def test_nobody_resets_their_own_password_here(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = the_user("admin").id
    assert signed_in("admin").post(f"/admin/users/{id}/password").status == 422


def test_sessions_of_others_can_be_ended(app: Flask, signed_in: SignedIn) -> None:
    admin, person = signed_in("admin"), signed_in("sales1a")
    with app.app_context():
        id = the_user("sales1a").id
    assert admin.post(f"/admin/users/{id}/sign-out").status == 303
    assert (person.get("/me").status, admin.get("/me").status) == (303, 200)


def test_an_account_that_is_not_there_is_not_found(signed_in: SignedIn) -> None:
    for path in ("/admin/users/999", "/admin/users/999/edit", "/admin/users/9223372036854775808"):
        assert signed_in("admin").get(path).status == 404


def test_first_passwords_are_good_ones(app: Flask) -> None:
    passwords = {accounts.first_password() for _time in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        rules.check_password(password, ["sales1a", "李雷"])


def test_the_page_does_not_grow_with_the_number_of_people(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    admin.get("/admin/users")
    with counted() as few:
        admin.get("/admin/users?team=sales2")
    with counted() as many:
        admin.get("/admin/users?team=company")
    assert len(many) <= len(few)


@pytest.mark.parametrize(
    ("field", "sentence"), [("roles", "只能从这些选项中选择。"), ("team", "请选择一项。")]
)
def test_a_choice_that_there_is_not_is_refused_in_chinese(
    app: Flask, signed_in: SignedIn, field: str, sentence: str
) -> None:
    admin = signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    page = admin.post(f"/admin/users/{id}", {**admin.get(f"/admin/users/{id}/edit").form(), field: "zz"})
    assert page.status == 422 and sentence in page.words and "valid" not in page.words
