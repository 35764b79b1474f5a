"""Jobs in tests: nothing is begun by itself; what waits is done when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import upkeep, working
from core.db import db
from core.jobs import Job
from tests.pages import Client, Page


class Killed(BaseException):
    """The worker died."""


def worked(app: Flask, *, between: Callable[[], Any] | None = None, after: int = 1) -> None:
    """Do what waits; `between` is called once, when so many batches are done."""
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        if between is not None:
            whole, left = working.Work.advance, [after]

            def advance(work: Any, *args: Any, **place: Any) -> None:
                whole(work, *args, **place)
                left[0] -= 1
                if not left[0]:
                    patched.undo()
                    between()

            patched.setattr(working.Work, "advance", advance)
        for id in upkeep.sweep():
            working.work_on(id)


def killed(app: Flask, job_id: int, *, after: int = 1) -> None:
    """Let the worker of a job die when so many batches are done; the job waits again, as after a sweep."""

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        worked(app, between=die, after=after)
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
    """Ask to take an act back, and let it be done; answers the page that this leads to."""
    answer = client.post(f"/changes/{act}/undo", fields)
    assert answer.status == 303, answer.words
    worked(app)
    return client.get(answer.response.location)
