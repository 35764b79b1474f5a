"""The door: sign in, sign out, and what was typed when a session expired."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import ValidationError

from blueprints.access import actions, queries, second_factor
from blueprints.access.forms import CodeForm, SignInForm
from core import demonstration, htmx, languages
from core.forms import is_local
from core.requests import SAFE_METHODS, login_manager
from core.rights import Viewer, public
from core.words import _

bp = Blueprint("sign_in", __name__)
KEPT_FOR = 3_600
KEPT_MOST = 200_000
NOT_KEPT = frozenset({"csrf_token", "old", "password", "again", "code", "backup", "sealed"})

# Flask-Login's own guess who may use a cookie looks at the address, which changes in a normal day.
login_manager.session_protection = None


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
    wanted = request.args.get("next", "")
    if current_user.is_authenticated:
        return _go_on(current_user.id, wanted)
    return _page(SignInForm(formdata=None, next=wanted))


@bp.post("/sign-in")
@public("the door")
def enter() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _page(form, status=422)
    name, password = form.username.data or "", form.password.data or ""
    entered = actions.sign_in(name, password, address=_address(), agent=request.user_agent.string)
    if entered is None:
        form.form_errors = [
            _("User name or password is not right, or too many tries failed: then wait 15 minutes.")
        ]
        return _page(form, status=422)
    if entered.waits:
        session["waiting"] = entered.token
        return _code_page(CodeForm(formdata=None, next=form.next.data, kept=form.kept.data))
    return _let_in(entered.token, form)


@bp.get("/sign-in/code")
@public("the second step of the door")
def ask_code() -> ResponseReturnValue:
    if second_factor.waiting(session.get("waiting", "")) is None:
        return redirect(url_for(".show"), 303)
    return _code_page(CodeForm(formdata=None))


@bp.post("/sign-in/code")
@public("the second step of the door")
def enter_code() -> ResponseReturnValue:
    form, token = CodeForm(), session.get("waiting", "")
    user = second_factor.waiting(token)
    if user is None:
        door = SignInForm(formdata=None, next=form.next.data, kept=form.kept.data)
        door.form_errors = [_("The code took more than 5 minutes. Sign in again.")]
        return _page(door, status=422)
    if not form.validate():
        return _code_page(form, status=422)
    begun = second_factor.pass_on(
        token, user, code=form.code.data or "", backup=form.backup.data or "",
        address=_address(), agent=request.user_agent.string,
    )  # fmt: skip
    if begun is None:
        form.form_errors = [
            _("This code is not right or was used, or too many tries failed: then wait 15 minutes.")
        ]
        return _code_page(form, status=422)
    return _let_in(begun, form)


def _let_in(token: str, form: SignInForm | CodeForm) -> ResponseReturnValue:
    """A session has begun: on to where the person wanted, with what was typed before the last one ended."""
    if before := session.get("_user_id"):
        actions.end_token(before)
    person = begin(token)
    kept = _kept(form.kept.data or "")
    if kept and kept["person"] == person:
        return render_template("access/kept.html", path=kept["path"], fields=kept["fields"])
    if kept:
        flash(_("What was typed here before you belongs to somebody else and was not sent."), "warning")
    return _go_on(person, form.next.data or "")


@bp.post("/sign-out")
@public("everybody may leave, also when the session has expired")
def leave() -> ResponseReturnValue:
    if current_user.is_authenticated:
        actions.sign_out(current_user.session_token)
    _clear("language", "person", "csrf_token")
    return redirect(url_for("sign_in.show"), 303)


@bp.post("/language", endpoint="switch_language")
@bp.post("/me/language", endpoint="choose_language")
@public("the switch on the sign-in page, and that of the menu")
def switch_language() -> ResponseReturnValue:
    if language := languages.asked_for():
        session["language"] = language
        if current_user.is_authenticated:
            actions.choose_language(current_user.id, language)
    back = request.form.get("back", "")
    return redirect(back if is_local(back) else "/", 303)


def begin(token: str) -> int:
    """A new cookie for a new session: of the old one only the language stays. Answers whose session it is."""
    _clear("language")
    # The token for forms belongs to the cookie: the one made earlier in this request died with it.
    g.pop("csrf_token", None)
    person = queries.person_of_session(actions.token_hash(token))
    session.update(_user_id=token, _fresh=True, person=person.id)
    if person.language:
        session["language"] = person.language
    return person.id


def _clear(*but: str) -> None:
    kept = {name: session[name] for name in but if name in session}
    session.clear()
    session.update(kept)


def _go_on(person: int, wanted: str) -> Response:
    """On to where the person wanted; a script that waits over an open page gets a fresh token instead."""
    if not htmx.is_htmx():
        return make_response(redirect(wanted if is_local(wanted) else "/", 303))
    response = make_response("", 204)
    response.headers["X-CSRF-Token"] = generate_csrf()
    response.headers["X-Same-Person"] = "yes" if request.headers.get("X-Person") == str(person) else "no"
    return response


def _page(form: SignInForm, status: int = 200) -> Response:
    back = url_for("sign_in.show", next=form.next.data or None)
    context = {"form": form, "back": back, "kept": form.kept.data, "demonstration": demonstration.sign_ins()}
    return make_response(render_template("access/sign_in.html", **context), status)


def _code_page(form: CodeForm, status: int = 200) -> Response:
    return make_response(render_template("access/code.html", form=form), status)


def _address() -> str:
    return request.remote_addr or ""


def _keep() -> str:
    """What was sent, signed, to wait in the door's form; empty if nobody had been signed in or too much.

    Signed is not sealed: passwords do not wait in a page.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    if not _from_own_page() or sum(len(n) + len(v) for n, v in fields) > KEPT_MOST:
        return ""
    path = request.full_path.rstrip("?")
    return str(_signer().dumps({"path": path, "fields": fields, "person": session["person"]}))


def _from_own_page() -> bool:
    """Whether a page of the person whose session expired sent this; nobody else's is sent for them."""
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        return False
    return "person" in session


def _kept(text: str) -> dict[str, Any] | None:
    try:
        kept = _signer().loads(text, max_age=KEPT_FOR) if text else None
    except BadSignature:
        return None
    return kept if kept and is_local(kept["path"]) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept form")
