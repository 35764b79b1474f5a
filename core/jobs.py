"""Work that is done behind the page: what was asked, by whom, how far it is and how it ended.

The row is written in the transaction of whoever asks, and it is the truth; the queue only wakes a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, String, event, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from core import changes, clock
from core.db import Json, Model, affected, db, pk
from core.errors import RuleBroken
from core.rights import Right, Viewer
from core.words import _, _l, kept, told

WAITING, RUNNING, PAUSED, DONE, FAILED, CANCELLED = (
    "waiting", "running", "paused", "done", "failed", "cancelled",
)  # fmt: skip
UNFINISHED = (WAITING, RUNNING, PAUSED)
STATES = {
    WAITING: _l("waiting"),
    RUNNING: _l("running"),
    PAUSED: _l("paused"),
    DONE: _l("finished"),
    FAILED: _l("failed"),
    CANCELLED: _l("cancelled"),
}
PAUSE, CANCEL = "pause", "cancel"
# In the place of a job: the change set that leads what it writes, and how often it was begun without getting further
ACT, FRUITLESS = "act", "fruitless"


class Job(Model):
    """One piece of work. `place` is where the next attempt goes on, `wish` what somebody wants of a running one.

    `attempts` tells the attempts apart and only grows; what is given up is told by those in a row that got no further.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_id", "state", "id"),
        Index("ix_jobs_user_id_id", "user_id", "id"),
        Index(
            "uq_jobs_kind_period",
            "kind",
            "period",
            unique=True,
            sqlite_where=text("period IS NOT NULL"),
            postgresql_where=text("period IS NOT NULL"),
        ),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(String(60))
    period: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    wish: Mapped[str] = mapped_column(String(12), default="")
    user_id: Mapped[int | None]
    starter: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(64), default="")
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    place: Mapped[dict[str, Any]] = mapped_column(Json)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    failure: Mapped[dict[str, Any] | None] = mapped_column(Json)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether it may still go on."""
        return self.state in UNFINISHED

    @property
    def file(self) -> str | None:
        """The file that it made, as it is stored; None if there is none, or none any more."""
        return (self.result or {}).get("file")

    @property
    def told(self) -> Mapping[str, Any]:
        """The result, with how far a job came that is over; nothing as long as it may go on."""
        return {} if self.is_open else {**self.place, **(self.result or {})}

    @property
    def why(self) -> Any:
        """Why it failed, in the language of whoever reads it."""
        return told(self.failure["text"]) if self.failure else ""


def without_count(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place without the count of fruitless attempts."""
    return {name: value for name, value in place.items() if name != FRUITLESS}


def failed_for(text: Any) -> dict[str, Any]:
    """Why a job failed, as its row keeps it."""
    return {"text": kept(text)}


@dataclass(frozen=True)
class JobKind:
    """One kind of work: its words, what does it, and whether it comes by itself: each night, or `every` so often.

    `run(work)` is given a `core.working.Work` and answers what is kept of the result. It works in batches, each ended
    by `work.advance`, and goes on from `work.place` after an interruption. `outcome(told)` says in words what came of
    it, and `follow(told, viewer)` is label and address of where that is seen, if not on the page of what was changed;
    `told` is `Job.told`. A result with a `file` (a name of `core.uploads`) is for the starter to fetch under
    `file_name(job)`, as long as they hold `right`, or may ask for it and were allowed just this job (`lent`).
    """

    name: str
    label: Any
    run: Callable[[Any], Mapping[str, Any] | None]
    nightly: bool = False
    every: timedelta | None = None
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    follow: Callable[[Mapping[str, Any], Viewer], tuple[Any, str] | None] | None = None
    file_name: Callable[[Job], str] | None = None
    right: Right | None = None
    lent: Callable[[Job], bool] = lambda _job: False


_kinds: dict[str, JobKind] = {}


