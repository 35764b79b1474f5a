"""Name a deputy, note times away; and what becomes of it when a deputy leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.office import approving, deputies, deputy_rules
from blueprints.office.models import Absence, Cover
from core import changes, clock, events, notifications
from core.bulk import chunks
from core.db import db, one_after_another
from core.errors import NotFound, RuleBroken, Stale
from core.rights import Viewer
from core.undo import Plan
from core.words import _

NAMED, AWAY, BACK = "deputy.named", "deputy.away", "deputy.back"
KIND = "office.deputy"  # of notifications
CHOSEN, SET, GONE = "chosen", "set", "gone"  # their events


def name_deputy(person: User, deputy: User | None, *, by: Viewer, version: int) -> None:
    """Say who answers for a person from now on, or nobody. Raises RuleBroken, Stale."""
    changes.record(NAMED)
    if deputy is not None:
        deputy_rules.check_deputy(deputy.id, person=person.id, active=access.stays(deputy.id))
    cover = _hold(person)
    if (cover.version if cover.id else 0) != version:
        raise Stale(_("Somebody else has changed this meanwhile."))
    if deputy is None and not cover.id:
        return
    present, cover.deputy_id = cover.deputy_id, deputy.id if deputy else None
    _save(cover)
    if cover.deputy_id == present:
        return
    if deputy is not None:
        _tell(cover, CHOSEN, {deputy.id} - {by.id}, by.id)
    _tell(cover, SET, {person.id} - {by.id}, by.id)


def note_away(person: User, first: date, last: date, *, by: Viewer) -> Absence:
    """Note that a person is away from one day to another, both included; what waits for them goes to others once the
    first day has come. Raises RuleBroken.
    """
    changes.record(AWAY)
    cover = _hold(person)
    others = [(each.first_on, each.last_on) for each in deputies.ahead(cover)] if cover.id else []
    deputy_rules.check_time(first, last, today=clock.today(), others=others)
    _save(cover)
    made = Absence(cover_id=cover.id, first_on=first, last_on=last)
    db.session.add(made)
    db.session.flush()
    _tell(cover, SET, {person.id} - {by.id}, by.id, f"away {made.id}")
    approving.go_round(person.id)
    return made


def forget_away(person: User, id: int, *, by: Viewer) -> None:
    """Take a time away back: the person is there after all. Raises NotFound."""
    changes.record(BACK)
    theirs = select(Absence).join(Cover).where(Absence.id == id, Cover.user_id == person.id)
    found = db.session.scalar(theirs)
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    _tell(found.cover, SET, {person.id} - {by.id}, by.id, f"back {id}")
    db.session.delete(found)
    db.session.flush()


def _hold(person: User) -> Cover:
    """The row of a person, nobody else changes it until this ends; a new one, not saved yet, if there is none."""
    one_after_another(f"cover {person.id}")
    found = select(Cover).where(Cover.user_id == person.id).with_for_update(of=Cover)
    present = db.session.scalar(found.execution_options(populate_existing=True))
    return present or Cover(user_id=person.id)


def _save(cover: Cover) -> None:
    db.session.add(cover)
    db.session.flush()
    db.session.expire(cover, ["deputy"])


def _tell(cover: Cover, event: str, people: Iterable[int], by: int, what: str = "") -> None:
    notifications.notify(
        KIND, people, key=f"{cover.id} {event} {what or cover.version}", event=event, by=by, of=cover.user_id
    )


@events.listen("user.left")
def let_go(user: User) -> None:
    """Whoever leaves is nobody's deputy any more; those who had them are told to name another."""
    for cover in db.session.scalars(select(Cover).where(Cover.deputy_id == user.id).order_by(Cover.id)).all():
        cover.deputy_id = None
        db.session.flush()
        _tell(cover, GONE, [cover.user_id], user.id)


@events.listen("undo.done")
def settle_undo(plan: Plan) -> None:
    """Nobody gets a deputy back who has left meanwhile. Raises RuleBroken."""
    left = select(User.name).join(Cover, Cover.deputy_id == User.id).where(User.deactivated_at.is_not(None))
    for ids in chunks(sorted({e.change.record_id for e in plan.effects if e.table == Cover.__tablename__})):
        name = db.session.scalar(left.where(Cover.id.in_(ids)).limit(1))
        if name is not None:
            raise RuleBroken(_("%(name)s is deactivated by now and answers for nobody.", name=name))
