"""Jobs in tests: nothing is begun by itself; what waits is done when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import undoing, upkeep, working
from core.db import db
from core.jobs import Job
from tests.pages import Client, Page


class Killed(BaseException):
    """The worker died."""


def worked(app: Flask, *, between: Callable[[], Any] | None = None) -> None:
    """Do what waits; `between` is called after the first batch."""
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        if between is not None:
            whole = working.Work.advance

            def advance(work: Any, *args: Any, **place: Any) -> None:
                whole(work, *args, **place)
                patched.undo()
                between()

            patched.setattr(working.Work, "advance", advance)
        for id in upkeep.sweep():
            working.work_on(id)


def killed(app: Flask, job_id: int) -> None:
    """Let the worker of a job die after its first batch; the job waits again, as after a sweep."""

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        worked(app, between=die)
    with app.app_context():
        db.session.rollback()
        db.session.execute(Job.__table__.update().where(Job.id == job_id).values(state="waiting"))
        db.session.commit()


def the_job(app: Flask, kind: str) -> Job:
    """The last job of a kind."""
    with app.app_context():
        wanted = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(1)
        return db.session.scalars(wanted).one()


def undone(app: Flask, client: Client, act: int, **fields: Any) -> Page:
    """Ask to take a large act back, and let it be done; answers the page of the job."""
    answer = client.post(f"/changes/{act}/undo", fields)
    assert answer.status == 303, answer.words
    assert the_job(app, undoing.JOB).asked["set"] == act
    worked(app)
    return client.get(answer.response.location)