def declare(*kinds: JobKind) -> None:
    """Make kinds of work known; an area does this once when it is imported."""
    _kinds.update((kind.name, kind) for kind in kinds)


def kinds() -> list[JobKind]:
    """All kinds of work."""
    return list(_kinds.values())


def kind_of(name: str) -> JobKind | None:
    """The kind of a job; None for one of a version before that no area does any more."""
    return _kinds.get(name)


def is_at_work_on(set_id: int, *, but: int | None = None) -> bool:
    """Whether a job that is not over yet, `but` aside, does or takes back the act that this change set leads."""
    unfinished = select(Job.asked, Job.place).where(Job.state.in_(UNFINISHED), Job.user_id.is_not(None))
    if but is not None:
        unfinished = unfinished.where(Job.id != but)
    return any(
        set_id in (asked.get("set"), place.get(ACT)) for asked, place in db.session.execute(unfinished)
    )


_waker: Callable[[int], None] = lambda job_id: None  # noqa: E731 - core.queue puts its own in this place


def wake_by(function: Callable[[int], None]) -> None:
    """How a worker learns that a job waits."""
    global _waker
    _waker = function


def latest(kind: str, name: str, id: int) -> Job | None:
    """The last job of a kind that was asked for with this number under this name; None if none is remembered."""
    wanted = select(Job).where(Job.kind == kind, Job.asked[name].as_integer() == id)
    return db.session.scalar(wanted.order_by(Job.id.desc()).limit(1))


def ask(kind: str, *, total: int | None = None, act: int | None = None, **asked: Any) -> Job:
    """Ask for a piece of work in the name of whoever acts now; a worker begins it after the commit.

    What it writes is an act of its own or, with `act`, goes on with the act that this change set leads.
    """
    who = changes.actor()
    job = Job(
        kind=_kinds[kind].name, user_id=who.user_id, starter=who.name, address=who.address, asked=asked,
        place={} if act is None else {ACT: act}, total=total, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    _after_commit(job.id)
    return job


def _after_commit(job_id: int) -> None:
    db.session.info.setdefault("jobs", []).append(job_id)


@event.listens_for(db.session, "after_commit")
def _wake(session: Any) -> None:
    for job_id in session.info.pop("jobs", ()):
        _waker(job_id)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Any) -> None:
    session.info.pop("jobs", None)


def pause(job: Job) -> None:
    """Let a job rest: a waiting one at once, a running one after its present batch. Raises RuleBroken."""
    _wish(job, PAUSE, PAUSED)


def cancel(job: Job) -> None:
    """End a job: what its batches have done stays. Raises RuleBroken for one that is over."""
    _wish(job, CANCEL, CANCELLED, PAUSED)


def _wish(job: Job, wish: str, at_rest: str, *idle: str) -> None:
    now = clock.now()
    ended = {"ended_at": now} if at_rest == CANCELLED else {}
    if _moved(job, Job.state.in_((WAITING, *idle)), state=at_rest, wish="", **ended):
        return
    if not _moved(job, Job.state == RUNNING, wish=wish):
        raise RuleBroken(_("This job is not running any more."))


def go_on(job: Job) -> None:
    """Let a paused or failed job go on where it stopped. Raises RuleBroken for any other."""
    stopped = Job.state.in_((PAUSED, FAILED))
    if not _moved(job, stopped, state=WAITING, wish="", failure=None, ended_at=None):
        raise RuleBroken(_("This job is neither paused nor failed."))
    job.place = without_count(job.place)  # the row is ours since it moved: what we read of it is so still
    db.session.flush()
    _after_commit(job.id)


def _moved(job: Job, still: ColumnElement[bool], **values: Any) -> bool:
    """Change the row if it still is in the state that was seen; workers change it too."""
    changing = update(Job).where(Job.id == job.id, still).values(values)
    moved = affected(changing, execution_options={"synchronize_session": False})
    db.session.refresh(job)
    return moved > 0
