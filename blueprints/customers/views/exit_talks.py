"""Exit talks with a customer: all of them, and noting, changing and removing one."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import exit_talks, queries, words
from blueprints.customers.forms import EditExitTalkForm, NewExitTalkForm
from blueprints.customers.models import Customer
from blueprints.customers.particulars import ExitTalk
from blueprints.customers.parts import the_part
from core import clock
from core.conflicts import save
from core.forms import done, make_once
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

    def note() -> str:
        exit_talks.note_talk(customer, form.values, by=current_user)
        flash(_("The exit talk is on file now."), "success")
        return url_for("customers.show", id=id)

    return make_once(form, PAGE, note, customer=customer, people=_people(customer), talk=None)


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

    def change() -> str:
        exit_talks.change_talk(talk, form.values, version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    spoken = {"reason": words.LOST_REASONS.get}
    people = _people(customer)
    return save(form, talk, PAGE, change, words=spoken, customer=customer, people=people, talk=talk)


@bp.post("/<int:talk_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, talk_id: int) -> ResponseReturnValue:
    _customer, talk = _talk(id, talk_id)
    exit_talks.remove_talk(talk)
    flash(_("The exit talk is removed."), "success")
    return done(to=url_for("customers.show", id=id))


def _talk(id: int, talk_id: int) -> tuple[Customer, ExitTalk]:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    return customer, the_part(customer, ExitTalk, talk_id)


def _people(customer: Customer) -> list[str]:
    """The contact persons, to be offered."""
    return [place.name for place in queries.places([customer.id])]
