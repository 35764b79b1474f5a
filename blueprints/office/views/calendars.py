"""Working calendars: which days and hours are worked, and by which teams."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.office import actions, queries, words, years
from blueprints.office.forms import CalendarForm, DayForm, EditCalendarForm, assignment_form, written
from blueprints.office.models import WorkingCalendar
from core import clock, conflicts
from core.errors import RuleBroken, Stale
from core.forms import done, refused
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("calendars", __name__)
R = Right.OFFICE_SETTINGS


@bp.get("/admin/calendars")
@requires(R)
def index() -> ResponseReturnValue:
    return render_template("office/calendars/index.html", **index_context())


@bp.post("/admin/calendars/assignment")
@requires(R)
def assign() -> ResponseReturnValue:
    context = index_context(sent=True)
    form = context.pop("form")
    if not form.validate():
        return refused(form, "office/calendars/index.html", **context)
    calendars = {str(calendar.id): calendar for calendar in queries.calendars()}
    places = [place for place in queries.team_places() if f"team-{place.team.id}" in form.values]
    actions.assign_calendars({p.team: calendars.get(form[f"team-{p.team.id}"].data or "") for p in places})
    flash(_("Saved."), "success")
    return done(to=url_for(".index"))


@bp.get("/admin/calendars/new")
@requires(R)
def new() -> ResponseReturnValue:
    return render_template("office/calendars/new.html", form=CalendarForm(formdata=None, **years.proposal()))


@bp.post("/admin/calendars")
@requires(R)
def create() -> ResponseReturnValue:
    form = CalendarForm()
    if not form.validate():
        return refused(form, "office/calendars/new.html")
    try:
        calendar = actions.create_calendar(form.facts())
    except RuleBroken as broken:
        return refused(form, "office/calendars/new.html", broken=broken)
    flash(_("%(name)s is saved.", name=calendar.name), "success")
    return done(to=url_for(".show", id=calendar.id))


@bp.get("/admin/calendars/<int:id>")
@requires(R)
def show(id: int) -> ResponseReturnValue:
    calendar = the(WorkingCalendar, id, R)
    return render_template(
        "office/calendars/show.html", form=DayForm(formdata=None), **page_context(calendar)
    )


@bp.get("/admin/calendars/<int:id>/edit")
@requires(R)
def edit(id: int) -> ResponseReturnValue:
    calendar = the(WorkingCalendar, id, R)
    shown = _values(calendar)
    form = EditCalendarForm(formdata=None, version=calendar.version, opened=conflicts.opened(shown), **shown)
    return render_template("office/calendars/edit.html", form=form, calendar=calendar)


@bp.post("/admin/calendars/<int:id>")
@requires(R)
def update(id: int) -> ResponseReturnValue:
    calendar, form = the(WorkingCalendar, id, R), EditCalendarForm()
    if not form.validate():
        return refused(form, "office/calendars/edit.html", calendar=calendar)
    try:
        actions.update_calendar(calendar, form.facts(), version=form.opened_version)
    except Stale:
        return conflicts.stale_since_opened(
            form, calendar, "office/calendars/edit.html", present=lambda: _values(calendar), words=_WORDS,
            calendar=calendar,
        )  # fmt: skip
    except RuleBroken as broken:
        return refused(form, "office/calendars/edit.html", broken=broken, calendar=calendar)
    flash(_("%(name)s is saved.", name=calendar.name), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/admin/calendars/<int:id>/deletion")
@requires(R)
def delete(id: int) -> ResponseReturnValue:
    calendar = the(WorkingCalendar, id, R)
    try:
        actions.delete_calendar(calendar)
    except RuleBroken as broken:
        form = DayForm(formdata=None)
        return refused(form, "office/calendars/show.html", broken=broken, **page_context(calendar))
    flash(_("%(name)s is deleted.", name=calendar.name), "success")
    return done(to=url_for(".index"))


@bp.post("/admin/calendars/<int:id>/days")
@requires(R)
def correct(id: int) -> ResponseReturnValue:
    calendar, form = the(WorkingCalendar, id, R), DayForm()
    day = form.on_day.data
    if not form.validate() or day is None:
        return refused(form, "office/calendars/show.html", **page_context(calendar))
    try:
        actions.correct_day(calendar, day, works=form.works.data == "yes", name=form.name.data)
    except RuleBroken as broken:
        return refused(form, "office/calendars/show.html", broken=broken, **page_context(calendar))
    flash(_("Saved."), "success")
    return done(to=url_for(".show", id=id, year=day.year))


@bp.post("/admin/calendars/<int:id>/days/<int:day_id>/deletion")
@requires(R)
def uncorrect(id: int, day_id: int) -> ResponseReturnValue:
    calendar = the(WorkingCalendar, id, R)
    actions.forget_correction(calendar, day_id)
    flash(_("Pattern and holidays decide about this day again."), "success")
    return done(to=url_for(".show", id=id))


def index_context(*, sent: bool = False) -> dict[str, Any]:
    """What the list of calendars needs; with `sent` the form holds what was sent."""
    calendars, places = queries.calendars(), queries.team_places()
    labels = [(place.team.id, place.team.name, _above(place)) for place in places]
    made = assignment_form(labels, [(calendar.id, calendar.name) for calendar in calendars])
    chosen = {f"team-{place.team.id}": str(place.own.id) if place.own else None for place in places}
    form = made() if sent else made(formdata=None, data=chosen)
    teams = {calendar.id: [p.team.name for p in places if p.own is calendar] for calendar in calendars}
    return {"calendars": calendars, "places": places, "form": form, "teams": teams}


def _above(place: queries.Place) -> str:
    if place.inherited is None:
        return _("as is usual: Monday to Friday, 09:00-12:00, 13:30-18:00")
    return _("as the team above: %(name)s", name=place.inherited.name)


def page_context(calendar: WorkingCalendar) -> dict[str, Any]:
    """What the page of a calendar needs."""
    asked = request.args.get("year", "")
    year = years.year_of(asked, clock.today())
    return {
        "calendar": calendar,
        "year": years.of(calendar, year),
        "hours": written(_columns(calendar)),
        "teams": queries.teams_working_by(calendar.id),
    }


def _values(calendar: WorkingCalendar) -> dict[str, Any]:
    return written(_columns(calendar))


def _columns(calendar: WorkingCalendar) -> dict[str, Any]:
    return {name: getattr(calendar, name) for name in ("name", "pattern", "anchor_on", "holidays", "frames")}


_WORDS = {"pattern": words.PATTERNS.get}
