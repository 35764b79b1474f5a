"""The register of incidents with personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import incidents
from blueprints.access.forms import EditIncidentForm, NewIncidentForm
from blueprints.access.history import history_of
from blueprints.access.incidents import Incident
from core import clock, conflicts
from core.errors import Stale
from core.forms import carry_out, make_once
from core.kinds import the
from core.languages import moment
from core.requests import viewer
from core.rights import Right, requires
from core.words import _

bp = Blueprint("incidents", __name__, url_prefix="/admin/incidents")
R = Right.ACCESS_INCIDENTS
PAGE = "access/incidents/form.html"


@bp.get("")
@requires(Right.ACCESS_AUDIT)
def index() -> ResponseReturnValue:
    page = incidents.page(request.args.get("after"))
    return render_template("access/incidents/index.html", page=page, states=incidents.STATES)


@bp.get("/new")
@requires(R)
def new() -> ResponseReturnValue:
    form = NewIncidentForm(formdata=None, found_at=clock.now())
    return render_template(PAGE, form=form, incident=None)


@bp.post("")
@requires(R)
def create() -> ResponseReturnValue:
    form = NewIncidentForm()

    def note() -> str:
        made = incidents.note_incident(form.facts())
        flash(_("The incident is on the register now."), "success")
        return url_for(".show", id=made.id)

    return make_once(form, PAGE, note, incident=None)


@bp.get("/<int:id>")
@requires(Right.ACCESS_AUDIT)
def show(id: int) -> ResponseReturnValue:
    incident = the(Incident, id, Right.ACCESS_AUDIT)
    history = history_of(Incident.__tablename__, id, viewer(), request.args.get("after", ""))
    return render_template(
        "access/incidents/show.html",
        incident=incident, states=incidents.STATES, labels=incidents.LABELS, history=history,
        history_url=url_for(".show", id=id),
    )  # fmt: skip


@bp.get("/<int:id>/edit")
@requires(R)
def edit(id: int) -> ResponseReturnValue:
    incident = the(Incident, id, R)
    shown = _shown(incident)
    form = EditIncidentForm(formdata=None, version=incident.version, opened=conflicts.opened(shown), **shown)
    return render_template(PAGE, form=form, incident=incident)


@bp.post("/<int:id>")
@requires(R)
def update(id: int) -> ResponseReturnValue:
    incident, form = the(Incident, id, R), EditIncidentForm()

    def change() -> str:
        incidents.change(incident, form.facts(), version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for(".show", id=id)

    try:
        return carry_out(form, PAGE, change, incident=incident)
    except Stale:
        words = dict.fromkeys(incidents.MOMENTS, _in_words)
        return conflicts.stale_since_opened(
            form, incident, PAGE, present=lambda: _shown(incident), words=words, incident=incident
        )


def _shown(incident: Incident) -> dict[str, Any]:
    """What the form shows: moments by the wall clock of the company."""
    found = {name: getattr(incident, name) for name in incidents.FIELDS}
    for name in incidents.MOMENTS:
        found[name] = clock.local(found[name]).replace(tzinfo=None) if found[name] else None
    return found


def _in_words(wall: str | None) -> str:
    instant = clock.from_wall(datetime.fromisoformat(wall)) if wall else None
    return moment(instant) if instant else ""
