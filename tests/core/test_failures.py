"""What is written to the log when something fails: enough to find it, and nothing that people typed."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from core import failures
from core.db import db

NUMBER = "13977530417"


@pytest.mark.parametrize(
    "original", [sqlite3.OperationalError(f"no such thing as {NUMBER}"), OSError(28, "full")]
)
def test_a_database_out_of_reach_is_logged_without_values(
    app: Flask, caplog: pytest.LogCaptureFixture, original: Exception
) -> None:
    error = OperationalError("SELECT id FROM\n points WHERE normal = ?", (NUMBER,), original)
    with app.test_request_context("/customers"):
        assert failures.answer(app, error).status_code == 503
    assert f"/customers: {type(original).__name__} in SELECT id FROM points WHERE normal = ?" in caplog.text
    assert NUMBER not in caplog.text


def test_a_full_disk_is_logged_by_its_name(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context("/customers"):
        assert failures.answer(app, OSError(28, "No space left", NUMBER)).status_code == 503
    assert "OSError" in caplog.text and NUMBER not in caplog.text


@pytest.mark.both_databases
def test_an_error_of_the_database_never_shows_its_values(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError) as raised:
        db.session.execute(text("SELECT nothing FROM users WHERE name = :name"), {"name": NUMBER})
    assert NUMBER not in str(raised.value) and "SELECT nothing" in str(raised.value)
