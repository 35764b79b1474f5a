"""What dates are computed from: rhythms as the company set them, calendars, last contacts and plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from blueprints.customers.models import Customer
from blueprints.interactions import rhythms
from blueprints.interactions.models import Interaction, PlannedContact
from blueprints.interactions.rhythms import Rhythm
from blueprints.office import queries as office
from core import events, settings
from core.db import db
from core.workdays import Workdays

SPAN = 100  # days of a diary that are read at once
_GOES_BY = ("id", "tier", "intent", "status", "owner_id", "team_id")
# Asked whenever a contact is logged: built once.
_IDS: Any = bindparam("ids", expanding=True)
_NEWEST_COUNTED = (
    select(Interaction.id)
    .where(Interaction.customer_id == Customer.id, Interaction.counts)
    .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
    .limit(1)
    .correlate(Customer)
    .scalar_subquery()
)
_LAST_COUNTED = select(Interaction).where(
    Interaction.id.in_(select(_NEWEST_COUNTED).where(Customer.id.in_(_IDS)))
)
_PLANNED_DAYS = (
    select(PlannedContact.customer_id, func.min(PlannedContact.on_day))
    .join(Customer, Customer.id == PlannedContact.customer_id)
    .where(PlannedContact.customer_id.in_(_IDS), PlannedContact.state == "open")
    .where(or_(PlannedContact.user_id.is_(None), PlannedContact.user_id == Customer.owner_id))
    .group_by(PlannedContact.customer_id)
)
_UNMET = (
    select(*(getattr(Customer, name) for name in _GOES_BY))
    .where(Customer.id.in_(_IDS), Customer.owner_id.is_not(None), Customer.last_contact_on.is_(None))
    .where(func.coalesce(Customer.do_not_contact, "") != "all", Customer.archived_at.is_(None))
    .order_by(Customer.tier, Customer.id)
)
_FIRST_CONTACTS = (
    select(Customer.owner_id, Customer.next_contact_on, func.count())
    .where(
        Customer.owner_id.in_(bindparam("owners", expanding=True)),
        Customer.next_contact_on.between(bindparam("first"), bindparam("last")),
        Customer.last_contact_on.is_(None),
        Customer.deleted_at.is_(None),
        Customer.id.not_in(bindparam("without", expanding=True)),
    )
    .group_by(Customer.owner_id, Customer.next_contact_on)
)


def rhythm_for(customer: Any) -> Rhythm:
    """How often this customer is contacted."""
    return rhythms_for([customer])[customer.id]


def rhythms_for(customers: Sequence[Any]) -> dict[int, Rhythm]:
    """Customer id → rhythm. Areas on the right may answer "rhythms" (own plans, tags) first; else by group.

    A customer is anything with id, tier, intent and status.
    """
    found: dict[int, Rhythm] = {}
    for answer in reversed(events.ask("rhythms", customers=customers)):
        found.update(answer)
    of_group = cache(rhythm_of)
    for customer in customers:
        if customer.id not in found:
            found[customer.id] = of_group(rhythms.group_of(customer.tier, customer.intent, customer.status))
    return found


def rhythm_of(group: str) -> Rhythm:
    """The rhythm of a group with the intervals that the company chose."""
    default = next(rhythm for rhythm in rhythms.DEFAULTS if rhythm.group == group)
    standard, longest = settings.get(f"rhythm.{group}.standard"), settings.get(f"rhythm.{group}.longest")
    return default.with_intervals(int(standard), None if longest is None else int(longest))


def calendar_of(team_id: int | None) -> Workdays:
    """The working calendar of a team, the company's for None."""
    return office.calendar_for(team_id)


def last_counted(ids: Sequence[int]) -> dict[int, Interaction]:
    """Customer id → the latest contact that counts for the rhythm."""
    return {row.customer_id: row for row in db.session.scalars(_LAST_COUNTED, {"ids": list(ids)})}


def planned_days(ids: Sequence[int]) -> dict[int, date]:
    """Customer id → the first day planned for the owner."""
    return dict(db.session.execute(_PLANNED_DAYS, {"ids": list(ids)}).all())


def unmet(ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Of these customers, those with an owner that nobody has talked to yet and somebody may; most important first."""
    return db.session.execute(_UNMET, {"ids": list(ids)}).all()


class FirstContacts:
    """How many first contacts people have on each day already, read a span of days at a time.

    For these owners the first span, from `start` on, is read at once. Customers in `without` do not count.
    """

    def __init__(self, owner_ids: Iterable[int], start: date, without: Sequence[int]) -> None:
        self._start, self._without = start, without
        self._days: dict[int, dict[date, int]] = defaultdict(dict)
        self._spans: set[tuple[int, int]] = set()
        self._read(list(owner_ids), 0)

    def on(self, owner_id: int, day: date) -> int:
        """How many a person has on a day."""
        span = (day - self._start).days // SPAN
        if (owner_id, span) not in self._spans:
            self._read([owner_id], span)
        return self._days[owner_id].get(day, 0)

    def _read(self, owner_ids: Sequence[int], span: int) -> None:
        first = self._start + timedelta(days=span * SPAN)
        last = first + timedelta(days=SPAN - 1)
        asked = {"owners": list(owner_ids), "first": first, "last": last, "without": list(self._without)}
        rows: Iterable[Any] = db.session.execute(_FIRST_CONTACTS, asked)
        for owner_id, day, count in rows:
            self._days[owner_id][day] = count
        self._spans.update((owner_id, span) for owner_id in owner_ids)
