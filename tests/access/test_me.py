"""One's own page: what one may change about oneself, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.access import accounts, actions, rules
from core.db import db
from core.rights import access_of
from tests.company import PASSWORD, the_user, the_viewer
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]
NEW = "a quite other horse 88"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None) -> Page:
    return client.post(
        "/me/password", {"old": old, "password": new, "again": new if again is None else again}
    )


def test_it_shows_who_one_is(signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get("/me")
    for word in ("李雷", "sales1a", "销售一部", "业务员"):
        assert word in page.words


def test_it_says_what_one_may_do(signed_in: SignedIn) -> None:
    assert len(signed_in("sales1a").get("/me").soup.select("#rights li")) == 15
    [only] = signed_in("finance").get("/me").soup.select("#rights li")
    assert "代理人" in only.get_text()


def test_language_and_theme_are_ones_own_choice(signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    client.post("/me", {"language": "en", "theme": "dark"})
    page = client.get("/me")
    assert (page.one("html")["lang"], page.one("html")["data-bs-theme"]) == ("en", "dark")
    client.post("/me", {"language": "", "theme": "auto"})
    assert client.get("/me").one("html")["lang"] == "zh-Hans-CN"


def test_the_menu_switches_the_language_and_stays(app: Flask, signed_in: SignedIn) -> None:
    page = signed_in("sales1a").post("/me/language", {"language": "en", "back": "/customers?q=x"})
    assert page.response.headers["Location"] == "/customers?q=x"
    with app.app_context():
        assert the_user("sales1a").language == "en"


def test_an_unknown_choice_is_refused(app: Flask, signed_in: SignedIn) -> None:
    assert signed_in("sales1a").post("/me", {"language": "xx", "theme": "neon"}).status == 422
    with app.app_context():
        assert the_user("sales1a").theme == "auto"


def test_nothing_else_is_taken_from_the_form(app: Flask, signed_in: SignedIn) -> None:
    stolen = {
        "role": "admin",
        "roles": ["admin"],
        "name": "x",
        "username": "root",
        "team": "company",
        "deactivated_at": "",
    }
    assert signed_in("sales1a").post("/me", {"language": "", "theme": "dark", **stolen}).status == 303
    with app.app_context():
        user = the_user("sales1a")
        assert (user.name, [held.role.code for held in user.roles]) == ("李雷", ["employee"])
        assert [place.team.slug for place in user.memberships] == ["sales1"]


@pytest.mark.both_databases
def test_a_new_password_ends_all_sessions_but_begins_one_here(app: Flask, signed_in: SignedIn) -> None:
    here, there = signed_in("sales1a"), signed_in("sales1a")
    before = here.cookie()["_user_id"]
    assert change(here).status == 303
    assert here.cookie()["_user_id"] != before
    assert (here.get("/me").status, there.get("/me").status) == (200, 303)
    stranger = Client(app)
    assert stranger.post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 422
    assert stranger.post("/sign-in", {"username": "sales1a", "password": NEW}).status == 303


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("not my password", NEW, NEW),
        (PASSWORD, NEW, NEW + "x"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "short", "short"),
        (PASSWORD, "1234567890", "1234567890"),
        (PASSWORD, "my-sales1a-is-so-good-77", "my-sales1a-is-so-good-77"),
        (PASSWORD, "李雷的密码很难猜的啊", "李雷的密码很难猜的啊"),
        (PASSWORD, "lilei-rides-a-bike-77", "lilei-rides-a-bike-77"),
    ],
)
def test_bad_changes_of_the_password_change_nothing(
    app: Flask, signed_in: SignedIn, old: str, new: str, again: str
) -> None:
    client = signed_in("sales1a")
    page = change(client, old, new, again)
    assert page.status == 422
    assert not page.soup.select('input[type=password]:not([value=""])')
    assert client.get("/me").status == 200
    assert Client(app).post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 303


def given_a_password(app: Flask, username: str) -> Client:
    """A client of somebody who came in with a first password."""
    with app.app_context():
        password = accounts.reset_password(the_user(username), by=the_viewer("admin"))
        db.session.commit()
    client = Client(app)
    client.http.post(
        "/sign-in", data={"username": username, "password": password, "csrf_token": client.token()}
    )
    return client


def test_a_first_password_opens_nothing(app: Flask) -> None:
    client = given_a_password(app, "sales1a")
    places = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for path in places:
        view = access_of(app.view_functions[app.url_map.bind("").match(path)[0]])
        if not view.public and path != "/me/password":
            answer = client.http.get(path)
            # Without the right the refusal comes first, and it shows nothing either.
            assert answer.status_code == 403 or answer.headers.get("Location") == "/me/password", path


def test_a_first_password_writes_nothing(app: Flask) -> None:
    client = given_a_password(app, "sales1a")
    token = client.get("/me/password").form()["csrf_token"]
    answer = client.http.post("/me", data={"csrf_token": token, "language": "", "theme": "dark"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/password")
    scripted = client.http.post(
        "/me", data={"csrf_token": token, "theme": "dark"}, headers={"HX-Request": "true"}
    )
    assert scripted.headers["HX-Redirect"] == "/me/password"
    with app.app_context():
        assert the_user("sales1a").theme == "auto"


def test_with_a_first_password_one_may_leave_and_switch_the_language(app: Flask) -> None:
    client = given_a_password(app, "sales1a")
    token = client.get("/me/password").form()["csrf_token"]
    fields = {"csrf_token": token, "language": "en", "back": "/me/password"}
    assert client.http.post("/me/language", data=fields).headers["Location"] == "/me/password"
    assert client.http.post("/sign-out", data={"csrf_token": token}).headers["Location"] == "/sign-in"


def test_guessing_the_present_password_there_is_throttled(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    for _try in range(rules.ACCOUNT_FAILURES):
        assert change(client, old="wrong password 123").status == 422
    page = change(client)
    assert page.status == 422 and "15" in page.one(".error-summary").get_text()
    assert Client(app).post("/sign-in", {"username": "sales1a", "password": PASSWORD}).status == 422


def test_a_new_password_that_is_refused_is_no_guess(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    for _try in range(rules.ACCOUNT_FAILURES + 1):
        change(client, new="short")
        change(client, new=PASSWORD)
    assert change(client).status == 303


def test_a_changed_first_password_opens_everything(app: Flask) -> None:
    with app.app_context():
        first = accounts.reset_password(the_user("sales1a"), by=the_viewer("admin"))
        db.session.commit()
    client = Client(app)
    client.http.post(
        "/sign-in", data={"username": "sales1a", "password": first, "csrf_token": client.token()}
    )
    fields = {**client.get("/me/password").form(), "old": first, "password": NEW, "again": NEW}
    assert client.http.post("/me/password", data=fields).status_code == 303
    assert client.get("/me").status == 200


def test_the_present_password_is_read_again_after_hashing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password that was reset while the old one was being verified opens nothing any more."""
    with app.app_context():
        user = the_user("sales1a")
        real = actions._verified

        def reset_meanwhile(hashed: str, password: str) -> bool:
            actions.set_password_hash(user.id, actions.hash_password("something else 99"), must_change=True)
            db.session.commit()
            return real(hashed, password)

        monkeypatch.setattr(actions, "_verified", reset_meanwhile)
        assert actions.sign_in("sales1a", PASSWORD, address="", agent="") is None
