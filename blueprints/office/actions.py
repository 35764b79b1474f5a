"""Change settings; make and change working calendars, and say which team works by which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import Team
from blueprints.office import queries, rules
from blueprints.office.approving import request as request
from blueprints.office.attaching import Sent as Sent
from blueprints.office.attaching import attach as attach
from blueprints.office.defining import create_field as create_field
from blueprints.office.deputizing import name_deputy as name_deputy
from blueprints.office.deputizing import note_away as note_away
from blueprints.office.models import CalendarDay, TeamCalendar, WorkingCalendar
from blueprints.office.noting import pin_note as pin_note
from blueprints.office.noting import write_note as write_note
from blueprints.office.request_texts import forget_in_requests as forget_in_requests
from blueprints.office.view_texts import forget_in_views as forget_in_views
from core import changes, events, settings
from core.db import db
from core.errors import RuleBroken, Stale
from core.settings import SettingValue
from core.words import _

COMPANY, DESK = "office", "service-desk"


def change_settings(values: Mapping[str, Any], *, opened: Mapping[str, Any]) -> list[str]:
    """Set what differs from now and answer the names; a default is no choice and leaves no row.

    `opened` holds what the form showed: raises Stale where somebody else has changed one of these meanwhile,
    RuleBroken (field: the setting's name) for a value that cannot be.
    """
    changes.record("settings.changed")
    changed = [name for name, value in values.items() if value != settings.get(name)]
    if any(name in opened and opened[name] != settings.get(name) for name in changed):
        raise Stale(_("Somebody else has changed this meanwhile."))
    for name in changed:
        _check_setting(settings.declared()[name], values[name])
    events.tell("settings.changing", values={**{n: settings.get(n) for n in settings.declared()}, **values})
    _store({name: values[name] for name in changed})
    settings.forget()
    if changed:
        events.tell("settings.changed", names=changed)
    return changed


def _check_setting(setting: settings.Setting, value: Any) -> None:
    if setting.fixed and queries.is_fixed():
        raise RuleBroken(_("This is fixed since the first record was made."), setting.name)
    try:
        if setting.check:
            setting.check(value)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, setting.name) from broken


def _store(values: Mapping[str, Any]) -> None:
    rows = {
        row.name: row for row in db.session.scalars(select(SettingValue).where(SettingValue.name.in_(values)))
    }
    for name, value in values.items():
        if value == settings.declared()[name].default:
            if name in rows:
                db.session.delete(rows[name])
        elif name in rows:
            rows[name].value = {"value": value}
        else:
            db.session.add(SettingValue(name=name, value={"value": value}))
    db.session.flush()


def make_default_calendars() -> None:
    """Office hours for the company and long hours for the service desk, where there is no calendar yet."""
    changes.record("calendar.created")
    if db.session.scalar(select(WorkingCalendar.id).limit(1)) is not None:
        return
    office = {str(day): rules.OFFICE_HOURS if day < rules.SATURDAY else () for day in rules.WEEKDAYS}
    desk = {str(day): rules.DESK_HOURS for day in rules.WEEKDAYS}
    made = WorkingCalendar(slug=COMPANY, name=_("Office hours"), frames=_plain(office), pattern="five")
    long = WorkingCalendar(
        slug=DESK, name=_("Service desk"), frames=_plain(desk), pattern="seven", holidays=False
    )
    db.session.add_all([made, long])
    db.session.flush()
    for team in access.teams():
        if team.parent_id is None or team.slug == "service":
            calendar = made if team.parent_id is None else long
            db.session.add(TeamCalendar(team_id=team.id, calendar_id=calendar.id))
    _kept()


def _plain(frames: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[list[str]]]:
    return {day: [list(pair) for pair in pairs] for day, pairs in frames.items()}


def create_calendar(values: Mapping[str, Any]) -> WorkingCalendar:
    """Make a calendar. Raises RuleBroken for one that cannot be."""
    changes.record("calendar.created")
    rules.check_calendar(values["frames"], values["pattern"], values["anchor_on"])
    calendar = WorkingCalendar(slug=queries.fresh_slug(values["name"]), **values)
    db.session.add(calendar)
    _kept()
    return calendar


def update_calendar(calendar: WorkingCalendar, values: Mapping[str, Any], *, version: int | None) -> None:
    """Change a calendar. Raises Stale, RuleBroken."""
    changes.record("calendar.updated")
    if version is not None and version != calendar.version:
        raise Stale(_("Somebody else has changed this calendar since you opened it."))
    rules.check_calendar(values["frames"], values["pattern"], values["anchor_on"])
    for name, value in values.items():
        setattr(calendar, name, value)
    _kept()


def delete_calendar(calendar: WorkingCalendar) -> None:
    """Delete a calendar by which no team works. Raises RuleBroken."""
    changes.record("calendar.deleted")
    if queries.teams_working_by(calendar.id):
        raise RuleBroken(_("Teams work by this calendar. Give them another one first."))
    db.session.delete(calendar)
    _kept()


def correct_day(calendar: WorkingCalendar, day: date, *, works: bool, name: str | None) -> None:
    """Say of one day whether it is worked, whatever pattern and holidays say. Raises RuleBroken."""
    changes.record("calendar.day_corrected")
    rules.check_day(day)
    corrected = next((row for row in calendar.days if row.on_day == day), None)
    if corrected is None:
        calendar.days.append(CalendarDay(on_day=day, works=works, name=name or None))
    else:
        corrected.works, corrected.name = works, name or None
    _kept()


def forget_correction(calendar: WorkingCalendar, day_id: int) -> None:
    """Let pattern and holidays decide about a day again."""
    changes.record("calendar.day_corrected")
    for row in [row for row in calendar.days if row.id == day_id]:
        calendar.days.remove(row)
    _kept()


def assign_calendars(wanted: Mapping[Team, WorkingCalendar | None]) -> None:
    """Say by which calendar each of these teams works; None: by that of the team above."""
    changes.record("calendar.assigned")
    rows = {row.team_id: row for row in db.session.scalars(select(TeamCalendar))}
    for team, calendar in wanted.items():
        row = rows.get(team.id)
        if calendar is None and row is not None:
            db.session.delete(row)
        elif calendar is not None and row is not None:
            row.calendar_id = calendar.id
        elif calendar is not None:
            db.session.add(TeamCalendar(team_id=team.id, calendar_id=calendar.id))
    _kept()


def _kept() -> None:
    db.session.flush()
    queries.forget()
    events.tell("calendars.changed")
