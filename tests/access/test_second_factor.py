"""The second factor: which codes count, and what the door asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from blueprints.access import accounts, rules, totp
from blueprints.access.models import PendingSignIn, SignIn
from core import clock
from core.db import db
from core.journal import JournalEntry
from tests.access.second_factors import SECRET, answer, code_at, count, enter, given, is_in
from tests.company import PASSWORD, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]


# --- codes


# RFC 6238, appendix B, the last six digits
RFC = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize("second", RFC)
def test_codes_are_those_of_the_norm(second: int) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert totp.step_of(SECRET, RFC[second], at) == second // 30


@pytest.mark.parametrize(
    ("seconds", "counts"),
    [(0, True), (-30, True), (30, True), (-60, False), (60, False), (-90, False), (86_400, False)],
)
def test_one_step_either_side_is_tolerated(seconds: int, counts: bool) -> None:
    code = code_at(NOW + timedelta(seconds=seconds))
    assert (totp.step_of(SECRET, code, NOW) is not None) is counts


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-1", "000000\n1"])
def test_what_is_no_code_counts_for_nothing(typed: str) -> None:
    assert totp.step_of(SECRET, typed, NOW) is None


def test_a_code_may_be_typed_in_groups() -> None:
    code = code_at()
    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW) is not None


def test_backup_codes_are_ten_and_hard_to_guess() -> None:
    codes = totp.new_backup_codes()
    assert len(set(codes)) == 10
    assert all(len(totp.squeezed(code)) == 12 for code in codes)


# --- the door


@pytest.mark.both_databases
def test_password_and_code_open_the_door(app: Flask, client: Client) -> None:
    given(app)
    page = enter(client)
    assert page.status == 200 and page.soup.select('form[action="/sign-in/code"]')
    assert not is_in(client) and count(app, SignIn) == 0
    page = answer(client, code_at(), next="/me?x=1")
    assert (page.status, page.response.headers["Location"]) == (303, "/me?x=1")
    assert is_in(client) and count(app, PendingSignIn) == 0
    assert "waiting" not in client.cookie()


@pytest.mark.both_databases
def test_a_code_counts_once(app: Flask, client: Client) -> None:
    given(app)
    enter(client)
    assert answer(client, code_at()).status == 303
    again = Client(app)
    enter(again)
    assert answer(again, code_at()).status == 422
    assert answer(again, code_at(NOW - timedelta(seconds=30))).status == 422, "older than the last one used"
    assert answer(again, code_at(NOW + timedelta(seconds=30))).status == 303


def test_the_code_that_confirmed_it_does_not_open_the_door(app: Flask, client: Client) -> None:
    given(app, at=NOW)
    enter(client)
    assert answer(client, code_at()).status == 422


@pytest.mark.both_databases
def test_each_backup_code_counts_once(app: Flask, client: Client) -> None:
    codes = given(app)
    enter(client)
    assert answer(client, backup=codes[0].upper().replace("-", " ")).status == 303
    again = Client(app)
    enter(again)
    assert answer(again, backup=codes[0]).status == 422
    assert answer(again, backup=codes[1]).status == 303
    assert "8" in again.get("/me/second-factor").one(".facts").get_text()


def test_backup_codes_of_others_and_nothing_open_nothing(app: Flask, client: Client) -> None:
    given(app)
    others = given(app, "sales1b")
    enter(client)
    for backup in (others[0], "", "x", "%"):
        assert answer(client, backup=backup).status == 422
    assert not is_in(client)


def test_no_code_stands_in_the_database(app: Flask) -> None:
    codes = given(app)
    with app.app_context():
        rows = [
            str(db.session.execute(text(f"SELECT * FROM {name}")).all())
            for name in ("second_factors", "backup_codes")
        ]
    assert SECRET not in rows[0]
    assert not any(totp.squeezed(code) in rows[1] or code in rows[1] for code in codes)


def test_without_the_password_no_code_is_heard(app: Flask, client: Client) -> None:
    given(app)
    assert client.get("/sign-in/code").response.headers["Location"] == "/sign-in"
    assert answer(client, code_at()).status == 422
    with client.http.session_transaction() as cookie:
        cookie["waiting"] = "made up"
    assert answer(client, code_at()).status == 422
    assert not is_in(client)


def test_a_sign_in_waits_five_minutes(app: Flask, client: Client) -> None:
    given(app)
    enter(client)
    late = NOW + rules.PENDING_LONGEST
    with clock.frozen(late):
        page = answer(client, code_at(late), next="/customers")
        assert page.status == 422 and not is_in(client)
    assert page.form("/sign-in")["next"] == ["/customers"]


@pytest.mark.parametrize("act", ["password", "deactivation", "reset", "sign-out everywhere"])
def test_what_ends_sessions_ends_a_sign_in_that_waits(app: Flask, client: Client, act: str) -> None:
    given(app)
    enter(client)
    with app.test_request_context():
        user, admin = the_user("sales1a"), the_viewer("admin")
        if act == "password":
            accounts.reset_password(user, by=admin)
        elif act == "deactivation":
            accounts.deactivate(user, successor=None, reason="left", by=admin)
        elif act == "reset":
            accounts.reset_second_factor(user, by=admin)
        else:
            accounts.end_sessions(user, by=admin)
        db.session.commit()
    assert answer(client, code_at()).status == 422
    assert not is_in(client)


def test_wrong_codes_are_throttled_with_wrong_passwords(app: Flask, client: Client) -> None:
    codes = given(app)
    enter(client)
    for _try in range(rules.ACCOUNT_FAILURES):
        assert answer(client, "000000").status == 422
    assert answer(client, code_at()).status == 422, "even the right one"
    assert answer(client, backup=codes[0]).status == 422
    assert enter(Client(app)).status == 422
    late = NOW + rules.FAILURE_WINDOW + timedelta(seconds=1)
    with clock.frozen(late):
        enter(client)
        assert answer(client, code_at(late)).status == 303


def test_a_wrong_password_says_nothing_about_a_second_factor(app: Flask) -> None:
    given(app)
    told = []
    for username in ("sales1a", "sales1b", "nobody7"):
        client = Client(app)
        token = client.token()
        fields = {"username": username, "password": "wrong password 123", "csrf_token": token}
        page = Page(client.http.post("/sign-in", data=fields))
        fresh = str(page.one('meta[name="csrf-token"]')["content"])
        told.append((page.status, page.text.replace(username, "NAME").replace(fresh, "TOKEN")))
    assert told[0] == told[1] == told[2]
    assert count(app, PendingSignIn) == 0


def test_the_journal_tells_each_step(app: Flask, client: Client) -> None:
    codes = given(app)
    enter(client)
    answer(client, "000000")
    answer(client, backup=codes[0])
    with app.app_context():
        rows = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
        user = the_user("sales1a").id
    kinds = [row.kind for row in rows]
    assert kinds[-3:] == ["code_asked", "code_failed", "backup_code_used"]
    assert (rows[-1].user_id, rows[-2].details["account"]) == (user, "sales1a")


def test_typed_codes_do_not_wait_in_the_door(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    token = client.token()
    with clock.frozen(NOW + rules.SESSION_IDLE + timedelta(minutes=1)):
        fields = {"code": "987654", "old": PASSWORD, "sealed": "zzz", "csrf_token": token}
        page = Page(client.http.post("/me/second-factor", data=fields))
    kept = page.form("/sign-in")["kept"][0]
    assert "987654" not in kept and "zzz" not in kept


def test_what_was_typed_before_the_session_ended_survives_both_steps(app: Flask, signed_in: SignedIn) -> None:
    given(app)
    client = signed_in("sales1a")
    token = client.token()
    with clock.frozen(NOW + rules.SESSION_IDLE + timedelta(minutes=1)):
        sent = {"language": "en", "theme": "dark", "csrf_token": token}
        door = Page(client.http.post("/me", data=sent))
        step = client.post("/sign-in", {**door.form("/sign-in"), "username": "sales1a", "password": PASSWORD})
        page = client.post("/sign-in/code", {**step.form("/sign-in/code"), "code": code_at(clock.now())})
    assert page.form("/me")["theme"] == ["dark"]


@pytest.mark.both_databases
@pytest.mark.parametrize("by", ["code", "backup"])
def test_of_four_with_one_code_at_once_one_comes_in(app: Flask, by: str) -> None:
    codes = given(app)
    clients = [Client(app) for _client in range(4)]
    for client in clients:
        enter(client)
    typed = {by: code_at() if by == "code" else codes[0]}
    sent = [(client, {"csrf_token": client.token(), **typed}) for client in clients]
    ready, got = threading.Barrier(len(clients)), []

    def send(client: Client, data: dict[str, str]) -> None:
        ready.wait()
        got.append(client.http.post("/sign-in/code", data=data).status_code)

    threads = [threading.Thread(target=send, args=each) for each in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [303, 422, 422, 422]
