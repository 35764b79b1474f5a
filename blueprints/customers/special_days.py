"""Special days (重要日子) of customers and their people: noted, changed, removed, and which come soon."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union
from sqlalchemy.orm import contains_eager, joinedload

from blueprints.customers import yearly
from blueprints.customers.models import Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.yearly import Yearly
from core import bulk, changes, clock, deriving, kinds, versions
from core.db import db
from core.errors import RuleBroken
from core.prepared import prepared
from core.rights import Right, Viewer
from core.words import _

VERB = "customer.days_changed"
FIELDS = ("kind", "calendar", "year", "month", "day", "leap", "person_id", "remark")
MOST_SOON = 20


def days_of(customer: Customer) -> Sequence[SpecialDay]:
    """The special days of a customer, the next one first."""
    mine = select(SpecialDay).where(SpecialDay.customer_id == customer.id)
    order = func.coalesce(SpecialDay.next_on, date.max), SpecialDay.id
    return db.session.scalars(mine.options(joinedload(SpecialDay.person)).order_by(*order)).all()


def of_many(ids: Collection[int]) -> Sequence[SpecialDay]:
    """The special days of these customers, in the order in which they were noted."""
    mine = select(SpecialDay).where(SpecialDay.customer_id.in_(ids))
    return db.session.scalars(mine.order_by(SpecialDay.id)).all()


def when(row: SpecialDay) -> Yearly:
    """A special day as a day of every year."""
    return Yearly(row.calendar, row.month, row.day, bool(row.leap), row.year)


def note_day(customer: Customer, values: Mapping[str, Any]) -> SpecialDay:
    """Note a special day: `kind`, `calendar`, `month`, `day`, and if wanted the other FIELDS. Raises RuleBroken."""
    changes.record(VERB)
    if len(days_of(customer)) >= yearly.MOST_DAYS:
        raise RuleBroken(_("A file holds at most %(n)s special days.", n=yearly.MOST_DAYS))
    fresh = SpecialDay(customer_id=customer.id)
    _set(fresh, values)
    db.session.add(fresh)
    return _kept(fresh)


def change_day(row: SpecialDay, values: Mapping[str, Any], *, version: int) -> SpecialDay:
    """Change what `values` names. Raises RuleBroken, and Stale if it has another version by now."""
    changes.record(VERB)
    versions.check(row, version, _("Somebody else has changed this day since you opened it."))
    with db.session.no_autoflush:
        _set(row, values)
    return _kept(row)


def remove_day(row: SpecialDay) -> None:
    """Take a special day off the file."""
    changes.record(VERB)
    db.session.delete(row)
    db.session.flush()
    refresh([row.customer_id])


def _set(row: SpecialDay, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name] or (False if name == "leap" else None))
    yearly.check(when(row), clock.today())


def _kept(row: SpecialDay) -> SpecialDay:
    db.session.flush()
    refresh([row.customer_id])
    return row


def soon(viewer: Viewer, until: date) -> Sequence[SpecialDay]:
    """The special days of one's own customers from today to a day: read along the index of owner and special day."""
    days = {"today": clock.today(), "until": until}
    return db.session.scalars(_soon(viewer), days).all()


@prepared
def _soon(viewer: Viewer) -> Select[Any]:
    found: Any = select(SpecialDay).join(Customer, Customer.id == SpecialDay.customer_id)
    return (
        found.where(Customer.owner_id == viewer.id, Customer.special_on <= bindparam("until"))
        .where(Customer.archived_at.is_(None))
        .where(SpecialDay.next_on.between(bindparam("today"), bindparam("until")))
        .where(kinds.reach(Customer, viewer, Right.CUSTOMERS_CLEAR))
        .options(contains_eager(SpecialDay.customer), joinedload(SpecialDay.person))
        .order_by(SpecialDay.next_on, SpecialDay.id)
        .limit(MOST_SOON)
    )


def refresh(ids: Sequence[int] | None = None) -> int:
    """Recompute when the days of these customers (None: of all) come next; answers how many rows were wrong."""
    chunks = bulk.chunks(list(ids)) if ids is not None else bulk.chunks(_all())
    return sum(map(_refresh_chunk, chunks))


def _all() -> list[int]:
    marked = select(Customer.id).where(Customer.special_on.is_not(None))
    return list(db.session.scalars(union(select(SpecialDay.customer_id), marked)))


def _refresh_chunk(ids: Sequence[int]) -> int:
    today = clock.today()
    days = db.session.scalars(select(SpecialDay).where(SpecialDay.customer_id.in_(ids))).all()
    fresh = {row.id: yearly.next_on(when(row), today) for row in days}
    wrong = [{"id": row.id, "next_on": fresh[row.id]} for row in days if row.next_on != fresh[row.id]]
    deriving.write(SpecialDay, wrong)
    nearest: dict[int, date] = {}
    for row in days:
        if (on := fresh[row.id]) is not None:
            nearest[row.customer_id] = min(on, nearest.get(row.customer_id, on))
    present = select(Customer.id, Customer.special_on).where(Customer.id.in_(ids))
    marks = [
        {"id": id, "special_on": nearest.get(id)}
        for id, on in db.session.execute(present)
        if on != nearest.get(id)
    ]
    deriving.write(Customer, marks)
    return len(wrong) + len(marks)
