"""Exit talks with a customer: all of them, and noting, changing and removing one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import exit_talks, queries, words
from blueprints.customers.forms import EditExitTalkForm, NewExitTalkForm
from blueprints.customers.models import Customer
from blueprints.customers.particulars import ExitTalk
from core import clock
from core.conflicts import stale
from core.errors import NotFound, RuleBroken, Stale
from core.forms import MadeAlready, check_key, done, keep_key, made_already, refused
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_exits", __name__, url_prefix="/customers/<int:id>/exit-talks")
PAGE = "customers/exit_talk.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    may_edit = holds(customer, current_user, Right.CUSTOMERS_EDIT)
    found = exit_talks.talks_of(customer)
    return render_template("customers/exit_talks.html", customer=customer, talks=found, may_edit=may_edit)


@bp.get("/new")
@requires(Right.CUSTOMERS_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = NewExitTalkForm(formdata=None, on_day=clock.today(), reason=customer.lost_reason)
    return render_template(PAGE, form=form, people=_people(customer), customer=customer, talk=None)


@bp.post("")
@requires(Right.CUSTOMERS_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = NewExitTalkForm()
    context: dict[str, Any] = {"customer": customer, "people": _people(customer), "talk": None}
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, PAGE, **context)
    if not form.validate():
        return refused(form, PAGE, **context)
    try:
        exit_talks.note_talk(customer, form.values, by=current_user)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **context)
    keep_key(form, url_for("customers.show", id=id))
    flash(_("The exit talk is on file now."), "success")
    return done(to=url_for("customers.show", id=id))


@bp.get("/<int:talk_id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int, talk_id: int) -> ResponseReturnValue:
    customer, talk = _talk(id, talk_id)
    form = EditExitTalkForm(formdata=None, obj=talk)
    return render_template(PAGE, form=form, people=_people(customer), customer=customer, talk=talk)


@bp.post("/<int:talk_id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int, talk_id: int) -> ResponseReturnValue:
    customer, talk = _talk(id, talk_id)
    form = EditExitTalkForm()
    context: dict[str, Any] = {"customer": customer, "people": _people(customer), "talk": talk}
    if not form.validate():
        return refused(form, PAGE, **context)
    try:
        exit_talks.change_talk(talk, form.values, version=form.opened_version)
    except Stale:
        return stale(form, talk, PAGE, words={"reason": words.LOST_REASONS.get}, **context)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **context)
    flash(_("Saved."), "success")
    return done(to=url_for("customers.show", id=id))


@bp.post("/<int:talk_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, talk_id: int) -> ResponseReturnValue:
    _customer, talk = _talk(id, talk_id)
    exit_talks.remove_talk(talk)
    flash(_("The exit talk is removed."), "success")
    return done(to=url_for("customers.show", id=id))


def _talk(id: int, talk_id: int) -> tuple[Customer, ExitTalk]:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    talk = exit_talks.the_talk(customer, talk_id)
    if talk is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return customer, talk


def _people(customer: Customer) -> list[str]:
    """The contact persons, to be offered."""
    return [place.name for place in queries.places([customer.id])]
