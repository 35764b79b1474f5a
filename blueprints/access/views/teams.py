"""The tree of teams."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.access import queries, teams
from blueprints.access.forms import EditTeamForm, TeamForm
from blueprints.access.models import Team
from core import conflicts
from core.errors import RuleBroken, Stale
from core.forms import carry_out, done, refused
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("teams", __name__)


@bp.get("/admin/teams")
@requires(Right.ACCESS_TEAMS)
def index() -> ResponseReturnValue:
    closed = [team for team in queries.teams() if team.closed_at]
    return render_template(
        "access/teams/index.html", tree=queries.tree(), people=teams.people(), closed=closed
    )


@bp.get("/admin/teams/new")
@requires(Right.ACCESS_TEAMS)
def new() -> ResponseReturnValue:
    form = _with_teams(TeamForm(formdata=None, parent=request.args.get("parent", "")))
    return render_template("access/teams/new.html", form=form)


@bp.post("/admin/teams")
@requires(Right.ACCESS_TEAMS)
def create() -> ResponseReturnValue:
    form = _with_teams(TeamForm())

    def make() -> str:
        team = teams.create(form.values)
        flash(_("The team %(name)s is made.", name=team.name), "success")
        return url_for(".index")

    return carry_out(form, "access/teams/new.html", make)


@bp.get("/admin/teams/<int:id>/edit")
@requires(Right.ACCESS_TEAMS)
def edit(id: int) -> ResponseReturnValue:
    team = the(Team, id, Right.ACCESS_TEAMS)
    shown = _values(team)
    form = EditTeamForm(formdata=None, version=team.version, opened=conflicts.opened(shown), **shown)
    return render_template("access/teams/edit.html", form=_with_teams(form, team), **_context(team))


@bp.post("/admin/teams/<int:id>")
@requires(Right.ACCESS_TEAMS)
def update(id: int) -> ResponseReturnValue:
    team = the(Team, id, Right.ACCESS_TEAMS)
    form = _with_teams(EditTeamForm(), team)
    if not form.validate():
        return refused(form, "access/teams/edit.html", **_context(team))
    try:
        teams.update(team, form.values, version=form.opened_version)
    except RuleBroken as broken:
        return refused(form, "access/teams/edit.html", broken=broken, **_context(team))
    except Stale:
        teams_by_slug = {value: label for value, label, *_rest in form.parent.iter_choices()}
        names = {"parent": lambda slug: str(teams_by_slug.get(slug or "", slug)).strip()}
        return conflicts.stale_since_opened(
            form, team, "access/teams/edit.html", present=lambda: _values(team), words=names, **_context(team)
        )
    flash(_("%(name)s is saved.", name=team.name), "success")
    return done(to=url_for(".index"))


@bp.post("/admin/teams/<int:id>/closure")
@requires(Right.ACCESS_TEAMS)
def close(id: int) -> ResponseReturnValue:
    team = the(Team, id, Right.ACCESS_TEAMS)
    try:
        teams.close(team)
    except RuleBroken as broken:
        shown = _values(team)
        form = EditTeamForm(formdata=None, version=team.version, opened=conflicts.opened(shown), **shown)
        return refused(_with_teams(form, team), "access/teams/edit.html", broken=broken, **_context(team))
    flash(_("The team %(name)s is closed.", name=team.name), "success")
    return done(to=url_for(".index"))


@bp.post("/admin/teams/<int:id>/reopening")
@requires(Right.ACCESS_TEAMS)
def reopen(id: int) -> ResponseReturnValue:
    team = the(Team, id, Right.ACCESS_TEAMS)
    teams.reopen(team)
    flash(_("The team %(name)s is open again.", name=team.name), "success")
    return done(to=url_for(".index"))


def _values(team: Team) -> dict[str, Any]:
    """What the form shows of a team."""
    return {"name": team.name, "slug": team.slug, "parent": team.parent.slug if team.parent else None}


def _context(team: Team) -> dict[str, Any]:
    return {"team": team, "held": teams.held(team)}


def _with_teams(form: TeamForm, team: Team | None = None) -> TeamForm:
    """Fill in the teams that may stand above: the open ones, but none that stands below this one itself."""
    own = queries.branch_of(team.id) if team else ()
    places = [(t.slug, "\u3000" * depth + t.name) for t, depth in queries.tree() if t.id not in own]
    form.parent.choices = [("", _("at the top")), *places]
    return form
