"""By which working calendar a team works; the settings and who changed them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from blueprints.access import queries as access
from blueprints.access.models import Team
from blueprints.office import rules
from blueprints.office.approval_kinds import ApprovalForm as ApprovalForm
from blueprints.office.approval_kinds import ApprovalKind as ApprovalKind
from blueprints.office.approval_kinds import Facts as Facts
from blueprints.office.approval_kinds import Title as Title
from blueprints.office.approval_kinds import declare_approvals as declare_approvals
from blueprints.office.approval_kinds import label_of as label_of
from blueprints.office.approval_rules import APPROVED as APPROVED
from blueprints.office.approval_rules import OPEN as OPEN
from blueprints.office.approvals import gather_requests as gather_requests
from blueprints.office.approvals import open_about as open_about
from blueprints.office.approvals import people_over as people_over
from blueprints.office.approvals import scopes as scopes
from blueprints.office.attachments import ATTACHMENT_TAKEN as ATTACHMENT_TAKEN
from blueprints.office.models import Approval as Approval
from blueprints.office.models import TeamCalendar, WorkingCalendar
from blueprints.office.saved_views import Opened as Opened
from blueprints.office.saved_views import opened as opened
from blueprints.office.saved_views import resolved as resolved
from core import events, holidays_cn, once, settings
from core.changes import Change, ChangeSet
from core.db import db
from core.names import sort_key
from core.settings import Setting, SettingValue
from core.worktime import Calendar, DayKind

HIDDEN = "hidden"
TREE = (
    select(Team.id, Team.parent_id, TeamCalendar.calendar_id)
    .outerjoin(TeamCalendar, TeamCalendar.team_id == Team.id)
    .order_by(Team.id)
)
CALENDARS = select(WorkingCalendar).options(selectinload(WorkingCalendar.days)).order_by(WorkingCalendar.id)
_NO_SLUG = re.compile(r"[^a-z0-9]+")


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
    rows = db.session.execute(TREE).all()
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
    return db.session.scalars(CALENDARS).all()


def teams_working_by(calendar_id: int) -> Sequence[str]:
    """The names of the teams to which a calendar is assigned."""
    working_by = TeamCalendar.calendar_id == calendar_id
    return db.session.scalars(
        select(Team.name).join(TeamCalendar).where(working_by).order_by(Team.name)
    ).all()


def fresh_slug(name: str) -> str:
    """A short name for a calendar that no other has."""
    base = _NO_SLUG.sub("-", sort_key(name).lower()).strip("-")[:50] or "calendar"
    taken = set(db.session.scalars(select(WorkingCalendar.slug)))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1_000))) if slug not in taken)


def is_fixed() -> bool:
    """Whether there are records by now, so that what they were made by can change no more."""
    return any(events.ask("company.has_records"))


def groups() -> list[str]:
    """The groups of settings that have a page, in the order of their declaration."""
    return list(dict.fromkeys(s.group for s in settings.declared().values() if s.group != HIDDEN))


def of_group(group: str) -> list[Setting]:
    """The settings of a group, in the order of their declaration."""
    return [setting for setting in settings.declared().values() if setting.group == group != HIDDEN]


def last_changes(names: Sequence[str]) -> dict[str, ChangeSet]:
    """Who changed each setting last, and when; two statements."""
    rows = db.session.execute(
        select(SettingValue.id, SettingValue.name).where(SettingValue.name.in_(names))
    ).all()
    mine = (Change.record_table == SettingValue.__tablename__) & Change.record_id.in_(
        [id for id, _name in rows]
    )
    newest = select(func.max(Change.id)).where(mine).group_by(Change.record_id)
    sets = select(Change.record_id, ChangeSet).join(ChangeSet).where(Change.id.in_(newest))
    by_id: dict[int, ChangeSet] = dict(db.session.execute(sets).all())
    return {name: by_id[id] for id, name in rows if id in by_id}


@dataclass(frozen=True)
class Place:
    """A team in the tree with its own calendar, and with the one that it has from above if it has none."""

    team: Team
    depth: int
    own: WorkingCalendar | None
    inherited: WorkingCalendar | None


def team_places() -> list[Place]:
    """All open teams from the top down."""
    parents, assigned = tree()
    known = {calendar.id: calendar for calendar in calendars()}
    places = []
    for team, depth in access.tree():
        own, above = assigned.get(team.id), parents.get(team.id)
        inherits = inherited(above, parents, assigned) if above is not None else None
        places.append(Place(team, depth, known.get(own or 0), known.get(inherits or 0)))
    return places
