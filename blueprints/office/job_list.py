"""Which jobs a person sees, and of which they may fetch the file."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from blueprints.access import queries as access
from core import jobs, lists, uploads
from core.db import db
from core.errors import NotFound
from core.jobs import ACT, DONE, FAILED, STATES, UNFINISHED, Job
from core.lists import Order
from core.rights import Right, Viewer
from core.words import _

MOST_OWN = 20


def page(state: str, after: str | None) -> lists.Page[Job]:
    """All jobs, or those in a state, newest first."""
    wanted = select(Job)
    if state in STATES:
        wanted = wanted.where(Job.state == state)
    return lists.page(wanted, Job, Order(Job.id, descending=True), after)


def counts() -> dict[str, int]:
    """State → how many, of those that somebody may have to look after."""
    told = select(Job.state, func.count()).where(Job.state.in_((*UNFINISHED, FAILED))).group_by(Job.state)
    return dict(db.session.execute(told).all())


def of_user(user_id: int) -> Sequence[Job]:
    """What a person asked for, the latest first."""
    mine = select(Job).where(Job.user_id == user_id).order_by(Job.id.desc())
    return db.session.scalars(mine.limit(MOST_OWN)).all()


def the_job(id: int, viewer: Viewer) -> Job:
    """One's own job, or any for whoever looks after the installation. Raises NotFound."""
    job = db.session.get(Job, id)
    if job is None or not (job.user_id == viewer.id or viewer.may(Right.OFFICE_SETTINGS)):
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return job


def may_fetch(job: Job, viewer: Viewer) -> bool:
    """Whether there is a file, and this is who had it made and still may have it."""
    kind = jobs.kind_of(job.kind)
    if job.state != DONE or not job.file or kind is None or kind.right is None:
        return False
    may = viewer.may_or_ask(kind.right) if kind.lent(job) else viewer.may(kind.right)
    return job.user_id == viewer.id and may and uploads.path_of(job.file).exists()


def act_of(job: Job, viewer: Viewer) -> int | None:
    """The id of the change set that leads what a job has changed, for whoever asked and may still open it."""
    act = job.told.get(ACT) if job.user_id == viewer.id else None
    return act if act is not None and access.change_is_open(act, viewer) else None
