"""Working calendars: made, changed, corrected, inherited; and by which one a team works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.access.queries import team_named
from blueprints.office import actions, queries, years
from blueprints.office.models import TeamCalendar, WorkingCalendar
from core import changes, holidays_cn
from core.changes import ChangeSet
from core.db import db
from core.worktime import Calendar
from tests.pages import Client, Page
from tests.statements import Counter, statements  # noqa: F401
from tests.tables import difference, snapshot

SignedIn = Callable[[str], Client]
MONDAY_TO_FRIDAY = {f"frames_{day}": "09:00-18:00" for day in range(5)}
A_SIX_DAY_WEEK = {
    "name": "仓库",
    "pattern": "six",
    "holidays": "y",
    **MONDAY_TO_FRIDAY,
    "frames_5": "09:00-12:00",
}


def team_id(slug: str) -> int:
    team = team_named(slug)
    assert team is not None
    return team.id


def set_up(app: Flask) -> None:
    with app.app_context():
        actions.make_default_calendars()
        db.session.commit()


def the_id(app: Flask, slug: str) -> int:
    with app.app_context():
        return db.session.scalars(select(WorkingCalendar.id).where(WorkingCalendar.slug == slug)).one()


def of_team(app: Flask, slug: str) -> Calendar:
    with app.app_context():
        return queries.calendar_for(team_id(slug))


def made(client: Client, **values: Any) -> Page:
    """The form of the page, filled in and sent."""
    opened = client.get("/admin/calendars/new").form()
    return client.post("/admin/calendars", {**opened, **A_SIX_DAY_WEEK, **values})


# --- what a team works by


def test_without_any_calendar_common_office_hours_hold(app: Flask) -> None:
    with app.app_context():
        calendar = queries.calendar_for(None)
    assert [calendar.is_workday(date(2026, 11, day)) for day in (20, 21, 22, 23)] == [
        True,
        False,
        False,
        True,
    ]
    assert [(str(f.start)[:5], str(f.end)[:5]) for f in calendar.frames_on(date(2026, 11, 20))] == [
        ("09:00", "12:00"), ("13:30", "18:00"),
    ]  # fmt: skip


def test_public_holidays_and_make_up_days_come_from_the_notice(app: Flask) -> None:
    with app.app_context():
        calendar = queries.calendar_for(None)
    assert not calendar.is_workday(date(2026, 10, 1))
    made_up = [day for day, kind in holidays_cn.days_of(2026).items() if kind == "work"]
    assert made_up and all(calendar.is_workday(day) and calendar.frames_on(day) for day in made_up)


@pytest.mark.both_databases
def test_the_defaults_of_the_first_day(app: Flask) -> None:
    set_up(app)
    office, desk = of_team(app, "sales1"), of_team(app, "service")
    assert not office.is_workday(date(2026, 10, 1)) and desk.is_workday(date(2026, 10, 1))
    assert [desk.is_workday(date(2026, 11, day)) for day in (21, 22)] == [True, True]
    assert desk.minutes_between(*_day(date(2026, 11, 21))) == 11 * 60 + 30
    assert office.minutes_between(*_day(date(2026, 11, 20))) == 7 * 60 + 30


def _day(day: date) -> tuple[Any, Any]:
    from datetime import datetime, time, timedelta

    return datetime.combine(day, time.min), datetime.combine(day + timedelta(days=1), time.min)


def test_the_defaults_are_made_once(app: Flask) -> None:
    set_up(app)
    before = snapshot(app)
    set_up(app)
    assert difference(before, snapshot(app)) == ""


@pytest.mark.both_databases
def test_a_team_works_by_its_own_calendar_else_by_that_of_the_nearest_team_above(app: Flask) -> None:
    set_up(app)
    with app.app_context():
        changes.record("calendar.assigned")
        frames = {str(day): [["08:00", "17:00"]] for day in range(7)}
        six = actions.create_calendar(
            {"name": "单休", "frames": frames, "pattern": "six", "anchor_on": None, "holidays": True}
        )
        sales = team_named("sales")
        assert sales is not None
        actions.assign_calendars({sales: six})
        db.session.commit()
    saturday = date(2026, 11, 21)
    works = {
        slug: of_team(app, slug).is_workday(saturday) for slug in ("company", "sales", "sales1", "service")
    }
    assert works == {"company": False, "sales": True, "sales1": True, "service": True}
    with app.app_context():
        assert not queries.calendar_for(None).is_workday(saturday), "the company's, where no team is named"
        assert not queries.calendar_for(999).is_workday(saturday)


def test_it_is_read_once_a_request(app: Flask, statements: Counter) -> None:  # noqa: F811
    set_up(app)
    with app.app_context():
        ids = [team_id(slug) for slug in ("sales1", "sales2", "service")]
        with statements() as sent:
            for id in ids * 20:
                queries.calendar_for(id)
        assert len(sent) == 3
        queries.forget()
        with statements() as sent:
            queries.calendar_for(ids[0])
        assert len(sent) == 3


# --- its pages


@pytest.mark.parametrize("who", ["manager", "lead1", "sales1a", "auditor"])
def test_they_are_the_administrators(app: Flask, signed_in: SignedIn, who: str) -> None:
    set_up(app)
    client, id = signed_in(who), the_id(app, "office")
    token = client.token()
    before = snapshot(app)
    for path in ("", "/new", f"/{id}", f"/{id}/edit"):
        assert client.get(f"/admin/calendars{path}").status == 403
    for path in ("", "/assignment", f"/{id}", f"/{id}/days", f"/{id}/deletion"):
        assert client.post(f"/admin/calendars{path}", {**A_SIX_DAY_WEEK, "csrf_token": token}).status == 403
    assert difference(before, snapshot(app)) == ""


@pytest.mark.both_databases
def test_a_calendar_is_made_by_its_form(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    answer = made(client, pattern="alternate", anchor_on="2026-11-21")
    assert answer.status == 303
    with app.app_context():
        calendar = db.session.scalars(select(WorkingCalendar)).one()
        assert (calendar.name, calendar.pattern, calendar.anchor_on) == (
            "仓库",
            "alternate",
            date(2026, 11, 21),
        )
        assert calendar.frames["5"] == [["09:00", "12:00"]] and calendar.frames["6"] == []
        working = queries.working(calendar)
    assert [working.is_workday(date(2026, 11, day)) for day in (14, 21, 28)] == [False, True, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("frames_0", "nine to five"),
        ("frames_5", ""),
        ("name", ""),
        ("pattern", "monthly"),
        ("frames_1", "18:00-09:00"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_and_what_was_typed_stays(
    app: Flask, signed_in: SignedIn, field: str, value: str
) -> None:
    page = made(signed_in("admin"), **{field: value})
    assert page.status == 422 and page.soup.select(f"#{field}-error")
    assert page.one("[name=frames_2]")["value"] == "09:00-18:00"
    with app.app_context():
        assert db.session.scalars(select(WorkingCalendar)).all() == []


def test_a_calendar_is_changed_and_the_trail_says_how(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    client, id = signed_in("admin"), the_id(app, "office")
    form = client.get(f"/admin/calendars/{id}/edit").form()
    assert form["frames_0"] == ["09:00-12:00, 13:30-18:00"] and form["holidays"]
    assert client.post(f"/admin/calendars/{id}", {**form, "frames_0": "08:00-12:00"}).status == 303
    with app.app_context():
        calendar = db.session.get_one(WorkingCalendar, id)
        assert (calendar.frames["0"], calendar.version) == ([["08:00", "12:00"]], 2)
        last = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id.desc())).first()
    assert "08:00-12:00" in signed_in("auditor").get(f"/changes/{last}").words


def test_a_stale_form_shows_both_and_overwrites_nothing(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    client, id = signed_in("admin"), the_id(app, "office")
    form = client.get(f"/admin/calendars/{id}/edit").form()
    client.post(f"/admin/calendars/{id}", {**form, "frames_0": "08:00-12:00"})
    page = client.post(f"/admin/calendars/{id}", {**form, "frames_0": "10:00-12:00", "name": "总部"})
    assert page.status == 409 and "08:00-12:00" in page.words and "10:00-12:00" in page.text
    with app.app_context():
        assert db.session.get_one(WorkingCalendar, id).frames["0"] == [["08:00", "12:00"]]


def test_a_day_is_corrected_by_hand_and_let_go_again(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    client, id = signed_in("admin"), the_id(app, "office")
    day = {"on_day": "2026-11-23", "works": "no", "name": "厂庆"}
    assert client.post(f"/admin/calendars/{id}/days", day).status == 303
    assert not of_team(app, "sales1").is_workday(date(2026, 11, 23))
    assert client.post(f"/admin/calendars/{id}/days", {**day, "works": "yes"}).status == 303
    assert of_team(app, "sales1").is_workday(date(2026, 11, 23))
    page = client.get(f"/admin/calendars/{id}")
    assert "厂庆" in page.words
    [removal] = [f["action"] for f in page.soup.select("form[action*='/days/']")]
    assert client.post(str(removal)).status == 303
    assert "厂庆" not in client.get(f"/admin/calendars/{id}").words


@pytest.mark.parametrize("day", ["", "nonsense", "1066-10-14", "2026-02-30"])
def test_a_day_that_cannot_be_is_refused(app: Flask, signed_in: SignedIn, day: str) -> None:
    set_up(app)
    client, id = signed_in("admin"), the_id(app, "office")
    page = client.post(f"/admin/calendars/{id}/days", {"on_day": day, "works": "no"})
    assert page.status == 422 and page.soup.select("#on_day-error")


@pytest.mark.both_databases
def test_teams_are_given_calendars(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    client, desk = signed_in("admin"), the_id(app, "service-desk")
    form = client.get("/admin/calendars").form()
    with app.app_context():
        sales1, service = team_id("sales1"), team_id("service")
    sent = {**form, f"team-{sales1}": str(desk), f"team-{service}": ""}
    assert client.post("/admin/calendars/assignment", sent).status == 303
    assert of_team(app, "sales1").is_workday(date(2026, 11, 22))
    assert not of_team(app, "service").is_workday(date(2026, 11, 22))
    bad = client.post("/admin/calendars/assignment", {**form, f"team-{sales1}": "999"})
    assert bad.status == 422


def test_a_calendar_in_use_is_not_deleted(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    client, id = signed_in("admin"), the_id(app, "service-desk")
    assert client.post(f"/admin/calendars/{id}/deletion").status == 422
    with app.app_context():
        changes.record("calendar.assigned")
        for row in db.session.scalars(select(TeamCalendar).where(TeamCalendar.calendar_id == id)):
            db.session.delete(row)
        db.session.commit()
    assert client.post(f"/admin/calendars/{id}/deletion").status == 303
    assert client.get(f"/admin/calendars/{id}").status == 404


@pytest.mark.parametrize("year", ["", "2027", "abcd", "9999", "-1", "20266"])
def test_a_year_is_shown_whatever_is_asked(app: Flask, signed_in: SignedIn, year: str) -> None:
    set_up(app)
    page = signed_in("admin").get(f"/admin/calendars/{the_id(app, 'office')}?year={year}")
    assert page.status == 200
    shown = "2027" if year == "2027" else "2026"
    assert shown in page.one("#year-title").get_text()
    assert len(page.soup.select("table.month")) == 12
    assert len(page.soup.select(".month td.day-works, .month td.day-off")) == 365


def test_a_year_whose_notice_is_not_out_says_so(app: Flask, signed_in: SignedIn) -> None:
    set_up(app)
    unknown = next(year for year in range(2026, 2099) if not holidays_cn.published(year))
    client, office = signed_in("admin"), the_id(app, "office")
    assert client.get(f"/admin/calendars/{office}?year={unknown}").soup.select("#year .note-amber")
    assert not client.get(f"/admin/calendars/{office}?year=2025").soup.select("#year .note-amber")
    desk = the_id(app, "service-desk")
    assert not client.get(f"/admin/calendars/{desk}?year={unknown}").soup.select("#year .note-amber")


def test_the_year_agrees_with_the_calendar(app: Flask) -> None:
    set_up(app)
    with app.app_context():
        calendar = queries.calendars()[0]
        year, working = years.of(calendar, 2026), queries.working(calendar)
    cells = [cell for month in year.months for week in month for cell in week if cell]
    assert len(cells) == 365 and all(cell.works == working.is_workday(cell.day) for cell in cells)
    assert year.workdays == sum(cell.works for cell in cells)
    assert {c.kind for c in cells} == {"week", "list"}
