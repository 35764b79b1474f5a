"""One's own second factor, and that of somebody who has lost it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, Response, current_app, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from blueprints.access import accounts, actions, second_factor, totp
from blueprints.access.forms import ConfirmationForm, SecondFactorForm
from blueprints.access.views.sign_in import begin
from blueprints.access.views.users import the_user
from core import settings
from core.errors import RuleBroken
from core.forms import done, refused
from core.rights import Right, requires, signed_in
from core.words import _

bp = Blueprint("second_factor", __name__)
SET_UP_WITHIN_S = 3_600


@bp.get("/me/second-factor")
@signed_in("one's own second factor")
def show() -> ResponseReturnValue:
    return render_template("access/me/second_factor.html", form=ConfirmationForm(formdata=None), **_state())


@bp.get("/me/second-factor/new")
@signed_in("one's own second factor")
def new() -> ResponseReturnValue:
    return _set_up_page(totp.new_secret())


@bp.post("/me/second-factor")
@signed_in("one's own second factor")
def create() -> ResponseReturnValue:
    form, id = SecondFactorForm(), current_user.id
    secret = _opened(form.sealed.data or "")
    if secret is None:
        flash(_("This page was open too long. Scan the new code."), "warning")
        return done(to=url_for(".new"))
    template, context = "access/me/second_factor_new.html", _picture(secret)
    if not form.validate():
        return refused(form, template, **context)
    try:
        codes = second_factor.set_up(
            id, secret, form.code.data or "", password=form.old.data or "", address=_address()
        )
    except RuleBroken as broken:
        return refused(form, template, broken=broken, **context)
    _go_on(id)
    return _codes_page(codes)


@bp.post("/me/second-factor/backup-codes")
@signed_in("one's own second factor")
def renew_codes() -> ResponseReturnValue:
    form = ConfirmationForm()
    if not form.validate():
        return refused(form, "access/me/second_factor.html", **_state())
    try:
        codes = second_factor.renew_codes(current_user.id, password=form.old.data or "", address=_address())
    except RuleBroken as broken:
        return refused(form, "access/me/second_factor.html", broken=broken, **_state())
    return _codes_page(codes)


@bp.post("/me/second-factor/deletion")
@signed_in("one's own second factor")
def delete() -> ResponseReturnValue:
    form, id = ConfirmationForm(), current_user.id
    if not form.validate():
        return refused(form, "access/me/second_factor.html", **_state())
    try:
        second_factor.turn_off(id, password=form.old.data or "", address=_address())
    except RuleBroken as broken:
        return refused(form, "access/me/second_factor.html", broken=broken, **_state())
    _go_on(id)
    flash(_("The second factor is off. All your other sessions have ended."), "success")
    return done(to=url_for("me.show"))


@bp.post("/admin/users/<int:id>/second-factor/deletion")
@requires(Right.ACCESS_USERS)
def reset(id: int) -> ResponseReturnValue:
    user = the_user(id)
    accounts.reset_second_factor(user, by=current_user)
    flash(
        _("%(name)s signs in with the password alone, and can set up a new second factor.", name=user.name),
        "success",
    )
    return done(to=url_for("users.show", id=id))


def _go_on(id: int) -> None:
    """All sessions have ended; this browser goes on with a new one."""
    begin(actions.start_session(id, address=_address(), agent=request.user_agent.string))


def _set_up_page(secret: str) -> str:
    form = SecondFactorForm(formdata=None, sealed=_signer().dumps([current_user.id, secret]))
    return render_template("access/me/second_factor_new.html", form=form, **_picture(secret))


def _codes_page(codes: Sequence[str]) -> Response:
    text = base64.b64encode("\r\n".join([*codes, ""]).encode()).decode()
    file = f"data:text/plain;base64,{text}"
    return make_response(render_template("access/me/backup_codes.html", codes=codes, file=file))


def _picture(secret: str) -> dict[str, Any]:
    """The secret as the page shows it: to be scanned, and to be typed."""
    address = totp.address(secret, current_user.username, str(settings.get("company.name")))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return {
        "picture": picture,
        "groups": totp.groups(secret),
        **_state(),
    }


def _state() -> dict[str, Any]:
    id = current_user.id
    return {"second_factor": second_factor.state(id), "required_as": second_factor.required_as(id)}


def _opened(sealed: str) -> str | None:
    """The secret that the page had shown to this person; None if it was open too long."""
    try:
        person, secret = _signer().loads(sealed, max_age=SET_UP_WITHIN_S)
    except BadSignature:
        return None
    return str(secret) if person == current_user.id else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="second factor")


def _address() -> str:
    return request.remote_addr or ""
