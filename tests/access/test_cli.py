"""`flask init` and `flask users add`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from blueprints.access import queries
from blueprints.access.models import User
from core import settings
from core.changes import ChangeSet
from core.db import db
from core.journal import JournalEntry
from tests.access.second_factors import given, set_up
from tests.company import PASSWORD as STANDING
from tests.company import the_user
from tests.conftest import installation
from tests.pages import Client

PASSWORD = "ein ganz anderes Pferd 99"


def add(app: Flask, *args: str, password: str = PASSWORD) -> Result:
    return app.test_cli_runner().invoke(args=["users", "add", *args], input=f"{password}\n")


def test_an_account_is_added(app: Flask) -> None:
    done = add(
        app, "Sales3A", "--role", "employee", "--role", "callback", "--team", "sales2", "--full-name", "韩梅"
    )
    assert done.exit_code == 0, done.output
    assert Client(app).post("/sign-in", {"username": "sales3a", "password": PASSWORD}).status == 303
    with app.app_context():
        user = the_user("sales3a")
        assert (user.name, {held.role.code for held in user.roles}) == ("韩梅", {"employee", "callback"})
        assert db.session.query(ChangeSet).order_by(ChangeSet.id.desc()).first().source == "cli"


def test_the_password_may_have_to_be_changed(app: Flask) -> None:
    add(app, "sales3a", "--role", "employee", "--team", "sales2", "--must-change")
    client = Client(app)
    client.post("/sign-in", {"username": "sales3a", "password": PASSWORD})
    assert client.get("/me").response.headers["Location"] == "/me/password"


@pytest.mark.parametrize(
    ("args", "password", "told"),
    [
        (("sales1a", "--role", "employee", "--team", "sales1"), PASSWORD, ""),
        (("has blank", "--role", "employee", "--team", "sales1"), PASSWORD, ""),
        (("new1", "--role", "king", "--team", "sales1"), PASSWORD, "employee"),
        (("new1", "--role", "employee", "--team", "nowhere"), PASSWORD, "sales1"),
        (("new1", "--role", "employee", "--team", "sales1"), "", ""),
        (("new1", "--role", "employee", "--team", "sales1"), "short", ""),
        (("new1", "--role", "employee", "--team", "sales1"), "new1 is my name here", ""),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    app: Flask, args: tuple[str, ...], password: str, told: str
) -> None:
    done = add(app, *args, password=password)
    assert done.exit_code == 1
    assert done.stderr.strip() and told in done.stderr
    assert "Traceback" not in done.output
    with app.app_context():
        assert db.session.query(User).count() == 13


def test_who_lost_the_only_way_in_is_let_in_again(app: Flask) -> None:
    given(app, "admin")
    client = Client(app).signed_in_as("admin")

    def reset(name: str) -> Result:
        return app.test_cli_runner().invoke(args=["users", "reset-second-factor", name])

    assert reset("Admin").exit_code == 0
    assert client.get("/me").status == 303, "all sessions end"
    assert Client(app).post("/sign-in", {"username": "admin", "password": STANDING}).status == 303
    for name in ("admin", "nobody"):
        again = reset(name)
        assert again.exit_code == 1 and name in again.stderr
    with app.app_context():
        entry = db.session.scalars(
            select(JournalEntry).where(JournalEntry.kind == "second_factor_reset")
        ).one()
        assert (entry.actor, entry.record_id) == ("flask", the_user("admin").id)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """An application over a database with tables and nothing in them."""
    app = create_app(installation(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}"))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def init(app: Flask, *more: str, password: str = PASSWORD) -> Result:
    given = ["--company", "青禾办公设备有限公司", "--admin", "boss", "--full-name", "陈岚"]
    chosen = ["--language", "en", "--zone", "Asia/Urumqi", *more]
    return app.test_cli_runner().invoke(args=["init", *given, *chosen], input=f"{password}\n")


def test_a_company_is_founded(empty: Flask) -> None:
    done = init(empty)
    assert done.exit_code == 0, done.output
    for word in ("HUIFANG_TLS_CERT", "HUIFANG_TRUSTED_PROXY", "HUIFANG_HOST"):
        assert word in done.output
    client = Client(empty)
    assert client.get("/sign-in").one("html")["lang"] == "en"
    assert client.post("/sign-in", {"username": "boss", "password": PASSWORD}).status == 303
    assert "second factor" in done.output
    assert client.get("/admin/users").response.headers["Location"] == "/me/second-factor/new"
    assert set_up(client, old=PASSWORD).status == 200
    assert client.get("/admin/users").status == 200
    with empty.app_context():
        assert queries.administrators() == 1
        assert {held.role.code for held in the_user("boss").roles} == {"admin", "manager"}
        assert (settings.get("company.name"), settings.get("company.zone")) == (
            "青禾办公设备有限公司",
            "Asia/Urumqi",
        )


def test_it_asks_for_what_is_not_given(empty: Flask) -> None:
    typed = "\n".join(["青禾", "boss", "陈岚", "", "", PASSWORD, ""])
    done = empty.test_cli_runner().invoke(args=["init"], input=typed)
    assert done.exit_code == 0, done.output


def test_a_second_company_is_refused(app: Flask) -> None:
    done = init(app)
    assert done.exit_code == 1
    with app.app_context():
        assert db.session.query(User).count() == 13


@pytest.mark.parametrize(
    ("more", "password"),
    [
        (("--zone", "Mars/Base"), PASSWORD),
        (("--zone", "../etc"), PASSWORD),
        (("--admin", "a b"), PASSWORD),
        ((), "qinghe"),
        ((), "青禾办公设备的好密码呀"),
    ],
)
def test_bad_answers_found_nothing(empty: Flask, more: tuple[str, ...], password: str) -> None:
    done = init(empty, *more, password=password)
    assert done.exit_code == 1
    with empty.app_context():
        assert db.session.query(User).count() == 0


def test_tables_are_needed_first(tmp_path: Path) -> None:
    app = create_app(installation(tmp_path, f"sqlite:///{tmp_path / 'none.db'}"))
    done = init(app)
    assert done.exit_code == 1
    assert "flask db upgrade" in done.stderr


@pytest.mark.parametrize(("language", "told"), [("en", "at least"), ("zh_Hans_CN", "至少")])
def test_a_refusal_is_in_the_language_that_was_chosen(empty: Flask, language: str, told: str) -> None:
    done = init(empty, "--language", language, password="short")
    assert done.exit_code == 1 and told in done.stderr, done.stderr
