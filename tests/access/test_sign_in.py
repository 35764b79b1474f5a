"""The door: who comes in, who does not and learns nothing from it, where one goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from blueprints.access import accounts, actions, rules
from blueprints.access.models import SignIn, SignInAttempt
from core import clock
from core.db import db
from core.journal import JournalEntry
from tests.company import PASSWORD, the_user, the_viewer
from tests.conftest import NOW
from tests.pages import Client, Page


def enter(client: Client, username: str, password: str = PASSWORD, **fields: Any) -> Page:
    return client.post("/sign-in", {"username": username, "password": password, **fields})


def deactivate(app: Flask, username: str) -> None:
    with app.app_context():
        accounts.deactivate(the_user(username), successor=None, reason="left", by=the_viewer("admin"))
        db.session.commit()


def test_the_right_password_opens_the_door(client: Client) -> None:
    page = enter(client, "sales1a")
    assert (page.status, page.response.headers["Location"]) == (303, "/")
    assert client.get("/me").one("h1").get_text() == "李雷"


def test_user_names_are_taken_in_any_case_and_with_blanks(client: Client) -> None:
    assert enter(client, "  Sales1A ").status == 303


def test_the_door_of_who_is_in_leads_on(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("sales1a").get("/sign-in?next=/customers")
    assert (page.status, page.response.headers["Location"]) == (303, "/customers")


def test_an_empty_form_names_its_fields(client: Client) -> None:
    page = client.post("/sign-in", {"username": "", "password": ""})
    assert page.status == 422
    assert len(page.soup.select(".error-summary li")) == 2


@pytest.mark.both_databases
def test_unknown_wrong_and_deactivated_are_answered_alike(app: Flask) -> None:
    deactivate(app, "sales2a")
    tries = {
        "unknown": ("nobody7", PASSWORD),
        "wrong": ("sales1a", "x" * 24),
        "deactivated": ("sales2a", PASSWORD),
    }
    answers = {}
    for case, (username, password) in tries.items():
        client = Client(app)
        before, token = rows(app), client.token()
        page = Page(
            client.http.post(
                "/sign-in", data={"username": username, "password": password, "csrf_token": token}
            )
        )
        headers = {
            n: v for n, v in page.response.headers.items() if n not in ("Set-Cookie", "Content-Length")
        }
        fresh = str(page.one('meta[name="csrf-token"]')["content"])
        body = page.text.replace(username, "NAME").replace(fresh, "TOKEN")
        written = {table: n - before[table] for table, n in rows(app).items()}
        answers[case] = (page.status, headers, body, written)
    assert answers["unknown"] == answers["wrong"] == answers["deactivated"]
    assert answers["wrong"][3] == {"sign_ins": 0, "sign_in_attempts": 1, "journal_entries": 1}


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        tables = (SignIn, SignInAttempt, JournalEntry)
        return {t.__tablename__: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_nobody_is_verified_faster_than_somebody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real = actions._verified
    monkeypatch.setattr(actions, "_verified", lambda h, p: bool(verified.append(h)) or real(h, p))
    deactivate(app, "sales2a")
    for username in ("nobody7", "sales1a", "sales2a"):
        enter(Client(app), username, "wrong password 123")
    assert len(verified) == 3
    assert len({h.rsplit("$", 2)[0] for h in verified}) == 1, "the same cost for all"


def test_typed_names_are_journaled_only_if_they_are_accounts(app: Flask, client: Client) -> None:
    enter(client, "my secret passphrase", "x")
    enter(client, "sales1a", "wrong password 123")
    with app.app_context():
        entries = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    assert [e.details["account"] for e in entries if e.kind == "sign_in_failed"] == ["", "sales1a"]


@pytest.mark.both_databases
def test_too_many_failures_close_the_account_for_a_while(app: Flask, client: Client) -> None:
    for _try in range(rules.ACCOUNT_FAILURES):
        enter(client, "sales1a", "wrong password 123")
    assert enter(client, "sales1a").status == 422
    assert enter(client, "sales1b").status == 303
    with clock.frozen(NOW + rules.FAILURE_WINDOW + timedelta(seconds=1)):
        assert enter(Client(app), "sales1a").status == 303


def test_throttled_tries_hash_nothing_and_do_not_prolong_it(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _try in range(rules.ACCOUNT_FAILURES):
        enter(client, "sales1a", "wrong password 123")
    monkeypatch.setattr(actions, "_verified", lambda *_: pytest.fail("hashed"))
    before = rows(app)
    assert enter(client, "sales1a").status == 422
    assert rows(app)["sign_in_attempts"] == before["sign_in_attempts"]


def test_too_many_failures_close_an_address(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "ADDRESS_FAILURES", 3)
    for name in ("a1", "b2", "c3"):
        enter(client, name, "wrong password 123")
    assert enter(client, "sales1a").status == 422


def test_a_forwarded_address_is_not_believed(app: Flask, client: Client) -> None:
    client.post("/sign-in", {"username": "x1", "password": "y"}, headers={"X-Forwarded-For": "9.9.9.9"})
    with app.app_context():
        assert db.session.scalars(select(SignInAttempt.address)).all() == ["127.0.0.1"]


def test_each_sign_in_has_a_new_cookie_and_ends_the_old_session(app: Flask, client: Client) -> None:
    client.http.set_cookie("huifang", "planted")
    cookies, tokens = [], []
    for _time in range(2):
        enter(client, "sales1a")
        tokens.append(client.token())
        cookies.append(client.cookie())
    first, second = cookies
    assert first["_user_id"] != second["_user_id"]
    assert first["csrf_token"] != second["csrf_token"]
    assert client.post("/sign-out", {"csrf_token": tokens[0]}).status == 400
    with app.app_context():
        living = db.session.scalars(select(SignIn.token_hash).where(SignIn.ended_at.is_(None))).all()
    assert living == [actions.token_hash(second["_user_id"])]


def test_the_cookie_keeps_no_secret_of_the_database(app: Flask, client: Client) -> None:
    enter(client, "sales1a")
    with app.app_context():
        assert db.session.scalars(select(SignIn.token_hash)).one() != client.cookie()["_user_id"]


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "evil",
        "/a\nb",
    ],
)
def test_next_stays_here(client: Client, wanted: str) -> None:
    assert enter(client, "sales1a", next=wanted).response.headers["Location"] == "/"


def test_next_is_followed(client: Client) -> None:
    page = client.get("/me?x=1")
    assert page.status == 303
    door = client.get(page.response.headers["Location"])
    sent = {**door.form("/sign-in"), "username": "sales1a", "password": PASSWORD}
    assert client.post("/sign-in", sent).response.headers["Location"] == "/me?x=1"


def test_no_link_uses_a_forged_host(client: Client) -> None:
    page = client.get("/me", headers={"Host": "evil.test"})
    assert "evil.test" not in page.response.headers["Location"]
    assert "evil.test" not in client.get("/sign-in", headers={"Host": "evil.test"}).text


def test_without_a_token_nobody_comes_in(client: Client) -> None:
    for token in ("", "x", None):
        fields = {"username": "sales1a", "password": PASSWORD, "csrf_token": token}
        assert (
            client.http.post("/sign-in", data={k: v for k, v in fields.items() if v is not None}).status_code
            == 400
        )


def test_sign_out_ends_the_session_on_the_server(app: Flask, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("sales1a")
    cookie = client.cookie()
    page = client.post("/sign-out")
    assert (page.status, page.response.headers["Location"]) == (303, "/sign-in")
    thief = Client(app)
    with thief.http.session_transaction() as stolen:
        stolen.update(cookie)
    assert thief.get("/me").status == 303


def test_one_may_sign_out_of_an_expired_session(app: Flask, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("sales1a")
    token = client.token()
    with clock.frozen(NOW + rules.SESSION_IDLE + timedelta(minutes=1)):
        assert client.http.post("/sign-out", data={"csrf_token": token}).status_code == 303


def test_the_door_speaks_the_chosen_language(client: Client) -> None:
    page = client.post("/language", {"language": "en", "back": "/sign-in?next=/me"})
    assert page.response.headers["Location"] == "/sign-in?next=/me"
    assert client.get("/sign-in").one("html")["lang"] == "en"
    assert (
        client.post("/language", {"language": "zh_Hans_CN", "back": "//evil"}).response.headers["Location"]
        == "/"
    )
    assert client.get("/sign-in").one("html")["lang"] == "zh-Hans-CN"


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    before = client.get("/sign-in").one("html")["lang"]
    client.post("/language", {"language": "../../etc", "back": "/sign-in"})
    assert client.get("/sign-in").one("html")["lang"] == before


def test_the_door_lists_sign_ins_only_of_the_demonstration(client: Client) -> None:
    assert "demonstration-title" not in client.get("/sign-in").text


@pytest.mark.extra
@pytest.mark.both_databases
def test_refusals_take_equally_long(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rounds at most: what really takes longer does so in each, what others do to the machine does not."""
    monkeypatch.setattr(rules, "throttled", lambda *_failures: False)
    deactivate(app, "sales2a")
    client = Client(app)
    rounds = (_medians_of_refusals(client) for _round in range(3))
    assert any(medians[-1] <= 1.1 * medians[0] for medians in rounds)


def _medians_of_refusals(client: Client) -> list[float]:
    """How long 200 tries for an unknown, a wrong and a deactivated account took, the quickest first."""
    token, took = client.token(), {name: [] for name in ("nobody77", "sales1a", "sales2a")}
    for _try in range(200):
        for name, times in took.items():
            began = time.perf_counter()
            client.http.post(
                "/sign-in", data={"username": name, "password": "wrong 123 x", "csrf_token": token}
            )
            times.append(time.perf_counter() - began)
    return sorted(median(times) for times in took.values())


def test_passwords_are_hashed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched(PasswordHasher):
        at_work = most = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
            try:
                return super().verify(hash, password)
            finally:
                self.at_work -= 1

    watched = Watched(time_cost=2, memory_cost=19_456, parallelism=1)
    monkeypatch.setattr(actions, "_hasher", watched)
    hashed = actions.hash_password("right")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(actions._verified, [hashed] * 8, ["right", "wrong"] * 4))
    assert (answers, watched.most) == ([True, False] * 4, 1)
