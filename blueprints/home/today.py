"""Today: whom to contact now, and why; what comes later this week, and what is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.home import queries
from blueprints.home.queries import Counts, Span
from blueprints.interactions import queries as interactions
from blueprints.interactions.models import Interaction
from blueprints.interactions.queries import Brief
from blueprints.office import queries as office
from core import clock, kinds, settings
from core.db import plan_anew
from core.rights import Right, Scope, Viewer
from core.workdays import Workdays

SHOWS = ("due", "overdue", "unmet", "planned", "later", "done")
MOST_ROWS = 200
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """One customer of the list, and whether the viewer may record a contact with it."""

    customer: Customer
    brief: Brief
    may_log: bool


@dataclass(frozen=True)
class Today:
    """All that the page shows: the rows of `show`, of the others only how many there are.

    `hidden` is the number of rows left out; `special` are the special days of one's own customers that come soon.
    `rest` is the number due on the next working day, None on a working day.
    """

    span: Span
    show: str
    counts: Counts
    rows: Sequence[Row]
    hidden: int
    later: int
    later_until: date
    done: Sequence[Interaction]
    done_count: int
    may_switch: bool
    owns: bool
    next_workday: date
    rest: int | None
    tomorrow: int
    special: Sequence[Any]

    @property
    def next_week(self) -> bool:
        """Whether nobody works any more this week, so that what comes later is next week's."""
        return (self.later_until - self.span.today) >= WEEK


def read(viewer: Viewer, args: Mapping[str, str]) -> Today:
    """The page that an address asks for; anything it cannot mean is left out."""
    calendar, today = office.calendar_for(viewer.team_id), clock.today()
    span = Span(viewer, _of_team(viewer, args), today, calendar.silence_day(today))
    if span.team:
        plan_anew()
    show = args.get("show", "") if args.get("show", "") in SHOWS else "due"
    counts = queries.count(span)
    until = _end(today, calendar)
    later = queries.count_between(span, until, today)
    most = MOST_ROWS if args.get("rest") else int(settings.get("today.first"))
    found = _found(span, show, until, most)
    done, done_count = queries.done(span) if show == "done" else (), queries.count_done(span)
    there = {"later": later, "done": done_count}.get(show, getattr(counts, show, 0))
    works, next_workday = calendar.is_workday(today), calendar.next_workday(today)
    return Today(
        span=span,
        show=show,
        counts=counts,
        rows=_rows(found, viewer),
        hidden=max(0, there - len(found) - len(done)),
        later=later,
        later_until=until,
        done=done,
        done_count=done_count,
        may_switch=may_switch(viewer),
        owns=counts.due > 0 or queries.owns_any(viewer),
        next_workday=next_workday,
        rest=None if works else queries.count_between(span, next_workday),
        special=_special(viewer, show, span.team, calendar, today),
        tomorrow=queries.count_between(span, today + DAY, today) if works and not counts.due else 0,
    )


def _special(viewer: Viewer, show: str, team: bool, calendar: Workdays, today: date) -> Sequence[Any]:
    """One prepares for them some working days before."""
    if team or show != "due":
        return ()
    return customers.soon(viewer, calendar.add_workdays(today, int(settings.get("customers.days_ahead"))))


def _found(span: Span, show: str, until: date, most: int) -> Sequence[Customer]:
    if show == "done":
        return ()
    return queries.later(span, until, most) if show == "later" else queries.rows(span, show, most)


def may_switch(viewer: Viewer) -> bool:
    """Whether the person answers for customers of colleagues too."""
    return (viewer.scope(Right.CUSTOMERS_EDIT) or Scope.OWN) > Scope.OWN and viewer.may(queries.SEE)


def _of_team(viewer: Viewer, args: Mapping[str, str]) -> bool:
    """What was asked for; else whoever owns nothing and answers for colleagues looks at theirs."""
    if not may_switch(viewer):
        return False
    wanted = args.get("of", "")
    return wanted == "team" if wanted in ("me", "team") else not queries.owns_any(viewer)


def _end(today: date, calendar: Workdays) -> date:
    """Sunday of this week, or of the next if nobody works before."""
    sunday = today + DAY * (6 - today.weekday())
    return sunday if calendar.next_workday(today) <= sunday else sunday + WEEK


def _rows(found: Sequence[Customer], viewer: Viewer) -> list[Row]:
    briefs = interactions.briefs(found, viewer) if found else {}
    may_log = kinds.held(Customer, viewer, Right.INTERACTIONS_LOG, [customer.id for customer in found])
    return [Row(customer, briefs[customer.id], customer.id in may_log) for customer in found]
