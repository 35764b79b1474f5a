"""One's own page: profile, preferences, password, sessions."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import actions, queries, second_factor, words
from blueprints.access.forms import PasswordForm, PreferencesForm
from blueprints.access.views.sign_in import begin
from core import htmx, panels, settings
from core.errors import RuleBroken
from core.forms import done, refused
from core.rights import Viewer, access_of, signed_in
from core.words import _

bp = Blueprint("me", __name__)


@bp.before_app_request
def insist_on_what_comes_first() -> ResponseReturnValue | None:
    """Who has to do something first sees nothing before it is done, but what is open to everybody."""
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    if access is None or access.public or not current_user.is_authenticated:
        return None
    comes_first = _what_comes_first(current_user)
    if not comes_first or request.endpoint in comes_first:
        return None
    to = url_for(comes_first[0])
    return htmx.go_to(make_response("", 204), to) if htmx.is_htmx() else redirect(to, 303)


def _what_comes_first(viewer: Viewer) -> tuple[str, ...]:
    """The page and the act: a password of one's own, then a second factor where a role requires one."""
    if viewer.must_change_password:
        return ("me.password", "me.change_password")
    return ("second_factor.new", "second_factor.create") if viewer.must_set_up_second_factor else ()


@bp.get("/me")
@signed_in("one's own page")
def show() -> ResponseReturnValue:
    user = queries.whole(current_user.id)
    form = PreferencesForm(formdata=None, obj=user)
    return render_template("access/me/show.html", form=form, **_context())


@bp.post("/me")
@signed_in("one's own preferences")
def update() -> ResponseReturnValue:
    form = PreferencesForm()
    if not form.validate():
        return refused(form, "access/me/show.html", **_context())
    actions.set_preferences(current_user.id, language=form.language.data, theme=form.theme.data)
    session.pop("language", None)
    if form.language.data:
        session["language"] = form.language.data
    flash(_("Saved."), "success")
    return done(to=url_for(".show"))


@bp.get("/me/password")
@signed_in("one's own password")
def password() -> ResponseReturnValue:
    return render_template("access/me/password.html", form=PasswordForm(formdata=None))


@bp.post("/me/password")
@signed_in("one's own password")
def change_password() -> ResponseReturnValue:
    form, id, address = PasswordForm(), current_user.id, request.remote_addr or ""
    if not form.validate():
        return refused(form, "access/me/password.html")
    try:
        company = str(settings.get("company.name"))
        actions.change_password(
            id, old=form.old.data or "", new=form.password.data or "", company=company, address=address
        )
    except RuleBroken as broken:
        return refused(form, "access/me/password.html", broken=broken)
    begin(actions.start_session(id, address=address, agent=request.user_agent.string))
    flash(_("Your password is changed. All your other sessions have ended."), "success")
    return done(to=url_for(".show"))


@bp.post("/me/sessions/<int:id>/sign-out")
@signed_in("one's own sessions")
def end_session(id: int) -> ResponseReturnValue:
    actions.end_session(current_user.id, id)
    flash(_("This session has ended."), "success")
    return done(to=url_for(".show"))


@bp.post("/me/sessions/sign-out")
@signed_in("one's own sessions")
def end_other_sessions() -> ResponseReturnValue:
    actions.end_other_sessions(current_user.id, but=current_user.session_token)
    flash(_("All your other sessions have ended."), "success")
    return done(to=url_for(".show"))


def _context() -> dict[str, Any]:
    here, user = actions.token_hash(current_user.session_token), queries.whole(current_user.id)
    return {
        "user": user,
        "panels": panels.panels("user", user, current_user, frozenset())[0],
        "sessions": [
            (s, words.device(s.agent), s.token_hash == here) for s in queries.sessions_of(current_user.id)
        ],
        "rights": words.held(current_user),
        "second_factor": second_factor.state(current_user.id),
    }
