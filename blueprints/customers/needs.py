"""Needs (需求) of customers: noted, changed, met, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, select

from blueprints.customers import parts
from blueprints.customers.models import Customer
from blueprints.customers.particulars import Need
from core import changes, clock, versions
from core.db import db
from core.errors import RuleBroken
from core.words import _

VERB = "customer.needs_changed"
IMPORTANCES = ("high", "middle", "low")
FIELDS = ("what", "since", "importance", "met_on", "met_by", "remark")
MOST_NEEDS = 100


def needs_of(customer: Customer) -> Sequence[Need]:
    """The needs of a customer: unmet ones first, the most important first, then by age."""
    weight = case(
        {name: n for n, name in enumerate(IMPORTANCES)}, value=Need.importance, else_=len(IMPORTANCES)
    )
    mine = select(Need).where(Need.customer_id == customer.id)
    return db.session.scalars(mine.order_by(Need.met_on.is_not(None), weight, Need.since, Need.id)).all()


def note_need(customer: Customer, values: Mapping[str, Any]) -> Need:
    """Note a need: `what`, `since`, and if wanted the other FIELDS. Raises RuleBroken."""
    changes.record(VERB)
    if len(needs_of(customer)) >= MOST_NEEDS:
        raise RuleBroken(_("A file holds at most %(n)s needs.", n=MOST_NEEDS))
    fresh = Need(customer_id=customer.id)
    _set(fresh, values)
    db.session.add(fresh)
    db.session.flush()
    return fresh


def change_need(need: Need, values: Mapping[str, Any], *, version: int) -> None:
    """Change what `values` names. Raises RuleBroken, and Stale if it has another version by now."""
    changes.record(VERB)
    versions.check(need, version, _("Somebody else has changed this need since you opened it."))
    with db.session.no_autoflush:
        _set(need, values)
    db.session.flush()


def meet(need: Need) -> None:
    """It is met as of today; what was met before stays so."""
    changes.record(VERB)
    need.met_on = need.met_on or clock.today()
    db.session.flush()


def remove_need(need: Need) -> None:
    """Take a need off the file."""
    changes.record(VERB)
    db.session.delete(need)
    db.session.flush()


def check_days(since: date, met_on: date | None, today: date) -> None:
    """A need begins by today, and is met after it began and by today. Raises RuleBroken."""
    if since > today:
        raise RuleBroken(_("Give today or an earlier day."), "since")
    if met_on is not None and met_on > today:
        raise RuleBroken(_("Give today or an earlier day."), "met_on")
    if met_on is not None and met_on < since:
        raise RuleBroken(_("It cannot be met before it began."), "met_on")


def _set(need: Need, values: Mapping[str, Any]) -> None:
    parts.put(need, FIELDS, values)
    if need.met_on is None:
        need.met_by = None
    check_days(need.since, need.met_on, clock.today())
