"""A page is not held by what takes long to find out, and the connection is as before."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from core.budget import TooLong, within_budget
from core.db import db

pytestmark = pytest.mark.both_databases
COUNTING = """WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :most)
    SELECT count(*) FROM numbers"""


def counted(most: int) -> int:
    return int(db.session.scalar(text(COUNTING), {"most": most}) or 0)


def test_what_takes_too_long_is_stopped(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(TooLong), within_budget(50):
            counted(100_000_000)
        assert counted(10) == 10


def test_a_budget_inside_another_ends_first_and_not_later(app: Flask) -> None:
    with app.app_context():
        with within_budget(10_000):
            with pytest.raises(TooLong), within_budget(20):
                counted(100_000_000)
            assert counted(1_000) == 1_000
            with within_budget(20):
                assert counted(10) == 10
            assert counted(200_000) == 200_000  # with the time of the outer one
        with pytest.raises(TooLong), within_budget(100):
            with within_budget(20):
                assert counted(10) == 10
            counted(100_000_000)
        assert counted(1_000_000) == 1_000_000


def test_what_is_quick_is_found(app: Flask) -> None:
    with app.app_context():
        with within_budget():
            assert counted(10) == 10
        assert counted(1_000_000) == 1_000_000  # the budget is over


def test_other_faults_stay_what_they_are(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception) as fault, within_budget():
        db.session.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(fault.value, TooLong)
