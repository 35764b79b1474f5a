"""What is due for a person on a day, and what they have done: the rows of Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import joinedload

from blueprints.access.models import Membership
from blueprints.customers.models import Customer, CustomerHelper
from blueprints.interactions.models import Interaction, PlannedContact
from core import kinds
from core.conditions import tried
from core.db import db
from core.prepared import prepared
from core.rights import Right, Scope, Viewer

CAP = 1_000
FEW_TEAMS = 12
MOST_DONE = 100
SEE = Right.CUSTOMERS_SEE


@dataclass(frozen=True)
class Span:
    """Whose work, up to which day; `silence` is the day as which today counts for silence."""

    viewer: Viewer
    team: bool
    today: date
    silence: date

    def days(self, **others: Any) -> dict[str, Any]:
        """What the statements leave open."""
        return {"today": self.today, "silence": self.silence, **others}


def _day(name: str) -> Any:
    return bindparam(name, type_=Date())


def _overdue(viewer: Viewer, team: bool) -> ColumnElement[bool]:
    """Past the longest interval. Only owners (and whoever looks at the team) answer for that."""
    late = and_(Customer.last_contact_on.is_not(None), Customer.latest_contact_on < _day("silence"))
    return late if team else and_(late, Customer.owner_id == viewer.id)


def _unmet(viewer: Viewer, team: bool) -> ColumnElement[bool]:
    """Nobody has talked to them yet."""
    return Customer.last_contact_on.is_(None)


def _planned(viewer: Viewer, team: bool) -> ColumnElement[bool]:
    """A contact was planned for today or before."""
    return exists(_plans(viewer))


def _agreed(viewer: Viewer) -> ColumnElement[bool]:
    """… and an hour was agreed with the customer."""
    return exists(_plans(viewer).where(PlannedContact.at_time.contains(":")))


def _plans(viewer: Viewer) -> Select[Any]:
    theirs = PlannedContact.user_id == Customer.owner_id
    return (
        select(PlannedContact.id)
        .where(PlannedContact.customer_id == Customer.id, PlannedContact.state == "open")
        .where(PlannedContact.on_day <= _day("today"))
        .where(or_(PlannedContact.user_id.is_(None), theirs, PlannedContact.user_id == viewer.id))
        .correlate(Customer)
    )


NARROWED = {"overdue": _overdue, "unmet": _unmet, "planned": _planned}


def due(viewer: Viewer, team: bool, *, after: bool = False) -> Select[Any]:
    """The customers to contact up to the day `until` (and after the day `after`), counted no further than the cap.

    One's own are read through the index of owner and next contact, those of few teams through that of team and
    next contact, and those of many through that of the next contact.
    """
    ids = _of_team(viewer, after) if team else _own(viewer, after)
    awake = Customer.archived_at.is_(None)
    return select(Customer).where(Customer.id.in_(ids), awake, kinds.reach(Customer, viewer, SEE))


def _own(viewer: Viewer, after: bool) -> Any:
    """What one owns, and what one has planned with customers of others."""
    mine = (
        select(Customer.id)
        .where(Customer.owner_id == viewer.id, Customer.deleted_at.is_(None))
        .where(_within(Customer.next_contact_on, after))
        .order_by(Customer.next_contact_on, Customer.id)
        .limit(CAP + 1)
        .subquery()
    )
    planned = (
        select(PlannedContact.customer_id)
        .where(PlannedContact.user_id == viewer.id, PlannedContact.state == "open")
        .where(_within(PlannedContact.on_day, after))
        .limit(CAP + 1)
        .subquery()
    )
    return union(select(mine.c.id), select(planned.c.customer_id))


def _of_team(viewer: Viewer, after: bool) -> Any:
    owned = Customer.owner_id.is_not(None)
    if (teams := _teams(viewer)) is None:
        first = select(Customer.id).where(owned, tried(kinds.reach(Customer, viewer, SEE)))
        first = first.where(_within(Customer.next_sort, after))
        return first.order_by(Customer.next_sort, Customer.id).limit(CAP + 1)
    helped = select(CustomerHelper.customer_id).where(CustomerHelper.user_id == viewer.id)
    ways = [
        _by(Customer.next_contact_on, after, Customer.owner_id == viewer.id),
        *(_by(Customer.next_sort, after, Customer.team_id == team, owned) for team in teams),
        select(Customer.id, Customer.next_sort).where(
            Customer.id.in_(helped), tried(and_(owned, _within(Customer.next_sort, after)))
        ),
    ]
    found = union(*(select(way.subquery()) for way in ways)).subquery()
    id, day = found.c
    return select(id).order_by(day, id).limit(CAP + 1)


def _by(day: Any, after: bool, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The first who are due of those that one index names in the order of the day."""
    living = Customer.deleted_at.is_(None)
    first = select(Customer.id, day).where(*conditions, living, _within(day, after))
    return first.order_by(day, Customer.id).limit(CAP + 1)


