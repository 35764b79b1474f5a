"""Second factors for tests: given to people, asked for at the door, set up on one's own page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
from flask import Flask
from sqlalchemy import func, select

from blueprints.access import second_factor
from core import clock
from core.db import db
from tests.company import PASSWORD, the_user
from tests.conftest import NOW
from tests.pages import Client, Page

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ACTS = ("/me/second-factor/backup-codes", "/me/second-factor/deletion")


def code_at(at: datetime = NOW, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(at)


def given(app: Flask, username: str = "sales1a", at: datetime = NOW - timedelta(hours=1)) -> list[str]:
    """Somebody has a second factor; answers the backup codes."""
    with app.test_request_context(), clock.frozen(at):
        user = the_user(username)
        codes = second_factor.set_up(user.id, SECRET, code_at(at), password=PASSWORD, address="")
        db.session.commit()
        return list(codes)


def enter(client: Client, username: str = "sales1a", **fields: str) -> Page:
    return client.post("/sign-in", {"username": username, "password": PASSWORD, **fields})


def answer(client: Client, code: str = "", backup: str = "", **fields: str) -> Page:
    return client.post("/sign-in/code", {"code": code, "backup": backup, **fields})


def is_in(client: Client) -> bool:
    return client.get("/me").status == 200


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def set_up(client: Client, *, old: str = PASSWORD, code: str = "", sealed: str = "") -> Page:
    page = client.get("/me/second-factor/new")
    fields = page.form("/me/second-factor")
    right = code_at(secret=page.one(".secret").get_text().replace(" ", ""))
    sent = {**fields, "old": old, "code": code or right}
    if sealed:
        sent["sealed"] = sealed
    return client.post("/me/second-factor", sent)
