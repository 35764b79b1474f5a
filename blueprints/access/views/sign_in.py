"""The door: sign in, sign out, and what was typed when a session expired."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from blueprints.access import actions, queries
from blueprints.access.forms import SignInForm
from core import demonstration, htmx, languages
from core.forms import is_local
from core.requests import SAFE_METHODS, login_manager
from core.rights import Viewer, public, signed_in

bp = Blueprint("sign_in", __name__)
KEPT_FOR = 3_600
KEPT_MOST = 200_000


@login_manager.user_loader
def load(token: str) -> Viewer | None:
    """The person behind the cookie's token, read afresh."""
    return queries.viewer_of_session(actions.token_hash(token), token)


@login_manager.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    """Nobody is signed in: pages go to the door, scripts get 401, typed fields wait in the door's form."""
    if request.method in SAFE_METHODS and not htmx.is_htmx():
        return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")), 303)
    form = SignInForm(formdata=None)
    if request.method not in SAFE_METHODS:
        form.kept.data = _keep()
    return _page(form, status=401)


@bp.get("/sign-in")
@public("the door")
def show() -> ResponseReturnValue:
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    return _page(form)


@bp.post("/sign-in")
@public("the door")
def enter() -> ResponseReturnValue:
    form = SignInForm()
    token = None
    if form.validate():
        agent = request.user_agent.string
        token = actions.sign_in(form.username.data or "", form.password.data or "", address=_address(), agent=agent)
    if token is None:
        message = _("User name or password is not right, or there were too many tries. Wait a quarter of an hour then.")
        form.form_errors = [message]
        return _page(form, status=422)
    before = session.get("person")
    _begin(token)
    return _onwards(form, same=before in (None, session["person"]))


@bp.post("/sign-out")
@signed_in("everybody may leave")
def leave() -> ResponseReturnValue:
    actions.sign_out(current_user.session_token)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("sign_in.show"), 303)


@bp.post("/language")
@public("the switch on the sign-in page")
def switch_language() -> ResponseReturnValue:
    if language := languages.asked_for():
        session["language"] = language
        if current_user.is_authenticated:
            actions.choose_language(current_user.id, language)
    back = request.form.get("back", "")
    return redirect(back if is_local(back) else url_for("sign_in.show"), 303)


def _page(form: SignInForm, status: int = 200) -> Response:
    context = {"form": form, "demonstration": demonstration.sign_ins()}
    return make_response(render_template("access/sign_in.html", **context), status)


def _address() -> str:
    return request.remote_addr or ""


def _begin(token: str) -> None:
    """A new cookie for the new session: nothing of the old one stays but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session["_user_id"] = token
    session["_fresh"] = True
    session["person"] = queries.user_id_of_session(actions.token_hash(token))


def _onwards(form: SignInForm, *, same: bool) -> ResponseReturnValue:
    kept = _kept(form.kept.data or "")
    if htmx.is_htmx():
        response = make_response("", 204)
        response.headers["X-CSRF-Token"] = generate_csrf()
        response.headers["X-Same-Person"] = "yes" if same else "no"
        return response
    if kept and kept["person"] == session["person"]:
        return render_template("access/kept.html", path=kept["path"], fields=kept["fields"])
    target = form.next.data or ""
    return redirect(target if is_local(target) else "/", 303)


def _keep() -> str:
    """What was sent, signed, to wait in the door's form; empty if nobody had been signed in or it is too much."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if not session.get("person") or sum(len(n) + len(v) for n, v in fields) > KEPT_MOST:
        return ""
    path = request.full_path.rstrip("?")
    return str(_signer().dumps({"path": path, "fields": fields, "person": session["person"]}))


def _kept(text: str) -> dict[str, Any] | None:
    try:
        kept = _signer().loads(text, max_age=KEPT_FOR) if text else None
    except BadSignature:
        return None
    return kept if kept and is_local(kept["path"]) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept form")