def _teams(viewer: Viewer) -> list[int] | None:
    """The teams that somebody sees; None if they are many, or the whole company."""
    scope = viewer.scope(SEE) or Scope.OWN
    teams = {Scope.OWN: frozenset[int](), Scope.TEAM: viewer.team_ids, Scope.BRANCH: viewer.branch_ids}
    return None if scope is Scope.ALL or len(teams[scope]) > FEW_TEAMS else sorted(teams[scope])


def _within(column: Any, after: bool) -> ColumnElement[bool]:
    return and_(column > _day("after"), column <= _day("until")) if after else column <= _day("until")


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
    row = db.session.execute(_counting(span.viewer, span.team), span.days(until=span.today)).one()
    return Counts(*(int(value) for value in row))


@prepared
def _counting(viewer: Viewer, team: bool) -> Select[Any]:
    counted = [
        func.coalesce(func.sum(case((condition(viewer, team), 1), else_=0)), 0)
        for condition in NARROWED.values()
    ]
    return due(viewer, team).with_only_columns(func.count(), *counted)


def rows(span: Span, show: str, most: int) -> Sequence[Customer]:
    """The customers of a filter, most urgent first: overdue longest, agreed hours, then by tier and day."""
    wanted = _rows(span.viewer, span.team, show)
    return db.session.scalars(wanted, span.days(until=span.today, most=most)).all()


@prepared
def _rows(viewer: Viewer, team: bool, show: str) -> Select[Any]:
    overdue = _overdue(viewer, team)
    rank = case((overdue, 0), (_agreed(viewer), 1), else_=2)
    late = case((overdue, Customer.latest_contact_on), else_=None)
    narrowed = NARROWED[show](viewer, team) if show in NARROWED else true()
    wanted = due(viewer, team).where(narrowed)
    return _first(wanted.order_by(rank, late, Customer.tier, Customer.next_contact_on, Customer.id), team)


def later(span: Span, until: date, most: int) -> Sequence[Customer]:
    """The customers due after today up to a day, the next first."""
    days = span.days(until=until, after=span.today, most=most)
    return db.session.scalars(_later(span.viewer, span.team), days).all()


@prepared
def _later(viewer: Viewer, team: bool) -> Select[Any]:
    wanted = due(viewer, team, after=True).order_by(Customer.next_sort, Customer.tier, Customer.id)
    return _first(wanted, team)


def _first(wanted: Select[Any], team: bool) -> Select[Any]:
    loaded = [joinedload(Customer.owner)] if team else []
    return wanted.limit(bindparam("most", type_=Integer())).options(*loaded)


def count_between(span: Span, until: date, after: date | None = None) -> int:
    """How many are due up to a day, after another."""
    counting = _counting_between(span.viewer, span.team, after is not None)
    return db.session.scalar(counting, span.days(until=until, after=after)) or 0


@prepared
def _counting_between(viewer: Viewer, team: bool, after: bool) -> Select[Any]:
    return due(viewer, team, after=after).with_only_columns(func.count())


def done(span: Span) -> Sequence[Interaction]:
    """The contacts of today, newest first, of each customer the last one."""
    found = db.session.scalars(
        _of_today(span.viewer, span.team)
        .options(joinedload(Interaction.customer), joinedload(Interaction.author))
        .order_by(Interaction.happened_at.desc(), Interaction.id.desc())
        .limit(MOST_DONE),
        span.days(),
    )
    newest: dict[int, Interaction] = {}
    for entry in found:
        newest.setdefault(entry.customer_id, entry)
    return list(newest.values())


def count_done(span: Span) -> int:
    """With how many customers there was a contact today, counted no further than the cap."""
    return db.session.scalar(_counting_done(span.viewer, span.team), span.days()) or 0


@prepared
def _counting_done(viewer: Viewer, team: bool) -> Select[Any]:
    # PostgreSQL reads all before it leaves out what is there twice
    contacts = _of_today(viewer, team).with_only_columns(Interaction.customer_id).limit(3 * CAP).subquery()
    customers = select(contacts.c.customer_id).distinct().limit(CAP + 1)
    return select(func.count()).select_from(customers.subquery())


def _of_today(viewer: Viewer, team: bool) -> Select[Any]:
    seen = kinds.among_those(Interaction.customer_id, Customer, kinds.reach(Customer, viewer, SEE))
    return select(Interaction).where(Interaction.on_day == _day("today"), _authors(viewer, team), seen)


def _authors(viewer: Viewer, team: bool) -> ColumnElement[bool]:
    if not team:
        return Interaction.author_id == viewer.id
    if viewer.scope(SEE) is Scope.ALL:
        return true()
    teams = viewer.team_ids if viewer.scope(SEE) is Scope.TEAM else viewer.branch_ids
    of_teams = select(Membership.user_id).where(Membership.team_id.in_(sorted(teams)))
    authors = Interaction.author_id.in_(of_teams)
    return tried(authors) if _teams(viewer) is None else authors


def owns_any(viewer: Viewer) -> bool:
    """Whether any living customer is this person's."""
    own = select(Customer.id).where(Customer.owner_id == viewer.id, Customer.deleted_at.is_(None))
    return db.session.scalar(own.limit(1)) is not None
