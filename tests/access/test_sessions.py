"""Sessions live on the server: they end when they should, and nothing typed is lost with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, actions, rules
from blueprints.access.models import SignIn
from core import clock
from core.db import db
from tests.company import PASSWORD, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client, Page

EXPIRED = NOW + rules.SESSION_IDLE + timedelta(minutes=1)
SignedIn = Callable[[str], Client]


def sessions(app: Flask, username: str) -> list[SignIn]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(SignIn).where(SignIn.user_id == the_user(username).id).order_by(SignIn.id)
            )
        )


def expire(app: Flask) -> None:
    with app.app_context():
        for session in db.session.scalars(select(SignIn)):
            session.expires_at = NOW
        db.session.commit()


def test_an_idle_session_expires(signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    with clock.frozen(NOW + rules.SESSION_IDLE - timedelta(minutes=1)):
        assert client.get("/me").status == 200
    with clock.frozen(NOW + rules.SESSION_IDLE + timedelta(hours=1)):
        assert client.get("/me").status == 200, "what is used lives on"
    with clock.frozen(NOW + 3 * rules.SESSION_IDLE):
        assert client.get("/me").status == 303


def test_no_session_outlives_its_longest_life(signed_in: SignedIn) -> None:
    client, moment = signed_in("sales1a"), NOW
    while moment < NOW + rules.SESSION_LONGEST - timedelta(hours=10):
        moment += timedelta(hours=10)
        with clock.frozen(moment):
            assert client.get("/me").status == 200
    with clock.frozen(NOW + rules.SESSION_LONGEST + timedelta(seconds=1)):
        assert client.get("/me").status == 303


def test_liveness_is_written_once_a_minute(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    for seconds, seen in ((30, 0), (61, 61), (90, 61), (130, 130)):
        with clock.frozen(NOW + timedelta(seconds=seconds)):
            client.get("/me")
        assert sessions(app, "sales1a")[0].last_seen_at == NOW + timedelta(seconds=seen)


@pytest.mark.both_databases
def test_a_deactivated_person_is_out_at_once(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    token = client.token()
    with app.app_context():
        accounts.deactivate(the_user("sales1a"), successor=None, reason="", by=the_viewer("admin"))
        db.session.commit()
    assert client.get("/me").status == 303
    assert client.get("/me", headers={"HX-Request": "true"}).status == 401
    assert client.http.post("/me", data={"csrf_token": token, "theme": "dark"}).status_code == 401
    with app.app_context():
        assert the_user("sales1a").theme == "auto"


@pytest.mark.parametrize("cookie", ["", "x", "None"])
def test_an_empty_or_invented_token_is_nobody(app: Flask, client: Client, cookie: str) -> None:
    with client.http.session_transaction() as session:
        session["_user_id"] = cookie
    assert client.get("/me").status == 303


def test_an_expired_page_comes_back_after_signing_in(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    expire(app)
    page = client.get("/me/password")
    assert page.response.headers["Location"] == "/sign-in?next=/me/password"


def test_a_script_is_told_that_the_session_is_over(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    expire(app)
    assert client.get("/me", headers={"HX-Request": "true"}).status == 401
    page = client.get("/sign-in?dialog=1", headers={"HX-Request": "true"})
    assert page.soup.find("form")["action"] == "/sign-in", "session.js takes the first form of the page"


def sign_in_over(client: Client, username: str, person: int) -> Page:
    headers = {"HX-Request": "true", "X-Dialog": "1", "X-Person": str(person)}
    page = client.get("/sign-in?dialog=1", headers=headers)
    fields = {**page.form("/sign-in"), "username": username, "password": PASSWORD}
    return Page(client.http.post("/sign-in", data=fields, headers=headers))


def test_signing_in_over_a_page_hands_out_a_token_that_works(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    person = client.cookie()["person"]
    expire(app)
    answer = sign_in_over(client, "sales1a", person)
    assert (answer.status, answer.response.headers["X-Same-Person"]) == (204, "yes")
    fresh = answer.response.headers["X-CSRF-Token"]
    assert (
        client.http.post("/me", data={"csrf_token": fresh, "language": "", "theme": "dark"}).status_code
        == 303
    )


def test_another_person_does_not_send_what_the_first_typed(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    person = client.cookie()["person"]
    expire(app)
    assert sign_in_over(client, "sales1b", person).response.headers["X-Same-Person"] == "no"


def test_a_session_renewed_in_another_window_is_taken_up(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    headers = {"HX-Request": "true", "X-Person": str(client.cookie()["person"])}
    answer = client.get("/sign-in?dialog=1", headers=headers)
    assert (answer.status, answer.response.headers["X-Same-Person"]) == (204, "yes")
    assert answer.response.headers["X-CSRF-Token"]


def lost_post(app: Flask, client: Client, **fields: Any) -> Page:
    """Send a form whose session has expired meanwhile."""
    token = client.token()
    expire(app)
    return Page(client.http.post("/me", data={"csrf_token": token, **fields}))


def test_a_plain_form_waits_and_is_sent_again(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    door = lost_post(app, client, language="en", theme="dark", note="two\nlines & <b>")
    assert door.status == 401
    kept = client.post("/sign-in", {**door.form("/sign-in"), "username": "sales1a", "password": PASSWORD})
    assert kept.status == 200
    fields = kept.form("/me")
    assert (fields["language"], fields["theme"], fields["note"]) == (["en"], ["dark"], ["two\nlines & <b>"])
    assert Page(client.http.post("/me", data=fields)).status == 303
    with app.app_context():
        assert the_user("sales1a").theme == "dark"


def test_passwords_do_not_wait_in_a_page(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    secrets = {"old": PASSWORD, "password": "a new pass phrase 77", "again": "a new pass phrase 77"}
    door = lost_post(app, client, theme="dark", **secrets)
    kept = client.post("/sign-in", {**door.form("/sign-in"), "username": "sales1a", "password": PASSWORD})
    assert set(kept.form("/me")) == {"csrf_token", "theme"}


def test_a_wrong_password_does_not_lose_what_waits(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    door = lost_post(app, client, language="en", theme="dark")
    again = client.post(
        "/sign-in", {**door.form("/sign-in"), "username": "sales1a", "password": "wrong one 12"}
    )
    assert again.form("/sign-in")["kept"] == door.form("/sign-in")["kept"]


def test_what_waits_is_never_sent_for_somebody_else(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    door = lost_post(app, client, language="en", theme="dark")
    page = client.post("/sign-in", {**door.form("/sign-in"), "username": "sales1b", "password": PASSWORD})
    assert page.status == 303
    with app.app_context():
        assert {the_user("sales1a").theme, the_user("sales1b").theme} == {"auto"}


@pytest.mark.parametrize("token", ["", "forged"])
def test_nothing_waits_that_a_page_of_ours_did_not_send(app: Flask, signed_in: SignedIn, token: str) -> None:
    client = signed_in("sales1a")
    expire(app)
    door = Page(client.http.post("/me", data={"csrf_token": token, "theme": "dark"}))
    assert door.form("/sign-in")["kept"] == [""]


@pytest.mark.parametrize("kept", ["x", "eyJwYXRoIjoiLyJ9.aaaa.bbbb"])
def test_a_forged_parcel_is_thrown_away(client: Client, kept: str) -> None:
    page = client.post("/sign-in", {"username": "sales1a", "password": PASSWORD, "kept": kept})
    assert page.status == 303


def test_nothing_is_kept_beyond_bounds(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    door = lost_post(app, client, note="x" * 200_001)
    assert (door.status, door.form("/sign-in")["kept"]) == (401, [""])


def test_one_sees_and_ends_ones_own_sessions(app: Flask, signed_in: SignedIn) -> None:
    here, there, elsewhere = signed_in("sales1a"), signed_in("sales1a"), signed_in("sales1b")
    page = here.get("/me")
    ends = page.soup.select("#sessions-list-table form")
    assert len(ends) == 1, "not the present one"
    assert here.post(str(ends[0]["action"])).status == 303
    assert (here.get("/me").status, there.get("/me").status, elsewhere.get("/me").status) == (200, 303, 200)


def test_one_cannot_end_somebody_elses_session(app: Flask, signed_in: SignedIn) -> None:
    mine, theirs = signed_in("sales1a"), signed_in("sales1b")
    mine.post(f"/me/sessions/{sessions(app, 'sales1b')[0].id}/sign-out")
    assert theirs.get("/me").status == 200


def test_one_ends_all_other_sessions(signed_in: SignedIn) -> None:
    here, there = signed_in("sales1a"), signed_in("sales1a")
    assert here.post("/me/sessions/sign-out").status == 303
    assert (here.get("/me").status, there.get("/me").status) == (200, 303)


def test_a_token_of_another_person_is_refused(signed_in: SignedIn) -> None:
    mine, theirs = signed_in("sales1a"), signed_in("sales1b")
    for headers in ({}, {"HX-Request": "true"}):
        fields = {"csrf_token": theirs.token(), "theme": "dark", "language": ""}
        assert mine.http.post("/me", data=fields, headers=headers).status_code == 400


def test_the_header_alone_is_no_token(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    answer = client.http.post("/me", data={"theme": "dark", "language": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    with app.app_context():
        assert the_user("sales1a").theme == "auto"


def test_the_token_of_the_cookie_is_stored_hashed() -> None:
    assert actions.token_hash("abc") != "abc"
    assert len(actions.token_hash("abc")) == 64
