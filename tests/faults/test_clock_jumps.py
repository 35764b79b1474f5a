"""The clock is set forward or back: nobody is kept out for long, no session lives on, no job is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from blueprints.access import rules
from blueprints.access.models import Credential, SignIn
from core import clock, jobs, upkeep, working
from core.db import db
from core.jobs import Job, JobKind
from core.working import Work
from tests.company import PASSWORD, the_user
from tests.conftest import NOW
from tests.pages import Client

pytestmark = pytest.mark.both_databases

YEAR = timedelta(days=365)


def enter(app: Flask, password: str = PASSWORD) -> int:
    return Client(app).post("/sign-in", {"username": "sales1a", "password": password}).status


def test_wrong_tries_while_the_clock_was_ahead_keep_nobody_out(app: Flask) -> None:
    with clock.frozen(NOW + YEAR):
        for _try in range(rules.ACCOUNT_FAILURES):
            enter(app, "wrong password 123")
        assert enter(app) == 422
    assert enter(app) == 303


def test_wrong_tries_still_count_when_the_clock_is_set_back_a_little(app: Flask) -> None:
    for _try in range(rules.ACCOUNT_FAILURES):
        enter(app, "wrong password 123")
    with clock.frozen(NOW - timedelta(minutes=10)):
        assert enter(app) == 422


def test_a_session_begun_while_the_clock_was_ahead_ends_with_that(app: Flask) -> None:
    with clock.frozen(NOW + YEAR):
        ahead = Client(app).signed_in_as("sales1a")
        assert ahead.get("/").status == 200
    assert ahead.get("/").status == 303
    assert Client(app).signed_in_as("sales1a").get("/").status == 200


def test_a_session_goes_on_when_the_clock_is_set_back_a_little_and_lives_no_longer_for_it(app: Flask) -> None:
    client = Client(app).signed_in_as("sales1a")
    back = NOW - timedelta(hours=2)
    with clock.frozen(back):
        assert client.get("/").status == 200
        with app.app_context():
            session = db.session.scalars(select(SignIn).order_by(SignIn.id.desc()).limit(1)).one()
            assert (session.last_seen_at, session.expires_at) == (back, back + rules.SESSION_IDLE)


def test_a_session_that_a_clock_ahead_has_ended_goes_on_when_it_is_set_back(app: Flask) -> None:
    client = Client(app).signed_in_as("sales1a")
    with clock.frozen(NOW + YEAR):
        assert client.get("/").status == 303
    assert client.get("/").status == 200


def test_a_second_factor_is_asked_for_after_a_password_changed_while_the_clock_was_ahead(app: Flask) -> None:
    from blueprints.access import second_factor
    from blueprints.access.actions import _wait

    with app.app_context():
        user = the_user("sales1a")
        db.session.execute(update(Credential).values(changed_at=NOW + YEAR))
        token = _wait(user.id)
        db.session.commit()
        assert second_factor.waiting(token) is not None
        with clock.frozen(NOW - YEAR):
            assert second_factor.waiting(token) is None


@contextmanager
def counted(pytest_patch: pytest.MonkeyPatch, jump: timedelta) -> Iterator[list[int]]:
    """A kind of work of three batches; in its second the clock jumps, and another worker looks for what was lost."""
    batches: list[int] = []

    def run(work: Work) -> None:
        for batch in range(work.done + 1, 4):
            if batch == 2 and work.attempt == 1:
                with clock.frozen(NOW + jump):
                    another_worker(work.id)
            batches.append(batch)
            work.advance(batch, total=3)

    pytest_patch.setitem(jobs._kinds, "test.counted", JobKind("test.counted", "Count", run))
    pytest_patch.setattr(jobs, "_waker", lambda job_id: None)
    yield batches


def another_worker(job_id: int) -> None:
    """It takes the job if it believes it lost; in a session of its own, as another process has."""
    mine = db.session.registry()
    db.session.registry.clear()
    try:
        if job_id in upkeep.sweep():
            working.work_on(job_id)
        db.session.remove()
    finally:
        db.session.registry.set(mine)


@pytest.mark.parametrize("jump", [YEAR, -YEAR, timedelta(minutes=30), -timedelta(minutes=30)])
def test_no_batch_of_a_job_is_kept_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    with app.app_context(), counted(monkeypatch, jump) as batches:
        job = jobs.ask("test.counted", total=3)
        db.session.commit()
        working.work_on(job.id)
        db.session.rollback()
        done = db.session.get_one(Job, job.id, populate_existing=True)
        # The first worker learns at the end of its second batch that the job is another's, and keeps nothing of it
        assert (done.state, done.done, batches) == (jobs.DONE, 3, [1, 2, 3, 2])


def test_a_job_whose_worker_died_while_the_clock_was_ahead_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), counted(monkeypatch, timedelta(0)):
        job = jobs.ask("test.counted", total=3)
        values = {"state": jobs.RUNNING, "attempts": 1, "beat_at": NOW + YEAR}
        db.session.execute(update(Job).where(Job.id == job.id).values(values))
        db.session.commit()
        assert upkeep.sweep() == [job.id]
