"""Jobs: asked for in a transaction, claimed once, done in batches, paused, cancelled, interrupted, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import changes, clock, jobs, upkeep, working
from core.db import db
from core.errors import RuleBroken
from core.jobs import Job, JobKind
from core.working import Work
from tests.company import the_user
from tests.conftest import NOW

BATCHES = 3


class Counting:
    """A kind of work of three batches; `between` is called after each."""

    def __init__(self) -> None:
        self.begun_at: list[int] = []
        self.between: Any = lambda batch: None

    def run(self, work: Work) -> Mapping[str, Any]:
        self.begun_at.append(work.done)
        for batch in range(work.done + 1, BATCHES + 1):
            self.between(batch)
            work.advance(batch, total=BATCHES, at=batch)
        return {"rows": BATCHES}


@pytest.fixture
def counting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    """The kind "test.counted" in an application whose commits wake nobody."""
    made = Counting()
    monkeypatch.setitem(jobs._kinds, "test.counted", JobKind("test.counted", "Count", made.run))
    monkeypatch.setattr(jobs, "_waker", lambda job_id: None)
    with app.app_context():
        yield made


@pytest.fixture
def often(counting: Counting, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """The same as the only kind of work there is, which comes by itself every five minutes."""
    kind = JobKind("test.counted", "Count", counting.run, every=timedelta(minutes=5))
    monkeypatch.setattr(jobs, "_kinds", {kind.name: kind})
    return counting


def asked(by: str = "manager") -> int:
    user = the_user(by)
    with changes.acting(changes.Actor(user.id, user.name, "web")):
        job = jobs.ask("test.counted", total=BATCHES)
        db.session.commit()
    return job.id


def the_job(id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, id, populate_existing=True)


@pytest.mark.both_databases
def test_a_job_is_done_once_and_says_what_came_of_it(counting: Counting) -> None:
    id = asked()
    assert the_job(id).state == jobs.WAITING
    assert working.work_on(id)
    assert not working.work_on(id)
    job = the_job(id)
    assert (job.state, job.done, job.total, job.result) == (jobs.DONE, BATCHES, BATCHES, {"rows": BATCHES})
    assert (job.starter, job.ended_at) == (the_user("manager").name, NOW)


def test_a_worker_is_woken_only_by_what_was_committed(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(jobs, "_waker", woken.append)
    jobs.ask("test.counted")
    db.session.rollback()
    id = asked()
    assert woken == [id]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("wish", "state"), [(jobs.pause, jobs.PAUSED), (jobs.cancel, jobs.CANCELLED)], ids=["pause", "cancel"]
)
def test_a_running_job_obeys_after_its_batch(counting: Counting, wish: Any, state: str) -> None:
    id = asked()
    counting.between = lambda batch: batch == 2 and wish(db.session.get_one(Job, id))
    working.work_on(id)
    assert (the_job(id).state, the_job(id).done) == (state, 2)


def test_a_paused_job_goes_on_where_it_stopped(counting: Counting) -> None:
    id = asked()
    counting.between = lambda batch: batch == 2 and jobs.pause(db.session.get_one(Job, id))
    working.work_on(id)
    counting.between = lambda batch: None
    jobs.go_on(the_job(id))
    db.session.commit()
    working.work_on(id)
    assert (the_job(id).state, counting.begun_at) == (jobs.DONE, [0, 2])


def test_a_waiting_job_is_paused_and_cancelled_at_once(counting: Counting) -> None:
    id = asked()
    jobs.pause(the_job(id))
    assert db.session.get_one(Job, id).state == jobs.PAUSED
    jobs.cancel(db.session.get_one(Job, id))
    db.session.commit()
    assert the_job(id).state == jobs.CANCELLED
    assert not working.work_on(id)


@pytest.mark.parametrize("act", [jobs.pause, jobs.cancel, jobs.go_on])
def test_nothing_is_wished_of_a_job_that_is_over(counting: Counting, act: Any) -> None:
    id = asked()
    working.work_on(id)
    with pytest.raises(RuleBroken):
        act(the_job(id))


def test_a_starter_who_is_deactivated_stops_the_job(counting: Counting) -> None:
    id = asked("sales1a")

    def leave(batch: int) -> None:
        if batch == 2:
            changes.record("user.deactivated")
            the_user("sales1a").deactivated_at = clock.now()

    counting.between = leave
    working.work_on(id)
    assert (the_job(id).state, the_job(id).done) == (jobs.CANCELLED, 2)


def test_a_failed_job_says_why_in_the_readers_language_and_can_be_tried_again(counting: Counting) -> None:
    id = asked()

    def fail(batch: int) -> None:
        raise RuleBroken("You may export at most %(n)s customers at once. Narrow the list.")

    counting.between = fail
    working.work_on(id)
    assert (the_job(id).state, the_job(id).done) == (jobs.FAILED, 0)
    assert "at most" in str(the_job(id).why)
    counting.between = lambda batch: None
    jobs.go_on(the_job(id))
    db.session.commit()
    assert working.work_on(id)
    assert the_job(id).state == jobs.DONE


def test_a_fault_of_ours_tells_nothing_of_itself(counting: Counting) -> None:
    id = asked()

    def break_down(batch: int) -> None:
        raise KeyError("a secret")

    counting.between = break_down
    working.work_on(id)
    assert the_job(id).state == jobs.FAILED
    assert "secret" not in str(the_job(id).why)


@pytest.mark.both_databases
def test_a_job_whose_worker_died_is_begun_again_where_it_stopped(counting: Counting) -> None:
    id = asked()

    dying(counting, lambda batch: batch == 3)
    with pytest.raises(Killed):
        working.work_on(id)
    assert the_job(id).state == jobs.RUNNING
    assert upkeep.sweep() == []
    counting.between = lambda batch: None
    with clock.frozen(NOW + upkeep.LOST + timedelta(seconds=1)):
        assert upkeep.sweep() == [id]
        working.work_on(id)
    assert (the_job(id).state, counting.begun_at) == (jobs.DONE, [0, 2])


def test_a_worker_that_lost_its_job_keeps_nothing_more_of_it(counting: Counting) -> None:
    id = asked()

    def lose(batch: int) -> None:
        if batch == 2:
            db.session.execute(update(Job).where(Job.id == id).values(attempts=Job.attempts + 1))
            db.session.commit()

    counting.between = lose
    working.work_on(id)
    assert (the_job(id).state, the_job(id).done) == (jobs.RUNNING, 1)


@pytest.mark.both_databases
def test_a_paused_job_that_goes_on_meanwhile_is_cancelled_after_its_batch(counting: Counting) -> None:
    id = asked()
    jobs.pause(the_job(id))
    db.session.commit()
    seen = the_job(id)
    begun = update(Job).where(Job.id == id).values(state=jobs.RUNNING)
    db.session.execute(begun, execution_options={"synchronize_session": False})
    assert seen.state == jobs.PAUSED
    jobs.cancel(seen)
    db.session.commit()
    assert (the_job(id).state, the_job(id).wish) == (jobs.RUNNING, jobs.CANCEL)


class Killed(BaseException):
    """The worker died."""


def killed(id: int) -> list[int]:
    """Let the worker die in the work, and sweep when that is noticed; answers what waits then."""
    with pytest.raises(Killed):
        working.work_on(id)
    db.session.rollback()
    with clock.frozen(NOW + upkeep.LOST + timedelta(seconds=1)):
        return upkeep.sweep()


def dying(counting: Counting, at: Callable[[int], bool]) -> None:
    def die(batch: int) -> None:
        if at(batch):
            raise Killed

    counting.between = die


@pytest.mark.both_databases
def test_a_job_that_kills_its_worker_each_time_is_given_up(counting: Counting) -> None:
    id = asked()
    dying(counting, lambda batch: batch == 2)
    waits = [killed(id) for _attempt in range(1 + upkeep.MOST_ATTEMPTS)]
    assert waits == [[id]] * upkeep.MOST_ATTEMPTS + [[]], "the first of six got further"
    assert the_job(id).state == jobs.FAILED
    jobs.go_on(the_job(id))
    db.session.commit()
    assert [killed(id) for _attempt in range(upkeep.MOST_ATTEMPTS)][-2:] == [[id], []]


@pytest.mark.both_databases
def test_a_job_that_gets_further_each_time_goes_on_however_often_it_is_killed(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.BATCHES", 2 * upkeep.MOST_ATTEMPTS)
    id = asked()
    dying(counting, lambda batch: batch > counting.begun_at[-1] + 1)
    for _kill in range(BATCHES - 1):
        assert killed(id) == [id]
    working.work_on(id)
    assert (the_job(id).state, counting.begun_at) == (jobs.DONE, list(range(BATCHES)))
    assert the_job(id).attempts == BATCHES


@pytest.mark.both_databases
@pytest.mark.parametrize("rest", ["pause", "closing"])
def test_resting_as_told_is_no_fruitless_attempt(counting: Counting, rest: str) -> None:
    """Not even where a batch leads no further."""
    id = asked()

    def idle(work: Work) -> None:
        if rest == "pause":
            jobs.pause(the_job(id))
        else:
            working.closing.set()
        work.advance(0)

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(jobs._kinds, "test.counted", JobKind("test.counted", "Count", idle))
        for _rest in range(upkeep.MOST_ATTEMPTS):
            working.work_on(id)
            working.closing.clear()
            if rest == "pause":
                jobs.go_on(the_job(id))
                db.session.commit()
            assert the_job(id).state == jobs.WAITING
    dying(counting, lambda batch: True)
    assert killed(id) == [id]


@pytest.mark.both_databases
def test_a_job_that_does_the_same_over_again_gets_no_further(counting: Counting) -> None:
    id = asked()

    def anew(work: Work) -> None:
        work.advance(1)
        work.advance(2)
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(jobs._kinds, "test.counted", JobKind("test.counted", "Count", anew))
        waits = [killed(id) for _attempt in range(1 + upkeep.MOST_ATTEMPTS)]
    assert waits[-2:] == [[id], []]


def test_work_ends_with_its_process_and_waits_for_the_next(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = asked()
    counting.between = lambda batch: batch == 2 and working.closing.set()
    try:
        working.work_on(id)
    finally:
        working.closing.clear()
    assert (the_job(id).state, the_job(id).done) == (jobs.WAITING, 2)


@pytest.mark.both_databases
def test_nightly_work_comes_once_a_night(counting: Counting) -> None:
    for _worker in range(2):
        upkeep.ask_nightly()
    nightly = [kind.name for kind in jobs.kinds() if kind.nightly]
    assert sorted(db.session.scalars(select(Job.kind))) == sorted(nightly)
    with clock.frozen(NOW + timedelta(days=1)):
        upkeep.ask_nightly()
    assert len(db.session.scalars(select(Job.id)).all()) == 2 * len(nightly)


def test_all_nightly_work_can_be_done(counting: Counting) -> None:
    upkeep.ask_nightly()
    for id in upkeep.sweep():
        working.work_on(id)
    assert set(db.session.scalars(select(Job.state))) == {jobs.DONE}


@pytest.mark.both_databases
def test_frequent_work_comes_once_in_its_time_and_only_its_last_is_kept(often: Counting) -> None:
    for minute in range(10):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            upkeep.ask_frequent()
            for id in upkeep.sweep():
                working.work_on(id)
    assert len(often.begun_at) == 2
    with clock.frozen(NOW + timedelta(minutes=10)):
        upkeep.ask_frequent()
    assert sorted(db.session.scalars(select(Job.state))) == [jobs.DONE, jobs.WAITING]


def test_frequent_work_that_still_waits_is_not_asked_for_again(often: Counting) -> None:
    for minute in (0, 5, 10):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            upkeep.ask_frequent()
    jobs.pause(db.session.scalars(select(Job)).one())
    db.session.commit()
    with clock.frozen(NOW + timedelta(minutes=15)):
        upkeep.ask_frequent()
    assert sorted(db.session.scalars(select(Job.state))) == [jobs.PAUSED, jobs.WAITING]


def test_a_failure_of_frequent_work_stays_to_be_seen(often: Counting) -> None:
    def fail(batch: int) -> None:
        raise RuleBroken("No.")

    for minute, between in ((0, fail), (5, often.between), (10, often.between), (15, often.between)):
        often.between = between
        with clock.frozen(NOW + timedelta(minutes=minute)):
            upkeep.ask_frequent()
            for id in upkeep.sweep():
                working.work_on(id)
    states = list(db.session.scalars(select(Job.state).order_by(Job.id)))
    assert states == [jobs.FAILED, jobs.DONE, jobs.DONE]


def test_old_jobs_are_forgotten(counting: Counting) -> None:
    id = asked()
    working.work_on(id)
    with clock.frozen(NOW + upkeep.FORGOTTEN + timedelta(days=1)):
        assert upkeep.forget_old() == 1
        db.session.commit()
    assert db.session.get(Job, id) is None
