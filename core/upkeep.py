"""The upkeep of the table of jobs: heartbeats, what was lost, what comes by itself, and what is old."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from core import clock, uploads
from core.change_sets import SYSTEM
from core.db import affected, db
from core.jobs import CANCELLED, DONE, FAILED, FRUITLESS, RUNNING, WAITING, Job, failed_for, kinds
from core.words import _l

AFTER_MIDNIGHT = timedelta(hours=2)
LOST = timedelta(minutes=1)  # without a heartbeat
FORGOTTEN = timedelta(days=30)
FILES_KEPT_FOR = timedelta(days=7)
MOST_ATTEMPTS = 5  # in a row that got no further
OVER = (DONE, FAILED, CANCELLED)
GIVEN_UP = _l("It was interrupted again and again, and is not begun any more by itself.")


def beat(job_ids: set[int]) -> None:
    """Say that these jobs are alive."""
    if job_ids:
        alive = Job.id.in_(job_ids), Job.state == RUNNING
        db.session.execute(update(Job).where(*alive).values(beat_at=clock.now()))
        db.session.commit()


def sweep() -> list[int]:
    """Find what was lost: jobs whose worker died wait again. Answers the ids of all that wait."""
    now = clock.now()
    # A heartbeat of the future is one of before the clock was set back
    lost = Job.state == RUNNING, ~Job.beat_at.between(now - LOST, now + LOST)
    given_up = {"state": FAILED, "ended_at": now, "failure": failed_for(GIVEN_UP)}
    hopeless = Job.place[FRUITLESS].as_integer() >= MOST_ATTEMPTS
    db.session.execute(update(Job).where(*lost, hopeless).values(given_up))
    db.session.execute(update(Job).where(*lost).values(state=WAITING))
    db.session.commit()
    waiting = select(Job.id).where(Job.state == WAITING).order_by(Job.id).limit(1_000)
    return list(db.session.scalars(waiting))


def ask_nightly() -> None:
    """Ask for what comes by itself each night, once whichever worker is first."""
    night = clock.day_of(clock.now() - AFTER_MIDNIGHT)
    for kind in kinds():
        if kind.nightly:
            _ask_once(kind.name, str(night))


def ask_frequent() -> None:
    """Ask for what comes by itself every few minutes, once in its time, and not while the last one still waits."""
    now = clock.now().timestamp()
    for kind in kinds():
        if kind.every is not None:
            period = str(int(now // kind.every.total_seconds()))
            if _ask_once(kind.name, period, Job.state.in_((WAITING, RUNNING))):
                _keep_the_last(kind.name)


def _keep_the_last(kind: str) -> None:
    """Of those that are over, the last of each state: the page of jobs shall not be full of them."""
    later = aliased(Job)
    over = Job.kind == kind, Job.period.is_not(None), Job.state.in_(OVER)
    followed = exists().where(later.kind == Job.kind, later.state == Job.state, later.id > Job.id)
    db.session.execute(delete(Job).where(*over, followed).execution_options(synchronize_session=False))
    db.session.commit()


def _ask_once(kind: str, period: str, *unless: ColumnElement[bool]) -> bool:
    """Ask for a kind of work, if it was not asked for in this period; answers whether this call did."""
    known = select(Job.id).where(Job.kind == kind, or_(Job.period == period, *unless)).limit(1)
    if db.session.scalar(known) is not None:
        return False
    values = {
        "kind": kind, "period": period, "state": WAITING, "wish": "", "starter": SYSTEM.name, "address": "",
        "asked": {}, "place": {}, "done": 0, "attempts": 0, "created_at": clock.now(),
    }  # fmt: skip
    try:
        db.session.execute(insert(Job).values(values))
        db.session.commit()
    except IntegrityError:  # another worker was first
        db.session.rollback()
        return False
    return True


def forget_old() -> int:
    """Drop files that nobody fetched in time, or that only served a job, and take old jobs that are over out of the
    table; answers how many.
    """
    now = clock.now()
    over = Job.state.in_(OVER)
    for job in db.session.scalars(select(Job).where(over, Job.ended_at < now - FILES_KEPT_FOR)):
        for name in job.place.get("scratch", ()):
            uploads.drop(name)
        if name := job.place.get("file"):
            uploads.drop(name)
            job.place, job.result = {}, {**(job.result or {}), "file": None}
    db.session.flush()
    gone = delete(Job).where(over, Job.ended_at < now - FORGOTTEN)
    return affected(gone)
