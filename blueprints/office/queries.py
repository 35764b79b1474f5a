"""By which working calendar a team works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from blueprints.access.models import Team
from blueprints.office import rules
from blueprints.office.models import TeamCalendar, WorkingCalendar
from core import holidays_cn, once
from core.db import db
from core.worktime import Calendar, DayKind


class Days(Mapping[date, DayKind]):
    """The days that differ from the week: those corrected by hand, then those of the notice."""

    def __init__(self, by_hand: Mapping[date, DayKind], *, holidays: bool) -> None:
        self.by_hand, self.holidays = by_hand, holidays

    def __getitem__(self, day: date) -> DayKind:
        if day in self.by_hand or not self.holidays:
            return self.by_hand[day]
        return holidays_cn.days_of(day.year)[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self.by_hand)

    def __len__(self) -> int:
        return len(self.by_hand)


def calendar_for(team_id: int | None) -> Calendar:
    """The calendar a team works by: its own, else that of the nearest team above, else common office hours.

    Three statements a request for any number of teams.
    """
    parents, assigned, made = once.once("calendars", _calendars)
    calendar_id = inherited(team_id, parents, assigned)
    return made.get(calendar_id) or made[None]


def forget() -> None:
    """Read the calendars again at the next `calendar_for` of this request."""
    once.forget("calendars")


def inherited(
    team_id: int | None, parents: Mapping[int, int | None], assigned: Mapping[int, int]
) -> int | None:
    """The calendar of a team or of the nearest team above that has one; of the top where no team is named."""
    if team_id is None:
        team_id = next((id for id, parent in parents.items() if parent is None and id in assigned), None)
    while team_id is not None and team_id not in assigned:
        team_id = parents.get(team_id)
    return assigned[team_id] if team_id is not None else None


def tree() -> tuple[dict[int, int | None], dict[int, int]]:
    """Team → team above, and team → calendar assigned to it."""
    rows = db.session.execute(
        select(Team.id, Team.parent_id, TeamCalendar.calendar_id)
        .outerjoin(TeamCalendar, TeamCalendar.team_id == Team.id)
        .order_by(Team.id)
    ).all()
    return {id: parent for id, parent, _calendar in rows}, {id: c for id, _parent, c in rows if c is not None}


def _calendars() -> tuple[dict[int, int | None], dict[int, int], dict[int | None, Calendar]]:
    parents, assigned = tree()
    made: dict[int | None, Calendar] = {None: _fallback()}
    made.update((calendar.id, working(calendar)) for calendar in calendars())
    return parents, assigned, made


def _fallback() -> Calendar:
    hours = {str(day): rules.OFFICE_HOURS if day < rules.SATURDAY else () for day in rules.WEEKDAYS}
    return rules.calendar_of(hours, "five", None, Days({}, holidays=True))


def working(calendar: WorkingCalendar) -> Calendar:
    """A stored calendar joined with public holidays and the days corrected by hand."""
    by_hand = {day.on_day: DayKind.WORK if day.works else DayKind.OFF for day in calendar.days}
    days = Days(by_hand, holidays=calendar.holidays)
    return rules.calendar_of(calendar.frames, calendar.pattern, calendar.anchor_on, days)


def calendars() -> Sequence[WorkingCalendar]:
    """All calendars with their corrected days, in the order in which they were made."""
    found = select(WorkingCalendar).options(selectinload(WorkingCalendar.days)).order_by(WorkingCalendar.id)
    return db.session.scalars(found).all()
