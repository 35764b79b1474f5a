"""Exit talks (流失面谈): what a customer that was lost, or is about to be, says about why; noted, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.customers import parts
from blueprints.customers.models import Customer
from blueprints.customers.particulars import ExitTalk
from core import changes, clock, versions
from core.db import db
from core.errors import RuleBroken
from core.rights import Viewer
from core.words import _

VERB = "customer.exit_talk_noted"
FIELDS = ("on_day", "with_whom", "reason", "competitor", "why", "back_if")
MOST_TALKS = 50


def talks_of(customer: Customer) -> Sequence[ExitTalk]:
    """The exit talks with a customer, the latest first."""
    mine = select(ExitTalk).where(ExitTalk.customer_id == customer.id).options(joinedload(ExitTalk.talked_by))
    return db.session.scalars(mine.order_by(ExitTalk.on_day.desc(), ExitTalk.id.desc())).all()


def note_talk(customer: Customer, values: Mapping[str, Any], *, by: Viewer) -> ExitTalk:
    """Note an exit talk that somebody held. Raises RuleBroken."""
    changes.record(VERB)
    if len(talks_of(customer)) >= MOST_TALKS:
        raise RuleBroken(_("A file holds at most %(n)s exit talks.", n=MOST_TALKS))
    fresh = ExitTalk(customer_id=customer.id, talked_by_id=by.id)
    _set(fresh, values)
    db.session.add(fresh)
    db.session.flush()
    return fresh


def change_talk(talk: ExitTalk, values: Mapping[str, Any], *, version: int) -> None:
    """Change what `values` names. Raises RuleBroken, and Stale if it has another version by now."""
    changes.record(VERB)
    versions.check(talk, version, _("Somebody else has changed this exit talk since you opened it."))
    with db.session.no_autoflush:
        _set(talk, values)
    db.session.flush()


def remove_talk(talk: ExitTalk) -> None:
    """Take an exit talk off the file."""
    changes.record(VERB)
    db.session.delete(talk)
    db.session.flush()


def _set(talk: ExitTalk, values: Mapping[str, Any]) -> None:
    parts.put(talk, FIELDS, values)
    if talk.on_day > clock.today():
        raise RuleBroken(_("Give today or an earlier day."), "on_day")
