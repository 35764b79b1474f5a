"""After the look-up: leave word for the owner, ask to help, or claim the customer. Its answer is all that is shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.customers import collisions, reaching_owners
from blueprints.customers.forms import ClaimForm, HelpRequestForm, WordForm
from core.errors import RuleBroken
from core.forms import make_once
from core.requests import viewer
from core.rights import Right, requires
from core.words import _

bp = Blueprint("lookup_requests", __name__, url_prefix="/lookup")
PAGE = "customers/lookup_request.html"
FORMS = {"word": WordForm, "help": HelpRequestForm, "collision": ClaimForm}


@bp.get("/word")
@requires(Right.CUSTOMERS_LOOKUP)
def new_word() -> ResponseReturnValue:
    return _new("word")


@bp.post("/word")
@requires(Right.CUSTOMERS_LOOKUP)
def leave_word() -> ResponseReturnValue:
    return _create("word")


@bp.get("/help")
@requires(Right.CUSTOMERS_LOOKUP)
def new_help() -> ResponseReturnValue:
    return _new("help")


@bp.post("/help")
@requires(Right.CUSTOMERS_LOOKUP)
def ask_to_help() -> ResponseReturnValue:
    return _create("help")


@bp.get("/collision")
@requires(Right.CUSTOMERS_LOOKUP)
def new_collision() -> ResponseReturnValue:
    return _new("collision")


@bp.post("/collision")
@requires(Right.CUSTOMERS_LOOKUP)
def claim() -> ResponseReturnValue:
    return _create("collision")


def _new(what: str) -> ResponseReturnValue:
    of = request.args.get("of", "")
    try:
        told = reaching_owners.found(of, viewer())
    except RuleBroken as broken:
        flash(broken.message, "warning")
        return redirect(url_for("lookup.show"), 303)
    form = FORMS[what](formdata=None, of=of, called=request.args.get("called", "")[:200])
    return render_template(PAGE, form=form, what=what, told=told)


def _create(what: str) -> ResponseReturnValue:
    form = FORMS[what]()
    told = reaching_owners.found(form.of.data or "", viewer())
    return make_once(form, PAGE, lambda: _made(what, form, told), what=what, told=told)


def _made(what: str, form: Any, told: reaching_owners.Found) -> str:
    """Do it; answers where to go on."""
    me, called = viewer(), form.called.data or ""
    customer = reaching_owners.customer(told, me)
    if what == "word":
        reaching_owners.leave_word(customer, form.reason.data or "", called, by=me)
        flash(_("Left: whoever looks after the customer gets a notification with your name."), "success")
        return url_for("lookup.show")
    if what == "help":
        made = reaching_owners.ask_to_help(customer, by=me, called=called, reason=form.reason.data or "")
    else:
        made = collisions.claim(
            customer, by=me, called=called, reason=form.reason.data or "", met_on=form.met_on.data
        )
    flash(_("Asked. You get a notification when it is decided."), "success")
    return url_for("approvals.show", id=made.id)
