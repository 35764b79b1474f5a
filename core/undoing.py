"""Taking a large act back, behind the page: first a look at all of it, then a set at a time.

The sets are taken back last first, each record whole with the last set that touched it. Each set that takes one
back names it, so that the act counts as taken back once its first set is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from core import events, jobs, undo
from core.acts import has_parts, parts_undone, roots_last_touched, set_ids
from core.change_sets import Change, ChangeSet, written
from core.db import db, reading
from core.errors import RuleBroken
from core.jobs import DONE, Job
from core.rights import Viewer
from core.roots import Root
from core.undo_plan import UNDONE
from core.words import _
from core.working import Work

JOB = "changes.undone"
SHOWN = 200  # records with conflicts that are remembered, to be decided on
AT_ONCE = 2_000  # changes of a set; beyond, even a single one is taken back behind the page
TRIES = 3  # of a set to which somebody else is just writing


def is_large(leader: ChangeSet) -> bool:
    """Whether taking an act back is work for behind the page: it has several sets, or one of very many changes."""
    beyond = select(Change.id).where(Change.set_id == leader.id).order_by(Change.id).offset(AT_ONCE).limit(1)
    return has_parts(leader) or db.session.scalar(beyond) is not None


def ask(leader: ChangeSet, *, decided: bool = False, overwrite: Sequence[str] = ()) -> Job:
    """Have an act taken back; unless `decided`, nothing is if something of it was changed again since."""
    total = 2 * len(set_ids(leader))
    return jobs.ask(JOB, total=total, set=leader.id, decided=decided, overwrite=list(overwrite))


@dataclass(frozen=True)
class Standing:
    """How far the taking back of a large act is: `undone` of `parts` sets, and the last job that was to do it."""

    undone: int
    parts: int
    job: Job | None

    @property
    def stayed(self) -> int:
        """How many things the job left as they were, since they had been changed again."""
        return int(self.job.told.get("stayed", 0)) if self.job else 0

    @property
    def undecided(self) -> int:
        """How many things were found to be changed again, which nobody has decided on yet."""
        told = self.job.told if self.job else {}
        return 0 if "records" in told else int(told.get("conflicts", 0))

    @property
    def job_at_rest(self) -> Job | None:
        """The job, as long as it has not come to its end."""
        return None if self.job is None or self.job.state == DONE else self.job


def standing(leader: ChangeSet) -> Standing:
    """How far the taking back of an act is; one that is through is not counted any more."""
    undone = parts_undone(leader) if undo.undone_by(leader) is None else 0
    return Standing(undone, len(set_ids(leader)), jobs.latest(JOB, "set", leader.id))


@dataclass(frozen=True)
class Found:
    """What a job has found to be decided on: how many conflicts, and the first records that have some."""

    conflicts: int
    roots: Sequence[Root]


def found_by(job_id: int, leader: ChangeSet, viewer: Viewer) -> Found | None:
    """What the person's own job has found that looked at an act; None if there is none, or nothing."""
    job = db.session.get(Job, job_id) if 0 < job_id < 2**63 else None
    if job is None or (job.kind, job.user_id) != (JOB, viewer.id) or job.asked["set"] != leader.id:
        return None
    told = job.told
    return (
        Found(told["conflicts"], [(table, id) for table, id in told["roots"]]) if told.get("roots") else None
    )


def make(work: Work) -> dict[str, Any]:
    """Look at every set of the act, then take each back. Raises what `core.undo.undo` raises."""
    leader = db.session.get_one(ChangeSet, work.asked["set"])
    parts = list(reversed(set_ids(leader)))
    if work.done == 0:
        by = work.by
        with reading():
            undo.check(leader, by, job_id=work.id)
            db.session.rollback()
    for done, part in _rest(parts, work.done):
        work.advance(done, **_looked(work, leader, part))
    if work.place.get("conflicts") and not work.asked["decided"]:
        work.advance(work.done, total=work.done, **work.place)
        return {"set": leader.id, "job": work.id}
    for done, part in _rest(parts, work.done - len(parts)):
        records, stayed = _take_back(work, leader, part, first=done == 1)
        so_far = work.place.get("records", 0) + records, work.place.get("stayed", 0) + stayed
        work.advance(len(parts) + done, records=so_far[0], stayed=so_far[1])
    return {"set": leader.id}


def _first(leader: ChangeSet) -> list[Root]:
    """What has to be as it was before anything else is: an area that knows of some listens to `undo.first`."""
    return [root for found in events.ask("undo.first", change_set=leader) for root in found]


def _rest(parts: Sequence[int], done: int) -> Iterator[tuple[int, int]]:
    return ((n, part) for n, part in enumerate(parts, 1) if n > done)


def _looked(work: Work, leader: ChangeSet, part: int) -> Mapping[str, Any]:
    """How many conflicts there are so far, and the first records that have some."""
    by = work.by
    with reading():
        roots = roots_last_touched(leader, part)
        undo.check_part(leader, roots, by)
        found = undo.plan(leader, roots).conflicts
        db.session.rollback()
    seen = [*map(tuple, work.place.get("roots", ())), *(conflict.root for conflict in found)]
    return {
        "conflicts": work.place.get("conflicts", 0) + len(found),
        "roots": [list(root) for root in list(dict.fromkeys(seen))[:SHOWN]],
    }


def _take_back(work: Work, leader: ChangeSet, part: int, *, first: bool) -> tuple[int, int]:
    """Take one set back; answers how many records, and how much of them stayed.

    It is planned before, while others may write; if they wrote to these records, it is planned anew, the last time
    while they wait.
    """
    with reading():
        own = roots_last_touched(leader, part)
        roots = [*(_first(leader) if first else ()), *own]
        db.session.rollback()
    for last in (False,) * (TRIES - 1) + (True,):
        by = work.by
        plan = None if last else undo.ahead(leader, by, roots, others_gone=True)
        work.record(UNDONE, undoes_id=part)
        try:
            made = undo.undo_part(leader, roots, by, work.asked["overwrite"], made=plan)
        except StaleDataError as stale:
            db.session.rollback()
            if last:
                raise RuleBroken(
                    _("Somebody else has just changed this. Look at it again, then decide.")
                ) from stale
        else:
            break
    written(db.session(), ChangeSet.__tablename__)  # also where nothing was left to take back
    return len(own), len(made.staying(work.asked["overwrite"]))
