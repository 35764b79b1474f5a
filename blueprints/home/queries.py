"""What is due for a person on a day, and what they have done: the rows of Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true, union
from sqlalchemy.orm import joinedload

from blueprints.access.models import Membership, User
from blueprints.customers.models import Customer
from blueprints.interactions.models import Interaction, PlannedContact
from core import kinds
from core.db import db
from core.rights import Right, Scope, Viewer

CAP = 1_000
MOST_DONE = 100
SEE = Right.CUSTOMERS_SEE


@dataclass(frozen=True)
class Span:
    """Whose work, up to which day; `silence` is the day as which today counts for silence."""

    viewer: Viewer
    team: bool
    today: date
    silence: date

    def overdue(self) -> ColumnElement[bool]:
        """Past the longest interval. Only owners (and whoever looks at the team) answer for that."""
        late = and_(Customer.last_contact_on.is_not(None), Customer.latest_contact_on < self.silence)
        return late if self.team else and_(late, Customer.owner_id == self.viewer.id)

    def unmet(self) -> ColumnElement[bool]:
        """Nobody has talked to them yet."""
        return Customer.last_contact_on.is_(None)

    def planned(self) -> ColumnElement[bool]:
        """A contact was planned for today or before."""
        return exists(self._plans())

    def agreed(self) -> ColumnElement[bool]:
        """… and an hour was agreed with the customer."""
        return exists(self._plans().where(PlannedContact.at_time.contains(":")))

    def _plans(self) -> Select[Any]:
        theirs = PlannedContact.user_id == Customer.owner_id
        return (
            select(PlannedContact.id)
            .where(PlannedContact.customer_id == Customer.id, PlannedContact.state == "open")
            .where(PlannedContact.on_day <= self.today)
            .where(or_(PlannedContact.user_id.is_(None), theirs, PlannedContact.user_id == self.viewer.id))
            .correlate(Customer)
        )

    def narrowed(self, show: str) -> ColumnElement[bool]:
        """The condition of one of the filters of the page."""
        conditions = {"overdue": self.overdue, "unmet": self.unmet, "planned": self.planned}
        return conditions[show]() if show in conditions else true()


def due(span: Span, until: date, *, after: date | None = None) -> Select[Any]:
    """The customers to contact up to a day (and after another), counted no further than the cap.

    One's own are read through the index of owner and next contact, a team's through that of the next contact.
    """
    ids = _of_team(span, until, after) if span.team else _own(span, until, after)
    return select(Customer).where(Customer.id.in_(ids), kinds.reach(Customer, span.viewer, SEE))


def _own(span: Span, until: date, after: date | None) -> Any:
    """What one owns, and what one has planned with customers of others."""
    mine = (
        select(Customer.id)
        .where(Customer.owner_id == span.viewer.id, Customer.deleted_at.is_(None))
        .where(_within(Customer.next_contact_on, until, after))
        .order_by(Customer.next_contact_on, Customer.id)
        .limit(CAP + 1)
        .subquery()
    )
    planned = (
        select(PlannedContact.customer_id)
        .where(PlannedContact.user_id == span.viewer.id, PlannedContact.state == "open")
        .where(_within(PlannedContact.on_day, until, after))
        .limit(CAP + 1)
        .subquery()
    )
    return union(select(mine.c.id), select(planned.c.customer_id))


def _of_team(span: Span, until: date, after: date | None) -> Any:
    return (
        select(Customer.id)
        .where(Customer.owner_id.is_not(None), kinds.reach(Customer, span.viewer, SEE))
        .where(_within(Customer.next_sort, until, after))
        .order_by(Customer.next_sort, Customer.id)
        .limit(CAP + 1)
    )


def _within(column: Any, until: date, after: date | None) -> ColumnElement[bool]:
    return column <= until if after is None else and_(column > after, column <= until)


@dataclass(frozen=True)
class Counts:
    """How many are due, and how many of those are overdue, unmet, or planned."""

    due: int
    overdue: int
    unmet: int
    planned: int

    @property
    def capped(self) -> bool:
        """Whether counting stopped at the cap."""
        return self.due > CAP


def count(span: Span) -> Counts:
    """The counts of the page, in one statement."""
    conditions = (span.overdue(), span.unmet(), span.planned())
    counted = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions]
    row = db.session.execute(due(span, span.today).with_only_columns(func.count(), *counted)).one()
    return Counts(*(int(value) for value in row))


def rows(span: Span, show: str, most: int) -> Sequence[Customer]:
    """The customers of a filter, most urgent first: overdue longest, agreed hours, then by tier and day."""
    rank = case((span.overdue(), 0), (span.agreed(), 1), else_=2)
    late = case((span.overdue(), Customer.latest_contact_on), else_=None)
    wanted = due(span, span.today).where(span.narrowed(show))
    ordered = wanted.order_by(rank, late, Customer.tier, Customer.next_contact_on, Customer.id)
    return db.session.scalars(ordered.limit(most).options(*_loaded(span))).all()


def _loaded(span: Span) -> list[Any]:
    return [joinedload(Customer.owner)] if span.team else []


def later(span: Span, until: date, most: int) -> Sequence[Customer]:
    """The customers due after today up to a day, the next first."""
    wanted = due(span, until, after=span.today).order_by(Customer.next_sort, Customer.tier, Customer.id)
    return db.session.scalars(wanted.limit(most).options(*_loaded(span))).all()


def count_between(span: Span, until: date, after: date | None = None) -> int:
    """How many are due up to a day, after another."""
    return db.session.scalar(due(span, until, after=after).with_only_columns(func.count())) or 0


def done(span: Span) -> Sequence[Interaction]:
    """The contacts of today, newest first, of each customer the last one."""
    found = db.session.scalars(
        _of_today(span)
        .options(joinedload(Interaction.customer), joinedload(Interaction.author))
        .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
        .limit(MOST_DONE)
    )
    newest: dict[int, Interaction] = {}
    for entry in found:
        newest.setdefault(entry.customer_id, entry)
    return list(newest.values())


def count_done(span: Span) -> int:
    """With how many customers there was a contact today."""
    customers = func.count(Interaction.customer_id.distinct())
    return db.session.scalar(_of_today(span).with_only_columns(customers)) or 0


def _of_today(span: Span) -> Select[Any]:
    seen = select(Customer.id).where(kinds.reach(Customer, span.viewer, SEE))
    return select(Interaction).where(
        Interaction.on_day == span.today, _authors(span), Interaction.customer_id.in_(seen)
    )


def _authors(span: Span) -> ColumnElement[bool]:
    if not span.team:
        return Interaction.author_id == span.viewer.id
    scope = span.viewer.scope(SEE)
    if scope is Scope.ALL:
        return Interaction.author_id.in_(select(User.id))
    teams = span.viewer.team_ids if scope is Scope.TEAM else span.viewer.branch_ids
    return Interaction.author_id.in_(select(Membership.user_id).where(Membership.team_id.in_(sorted(teams))))


def owns_any(viewer: Viewer) -> bool:
    """Whether any living customer is this person's."""
    own = select(Customer.id).where(Customer.owner_id == viewer.id, Customer.deleted_at.is_(None))
    return db.session.scalar(own.limit(1)) is not None
