"""Doing a job: claimed by one worker, in batches, in the name of whoever asked, under their rights of that moment."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from core import acts, changes, clock, disks, events, journal
from core.change_sets import SYSTEM, Actor
from core.db import db, reading, set_mode
from core.errors import Problem, RuleBroken
from core.jobs import (
    ACT,
    CANCEL,
    CANCELLED,
    DONE,
    FAILED,
    FRUITLESS,
    PAUSE,
    PAUSED,
    RUNNING,
    UNFINISHED,
    WAITING,
    Job,
    JobKind,
    failed_for,
    kind_of,
    without_count,
)
from core.rights import Viewer
from core.words import _, _l

BREATH_S = 0.02  # between two batches, in which others may write
CLOSING = "closing"
closing = threading.Event()  # this process is about to end
OUR_FAULT = _l("Something went wrong inside Huifang. The log says what.")
log = logging.getLogger("huifang.jobs")


class Stopped(Exception):
    """The job is not to go on: somebody paused or cancelled it, or another worker has it by now."""


class Work:
    """A job in the hands of a worker."""

    def __init__(self, job: Job) -> None:
        self.id, self.attempt, self._user_id = job.id, job.attempts, job.user_id
        self.asked: Mapping[str, Any] = job.asked
        self.place: Mapping[str, Any] = without_count(job.place)
        self.done, self.total = job.done, job.total
        self._begun_at = self.done, self.place
        self._fruitless: int = job.place.get(FRUITLESS, 0)  # attempts in a row, with this one
        self._act: int | None = job.place.get(ACT)
        self._began: float | None = None
        self.held_s = 0.0  # for which the last batch kept others from writing

    def record(self, verb: str, *, reason: str | None = None, undoes_id: int | None = None) -> None:
        """Name what the batch is about to do, see `changes.record`: all that a job does is one act.

        Raises RuleBroken if somebody began to take it back meanwhile.
        """
        if self._act is not None and acts.is_being_undone(self._act):
            raise RuleBroken(_("What this job has done was taken back since. Ask for it anew."))
        changes.record(verb, reason=reason, undoes_id=undoes_id, part_of_id=self._act)
        db.session.connection()  # a batch waits here for its turn to write
        self._began = time.monotonic()

    @property
    def by(self) -> Viewer:
        """Who asked, with rights as they are now; to be asked between batches.

        Raises Stopped for somebody who may not sign in any more.
        """
        found = _person(self._user_id) if self._user_id is not None else None
        if found is None:
            raise Stopped(CANCEL)
        return found

    def advance(self, done: int, *, total: int | None = None, **place: Any) -> None:
        """Commit a batch together with how far the job is. Raises Stopped, and keeps nothing of the batch, if the
        job is somebody else's by now; raises it after keeping the batch if the job is to rest or to end.
        """
        place = self._with_act(place)
        wish = self._reached(done, total, place)
        db.session.commit()
        self.held_s = 0.0 if self._began is None else time.monotonic() - self._began
        self._began = None
        self.done, self.place = done, place
        journal.write()
        if wish or self._user_is_gone():
            raise Stopped(wish or CANCEL)
        if closing.is_set():
            raise Stopped(CLOSING)
        time.sleep(BREATH_S)

    @property
    def act(self) -> int | None:
        """The change set that leads what the job has written, once there is one."""
        self._act = self._act or changes.set_id()
        return self._act

    def _with_act(self, place: dict[str, Any]) -> dict[str, Any]:
        """The place with the set that leads what the job writes, once there is one."""
        return place if self.act is None else {**place, ACT: self.act}

    def _reached(self, done: int, total: int | None, place: Mapping[str, Any]) -> str:
        if self._is_further(done, place):
            self._fruitless = 0
        count = {FRUITLESS: self._fruitless} if self._fruitless else {}
        values = {"done": done, "place": {**place, **count}, "beat_at": clock.now()}
        if total is not None:
            values["total"] = self.total = total
        mine = Job.id == self.id, Job.state == RUNNING, Job.attempts == self.attempt
        row = db.session.execute(update(Job).where(*mine).values(values).returning(Job.wish)).one_or_none()
        if row is None:
            db.session.rollback()
            raise Stopped("")
        return str(row.wish)

    def _is_further(self, done: int, place: Mapping[str, Any]) -> bool:
        """Than where this attempt began: one that does the same over again each time is not."""
        before, place_before = self._begun_at
        return done > before or (done == before and place != place_before)

    def _user_is_gone(self) -> bool:
        return self._user_id is not None and _person(self._user_id) is None


def _person(user_id: int) -> Viewer | None:
    """Read in a transaction that holds up nobody."""
    with reading():
        found: Viewer | None = next(iter(events.ask("job.starter", user_id=user_id)), None)
        db.session.rollback()
    return found


def work_on(job_id: int) -> bool:
    """Do a job if it still waits for somebody to do it; answers whether this call did it."""
    set_mode(writing=True)
    job = _claimed(job_id)
    if job is None:
        return False
    kind = kind_of(job.kind)
    if kind is None:
        _end(job_id, job.attempts, FAILED, failure=failed_for(_l("No part of this version does such jobs.")))
        return True
    actor = Actor(job.user_id, job.starter, "job", job.address) if job.user_id else SYSTEM
    with current_app.app_context(), changes.acting(actor):
        _carry_out(job, kind)
    return True


def _claimed(job_id: int) -> Job | None:
    now = clock.now()
    values = {
        "state": RUNNING, "wish": "", "attempts": Job.attempts + 1, "beat_at": now, "failure": None,
    }  # fmt: skip
    waiting = Job.id == job_id, Job.state == WAITING
    claimed = db.session.execute(update(Job).where(*waiting).values(values).returning(Job.id)).scalar()
    if claimed is None:
        db.session.rollback()
        return None
    job = db.session.get_one(Job, job_id, populate_existing=True)
    job.place = {**job.place, FRUITLESS: job.place.get(FRUITLESS, 0) + 1}
    if job.started_at is None:
        job.started_at = now
    db.session.commit()
    return job


def _carry_out(job: Job, kind: JobKind) -> None:
    """Run it and write down how it ended, whatever happens."""
    job_id, attempt = job.id, job.attempts
    work = Work(job)
    try:
        result = kind.run(work)
        _end(job_id, attempt, DONE, commit_first=True, result=dict(result or {}))
    except Stopped as stopped:
        if state := {CANCEL: CANCELLED, PAUSE: PAUSED, CLOSING: WAITING}.get(str(stopped)):
            # It rests because it was told to: that is no fruitless attempt
            rested: dict[str, Any] = {} if state == CANCELLED else {"place": dict(work.place)}
            _end(job_id, attempt, state, **rested)
    except OperationalError as error:
        # The database is busy or away: the sweep begins anew where this stopped
        log.warning("job %s (%s) was interrupted: %s", job_id, kind.name, error.__class__.__name__)
    except Problem as problem:
        _end(job_id, attempt, FAILED, failure=failed_for(problem.message))
    except Exception as error:  # the disk, or a fault of ours: the page says so, the log says which
        log.exception("job %s (%s) failed", job_id, kind.name)
        _end(job_id, attempt, FAILED, failure=failed_for(disks.trouble(error) or OUR_FAULT))
    finally:
        journal.write()
        db.session.remove()


def _end(job_id: int, attempt: int, state: str, *, commit_first: bool = False, **values: Any) -> None:
    """Write the end of an attempt, together with its last batch if there is one."""
    if not commit_first:
        db.session.rollback()
    ended = {} if state in UNFINISHED else {"ended_at": clock.now()}
    mine = Job.id == job_id, Job.attempts == attempt, Job.state == RUNNING
    values = {"state": state, "wish": "", **ended, **values}
    written = db.session.execute(update(Job).where(*mine).values(values).returning(Job.id)).scalar()
    if written is None:
        db.session.rollback()
        return
    db.session.commit()
