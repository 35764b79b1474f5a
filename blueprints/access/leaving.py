"""What somebody owns who leaves goes to a successor: some of it at once, the rest behind the page.

All of it is one act with the deactivation, whose change set leads, and is taken back with it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from blueprints.access import queries, rules, successors
from blueprints.access.models import User
from core import changes, events, jobs
from core.changes import Change, ChangeSet
from core.db import db
from core.errors import Refused, RuleBroken
from core.jobs import Job
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _
from core.working import Work

DEACTIVATED = "user.deactivated"
JOB = "access.handed_over"
AT_ONCE = 200  # records of each area; the rest is handed over behind the page
BATCH = 200


def owned(user: User) -> list[tuple[Any, int]]:
    """What a person owns: words and number, as the areas answer."""
    return [(label, count) for label, count in events.ask("user.owns", user=user) if count]


def deactivation_of(user: User) -> int | None:
    """The id of the change set that closed an account; None for one that is open."""
    if user.is_living:
        return None
    closing = (
        select(ChangeSet.id)
        .join(Change, Change.set_id == ChangeSet.id)
        .where(Change.record_table == User.__tablename__, Change.record_id == user.id)
        .where(ChangeSet.verb == DEACTIVATED)
    )
    return db.session.scalar(closing.order_by(ChangeSet.id.desc()).limit(1))


def job_of(user: User) -> Job | None:
    """The last job that was to hand over what a person owned who left; None if it was little, or long ago."""
    return jobs.latest(JOB, "user", user.id)


def check_successor(user: User, successor: User | None) -> None:
    """Who leaves owns nothing any more. Raises RuleBroken."""
    rules.check_successor(sum(count for _label, count in owned(user)), successor)
    if successor is None:
        return
    if not successor.is_living or successor.id == user.id:
        raise RuleBroken(_("Choose somebody else who is active."), "successor")
    if not successors.can_succeed(successor):
        raise RuleBroken(_("Choose somebody who may see customers."), "successor")


def hand_over(user: User, successor: User, *, act: int | None, reason: str) -> None:
    """Give what somebody who has left owns to a successor; where it is much, the rest of it behind the page."""
    if max(_move(user, successor, AT_ONCE)) < AT_ONCE:
        return
    left = sum(count for _label, count in owned(user))
    jobs.ask(JOB, total=left, act=act, user=user.id, successor=successor.id, reason=reason)


def go_on(user: User, successor: User | None, *, reason: str) -> None:
    """Hand over what somebody who has left still owns, because the job was cancelled or failed. Raises RuleBroken."""
    act = deactivation_of(user)
    if act is None or jobs.is_at_work_on(act):
        raise RuleBroken(_("There is nothing to hand over, or a job is still at work on it."))
    changes.record(DEACTIVATED, reason=reason, part_of_id=act)
    queries.lock(user)
    check_successor(user, successor)
    if successor is not None:
        hand_over(user, successor, act=act, reason=reason)


def make(work: Work) -> dict[str, Any]:
    """Hand over a batch at a time, under the rights of that moment, until nothing is left.

    Raises RuleBroken if the person was let in again, or if the successor has left too.
    """
    user, successor = (db.session.get_one(User, work.asked[name]) for name in ("user", "successor"))
    while True:
        _check_right(work.by)
        work.record(DEACTIVATED, reason=work.asked["reason"])
        _check(user, successor, work)
        moved = sum(_move(user, successor, BATCH))
        if not moved:
            return {}
        done = work.done + moved
        work.advance(done, total=max(work.total or 0, done), moved=done)


def _check_right(by: Viewer) -> None:
    if not by.may(Right.ACCESS_USERS):
        raise Refused(refusal(Right.ACCESS_USERS))


def _check(user: User, successor: User, work: Work) -> None:
    for person in sorted((user, successor), key=lambda person: person.id):
        queries.lock(person)
    if deactivation_of(user) != work.act:
        raise RuleBroken(
            _("%(name)s was let in again meanwhile. What is left was not handed over.", name=user.name)
        )
    if not successor.is_living:
        raise RuleBroken(_("%(name)s is deactivated and can own nothing.", name=successor.name))


def _move(user: User, successor: User, most: int) -> list[int]:
    """Let each area hand over some; answers how much each did, `most` where there may be more."""
    return events.ask("user.replaced", user=user, successor=successor, most=most)
