"""The second factor on one's own page and on that of an account: who may set it up, change it, take it away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access import accounts, rules, second_factor, totp
from blueprints.access.models import BackupCode
from core.db import db
from core.errors import Refused, RuleBroken
from core.journal import JournalEntry
from tests.access.second_factors import ACTS, SECRET, answer, code_at, count, enter, given, is_in, set_up
from tests.company import PASSWORD, the_user, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]


@pytest.mark.both_databases
def test_it_is_set_up_with_a_code_and_the_password(app: Flask, signed_in: SignedIn) -> None:
    here, there = signed_in("sales1a"), signed_in("sales1a")
    before = here.cookie()["_user_id"]
    page = set_up(here)
    codes = [item.get_text() for item in page.soup.select("#backup-codes li")]
    assert page.status == 200 and len(codes) == totp.BACKUP_CODES
    assert page.one("a[download]")["href"].startswith("data:text/plain;base64,")
    assert here.cookie()["_user_id"] != before
    assert is_in(here) and not is_in(there)
    stranger = Client(app)
    enter(stranger)
    assert not is_in(stranger)
    assert answer(stranger, backup=codes[9]).status == 303


def test_the_page_shows_the_secret_to_scan_and_to_type(signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get("/me/second-factor/new")
    assert [len(group) for group in page.one(".secret").get_text().split()] == [4] * 8
    assert page.one("img.qr")["src"].startswith("data:image/svg+xml")
    assert "secret=" in totp.address(SECRET, "sales1a", "青禾: 办公")


WRONG = {"code": "000000", "old": "wrong password 123", "sealed": "WzEsICJBQUFBIl0.x.y"}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_set_up_sets_nothing_up(app: Flask, signed_in: SignedIn, field: str) -> None:
    client = signed_in("sales1a")
    assert set_up(client, **{field: WRONG[field]}).status == (303 if field == "sealed" else 422)
    assert is_in(client)
    with app.app_context():
        assert second_factor.state(the_user("sales1a").id) is None


def test_the_secret_of_somebody_elses_page_is_not_taken(app: Flask, signed_in: SignedIn) -> None:
    page = signed_in("sales1b").get("/me/second-factor/new")
    code = code_at(secret=page.one(".secret").get_text().replace(" ", ""))
    sealed = page.form("/me/second-factor")["sealed"][0]
    assert set_up(signed_in("sales1a"), code=code, sealed=sealed).status == 303


def test_a_refused_set_up_keeps_its_secret(signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    page = client.get("/me/second-factor/new")
    sealed = page.form("/me/second-factor")["sealed"]
    sent = {"old": PASSWORD, "code": "000000", "sealed": sealed}
    again = client.post("/me/second-factor", sent)
    assert again.one(".secret").get_text() == page.one(".secret").get_text()
    assert again.form("/me/second-factor")["sealed"] == sealed


def test_another_device_takes_the_place_of_the_first(app: Flask, client: Client, signed_in: SignedIn) -> None:
    codes = given(app)
    assert set_up(signed_in("sales1a")).status == 200
    enter(client)
    assert answer(client, code_at()).status == 422
    assert answer(client, backup=codes[0]).status == 422


@pytest.mark.parametrize("path", ACTS)
def test_a_change_needs_the_password_afresh(app: Flask, signed_in: SignedIn, path: str) -> None:
    given(app)
    client = signed_in("sales1a")
    for old in ("", "wrong password 123"):
        assert client.post(path, {"old": old}).status == 422
    with app.app_context():
        state = second_factor.state(the_user("sales1a").id)
    assert state is not None and state.codes == totp.BACKUP_CODES


def test_guessing_the_password_there_is_throttled(app: Flask, signed_in: SignedIn) -> None:
    given(app)
    client = signed_in("sales1a")
    for _try in range(rules.ACCOUNT_FAILURES):
        client.post(ACTS[1], {"old": "wrong password 123"})
    assert client.post(ACTS[1], {"old": PASSWORD}).status == 422


@pytest.mark.both_databases
def test_new_backup_codes_end_the_old_ones(app: Flask, client: Client, signed_in: SignedIn) -> None:
    old = given(app)
    page = signed_in("sales1a").post(ACTS[0], {"old": PASSWORD})
    new = [item.get_text() for item in page.soup.select("#backup-codes li")]
    assert len(new) == totp.BACKUP_CODES and not set(new) & set(old)
    enter(client)
    assert answer(client, backup=old[0]).status == 422
    assert answer(client, backup=new[0]).status == 303


@pytest.mark.both_databases
def test_turned_off_the_password_is_enough(app: Flask, signed_in: SignedIn) -> None:
    given(app)
    here, there = signed_in("sales1a"), signed_in("sales1a")
    assert here.post(ACTS[1], {"old": PASSWORD}).status == 303
    assert is_in(here) and not is_in(there)
    assert enter(Client(app)).status == 303
    assert count(app, BackupCode) == 0


# --- somebody else's


def test_an_administrator_takes_a_lost_one_away(app: Flask, signed_in: SignedIn) -> None:
    given(app)
    theirs, admin = signed_in("sales1a"), signed_in("admin")
    with app.app_context():
        id = the_user("sales1a").id
    path = f"/admin/users/{id}/second-factor/deletion"
    assert admin.get(f"/admin/users/{id}").soup.select(f'form[action="{path}"]')
    assert signed_in("manager").post(path).status == 403
    assert admin.post(path).status == 303
    assert not is_in(theirs)
    assert enter(Client(app)).status == 303
    assert not admin.get(f"/admin/users/{id}").soup.select(f'form[action="{path}"]')
    with app.app_context():
        entry = db.session.scalars(
            select(JournalEntry).where(JournalEntry.kind == "second_factor_reset")
        ).one()
        assert (entry.actor, entry.record_id) == ("系统管理员", id)


def test_who_may_do_less_takes_it_from_nobody_above(app: Flask) -> None:
    given(app, "admin")
    with app.test_request_context(), pytest.raises(Refused):
        accounts.reset_second_factor(the_user("admin"), by=the_viewer("manager"))


def test_nobody_takes_their_own_away_that_way(app: Flask) -> None:
    given(app, "admin")
    with app.test_request_context(), pytest.raises(RuleBroken):
        accounts.reset_second_factor(the_user("admin"), by=the_viewer("admin"))
