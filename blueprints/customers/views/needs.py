"""Needs of a customer: all of them, and noting, changing, meeting and removing one."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import needs
from blueprints.customers.forms import EditNeedForm, NewNeedForm
from blueprints.customers.models import Customer
from blueprints.customers.particulars import Need
from blueprints.customers.parts import the_part
from core import clock
from core.conflicts import save
from core.forms import done, make_once
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_needs", __name__, url_prefix="/customers/<int:id>/needs")
PAGE = "customers/need.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    may_edit = holds(customer, current_user, Right.CUSTOMERS_EDIT)
    found = needs.needs_of(customer)
    return render_template("customers/needs.html", customer=customer, needs=found, may_edit=may_edit)


@bp.get("/new")
@requires(Right.CUSTOMERS_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = NewNeedForm(formdata=None, since=clock.today())
    return render_template(PAGE, form=form, customer=customer, need=None)


@bp.post("")
@requires(Right.CUSTOMERS_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = NewNeedForm()

    def note() -> str:
        needs.note_need(customer, form.values)
        flash(_("The need is on file now."), "success")
        return url_for("customers.show", id=id)

    return make_once(form, PAGE, note, customer=customer, need=None)


@bp.get("/<int:need_id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int, need_id: int) -> ResponseReturnValue:
    customer, need = _need(id, need_id)
    return render_template(PAGE, form=EditNeedForm(formdata=None, obj=need), customer=customer, need=need)


@bp.post("/<int:need_id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int, need_id: int) -> ResponseReturnValue:
    customer, need = _need(id, need_id)
    form = EditNeedForm()

    def change() -> str:
        needs.change_need(need, form.values, version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return save(form, need, PAGE, change, customer=customer, need=need)


@bp.post("/<int:need_id>/fulfilment")
@requires(Right.CUSTOMERS_EDIT)
def meet(id: int, need_id: int) -> ResponseReturnValue:
    _customer, need = _need(id, need_id)
    needs.meet(need)
    flash(_("The need is met as of today."), "success")
    return done(to=url_for("customers.show", id=id))


@bp.post("/<int:need_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, need_id: int) -> ResponseReturnValue:
    _customer, need = _need(id, need_id)
    needs.remove_need(need)
    flash(_("The need is removed."), "success")
    return done(to=url_for("customers.show", id=id))


def _need(id: int, need_id: int) -> tuple[Customer, Need]:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    return customer, the_part(customer, Need, need_id)
