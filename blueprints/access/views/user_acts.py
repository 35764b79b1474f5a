"""What is done to an account beyond changing it: a new password, the end of sessions, deactivation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import accounts, leaving, queries, successors
from blueprints.access.forms import DeactivationForm
from blueprints.access.models import User
from blueprints.access.views.users import the_user
from core import events
from core.errors import RuleBroken
from core.forms import done, refused
from core.rights import Right, requires
from core.words import _

bp = Blueprint("user_acts", __name__, url_prefix="/admin/users/<int:id>")


@bp.get("/password")
@requires(Right.ACCESS_USERS)
def ask_password(id: int) -> ResponseReturnValue:
    return render_template("access/users/reset.html", user=the_user(id))


@bp.post("/password")
@requires(Right.ACCESS_USERS)
def reset_password(id: int) -> ResponseReturnValue:
    user = the_user(id)
    password = accounts.reset_password(user, by=current_user)
    return make_response(
        render_template("access/users/password.html", user=user, password=password, made=False)
    )


@bp.post("/sign-out")
@requires(Right.ACCESS_USERS)
def end_sessions(id: int) -> ResponseReturnValue:
    user = the_user(id)
    accounts.end_sessions(user, by=current_user)
    flash(_("All sessions of %(name)s have ended.", name=user.name), "success")
    return done(to=url_for("users.show", id=id))


@bp.get("/deactivation")
@requires(Right.ACCESS_USERS)
def ask_deactivation(id: int) -> ResponseReturnValue:
    user = the_user(id)
    form = _with_people(DeactivationForm(formdata=None), user)
    return render_template("access/users/deactivation.html", form=form, **_context(user))


@bp.post("/deactivation")
@requires(Right.ACCESS_USERS)
def deactivate(id: int) -> ResponseReturnValue:
    user = the_user(id)
    form = _with_people(DeactivationForm(), user)
    if not form.validate():
        return refused(form, "access/users/deactivation.html", **_context(user))
    try:
        accounts.deactivate(user, successor=_successor(form), reason=form.reason.data or "", by=current_user)
    except RuleBroken as broken:
        return refused(form, "access/users/deactivation.html", broken=broken, **_context(user))
    flash(_("%(name)s is deactivated.", name=user.name), "success")
    return done(to=url_for("users.show", id=id))


@bp.get("/hand-over")
@requires(Right.ACCESS_USERS)
def ask_hand_over(id: int) -> ResponseReturnValue:
    user = the_user(id)
    form = _with_people(DeactivationForm(formdata=None), user)
    return render_template("access/users/hand_over.html", form=form, **_context(user))


@bp.post("/hand-over")
@requires(Right.ACCESS_USERS)
def hand_over(id: int) -> ResponseReturnValue:
    user = the_user(id)
    form = _with_people(DeactivationForm(), user)
    if not form.validate():
        return refused(form, "access/users/hand_over.html", **_context(user))
    try:
        accounts.hand_over(user, successor=_successor(form), reason=form.reason.data or "", by=current_user)
    except RuleBroken as broken:
        return refused(form, "access/users/hand_over.html", broken=broken, **_context(user))
    return done(to=url_for("users.show", id=id))


@bp.post("/reactivation")
@requires(Right.ACCESS_USERS)
def reactivate(id: int) -> ResponseReturnValue:
    user = the_user(id)
    accounts.reactivate(user, by=current_user)
    flash(_("%(name)s may sign in again.", name=user.name), "success")
    return done(to=url_for("users.show", id=id))


def _successor(form: DeactivationForm) -> User | None:
    return queries.user_named(form.successor.data) if form.successor.data else None


def _context(user: User) -> dict[str, Any]:
    return {"user": user, "owned": leaving.owned(user), "ends": events.ask("user.ends", user=user)}


def _with_people(form: DeactivationForm, user: User) -> DeactivationForm:
    form.successor.choices = [("", "—"), *successors.successors(user)]
    return form
