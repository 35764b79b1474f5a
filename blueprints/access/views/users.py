"""The accounts of all people: list, make, show, change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import accounts, leaving, listing, queries, second_factor, words
from blueprints.access.forms import AccountForm, EditAccountForm, NewAccountForm
from blueprints.access.listing import Listing
from blueprints.access.models import User
from core import conflicts, lists, panels
from core.errors import RuleBroken, Stale
from core.forms import MadeAlready, check_key, done, keep_key, made_already, refused
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("users", __name__)


@bp.get("/admin/users")
@requires(Right.ACCESS_USERS)
def index() -> ResponseReturnValue:
    asked = Listing.read(request.args)
    wanted = asked.select(current_user)
    page = lists.page(listing.with_rows(wanted), User, asked.order, request.args.get("after"))
    return render_template(
        "access/users/index.html",
        listing=asked,
        page=page,
        total=lists.count(wanted),
        seen=listing.last_seen(user.id for user in page.rows),
        teams=queries.tree(),
        roles=queries.roles(),
    )


@bp.get("/admin/users/new")
@requires(Right.ACCESS_USERS)
def new() -> ResponseReturnValue:
    return render_template("access/users/new.html", form=with_choices(NewAccountForm(formdata=None)))


@bp.post("/admin/users")
@requires(Right.ACCESS_USERS)
def create() -> ResponseReturnValue:
    form = with_choices(NewAccountForm())
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, "access/users/new.html")
    if not form.validate():
        return refused(form, "access/users/new.html")
    try:
        user, password = accounts.create(form.values, by=current_user)
    except RuleBroken as broken:
        return refused(form, "access/users/new.html", broken=broken)
    keep_key(form, url_for(".show", id=user.id))
    return make_response(
        render_template("access/users/password.html", user=user, password=password, made=True)
    )


@bp.get("/admin/users/<int:id>")
@requires(Right.ACCESS_USERS)
def show(id: int) -> ResponseReturnValue:
    user = the_user(id)
    return render_template(
        "access/users/show.html",
        user=user,
        rights=words.held(queries.viewer_of(user)),
        sessions=queries.sessions_of(user.id),
        seen=listing.last_seen([user.id]).get(user.id),
        deactivation=leaving.deactivation_of(user),
        left=() if user.is_living else leaving.owned(user),
        handing_over=None if user.is_living else leaving.job_of(user),
        second_factor=second_factor.state(user.id),
        panels=panels.panels("user", user, current_user, frozenset())[0],
    )


@bp.get("/admin/users/<int:id>/edit")
@requires(Right.ACCESS_USERS)
def edit(id: int) -> ResponseReturnValue:
    user = the_user(id)
    shown = _values(user)
    form = EditAccountForm(formdata=None, version=user.version, opened=conflicts.opened(shown), **shown)
    return render_template("access/users/edit.html", form=with_choices(form), user=user)


@bp.post("/admin/users/<int:id>")
@requires(Right.ACCESS_USERS)
def update(id: int) -> ResponseReturnValue:
    user = the_user(id)
    form = with_choices(EditAccountForm())
    if not form.validate():
        return refused(form, "access/users/edit.html", user=user)
    try:
        accounts.update(user, form.values, by=current_user, version=form.opened_version)
    except RuleBroken as broken:
        return refused(form, "access/users/edit.html", broken=broken, user=user)
    except Stale:
        return conflicts.stale_since_opened(
            form,
            user,
            "access/users/edit.html",
            present=lambda: _values(the_user(id)),
            words=_shown(form),
            user=user,
        )
    flash(_("%(name)s is saved.", name=user.name), "success")
    return done(to=url_for(".show", id=id))


def the_user(id: int) -> User:
    """An account with teams and roles, through the right to manage accounts."""
    return queries.whole(the(User, id, Right.ACCESS_USERS).id)


def with_choices(form: AccountForm) -> AccountForm:
    """Fill in the teams and roles that there are to choose from."""
    teams = queries.tree()
    form.team.choices = [("", "—"), *((team.slug, "\u3000" * depth + team.name) for team, depth in teams)]
    form.teams.choices = form.leads.choices = [(team.slug, team.name) for team, _depth in teams]
    form.roles.choices = [(role.code, words.role_name(role)) for role in queries.roles()]
    return form


def _values(user: User) -> dict[str, Any]:
    """What the form shows of an account."""
    return {
        "name": user.name,
        "staff_number": user.staff_number,
        "email": user.email,
        "team": next((place.team.slug for place in user.memberships if place.main), None),
        "teams": [place.team.slug for place in user.memberships if not place.main],
        "leads": [place.team.slug for place in user.memberships if place.lead],
        "roles": [held.role.code for held in user.roles],
    }


def _shown(form: AccountForm) -> dict[str, Callable[[Any], str]]:
    """How the codes of the form's choices are shown where two edits met."""
    tables = {
        f.name: {value: label for value, label, *_rest in f.iter_choices()}
        for f in (form.team, form.teams, form.leads, form.roles)
    }

    def show(name: str, value: Any) -> str:
        codes = value if isinstance(value, list) else [value] if value else []
        return _(", ").join(str(tables[name].get(code, code)).strip() for code in codes)

    return {name: partial(show, name) for name in tables}
