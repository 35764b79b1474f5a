"""Asking for another owner."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from blueprints.customers import owner_requests, queries
from blueprints.customers.forms import OwnerRequestForm
from blueprints.customers.models import Customer
from core.errors import Refused, RuleBroken
from core.forms import MadeAlready, check_key, done, keep_key, made_already, refused
from core.kinds import refusal, the
from core.requests import viewer
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_owner_request", __name__, url_prefix="/customers/<int:id>/owner-request")
PAGE = "customers/owner_request.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def new(id: int) -> ResponseReturnValue:
    customer = _customer(id)
    return render_template(PAGE, form=_form(customer, formdata=None), customer=customer)


@bp.post("")
@requires(Right.CUSTOMERS_SEE)
def create(id: int) -> ResponseReturnValue:
    customer = _customer(id)
    form = _form(customer)
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, PAGE, customer=customer)
    if not form.validate():
        return refused(form, PAGE, customer=customer)
    try:
        owner = queries.owner_named(form.owner.data)
        made = owner_requests.ask_for_owner(customer, owner, by=viewer(), reason=form.reason.data or "")
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, customer=_customer(id))
    to = url_for("approvals.show", id=made.id)
    keep_key(form, to)
    flash(_("Asked. You get a notification when it is decided."), "success")
    return done(to=to)


def _customer(id: int) -> Customer:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    if not owner_requests.may_ask(customer, viewer()):
        raise Refused(refusal(Right.CUSTOMERS_ASSIGN))
    return customer


def _form(customer: Customer, **given: object) -> OwnerRequestForm:
    form = OwnerRequestForm(**given)
    form.owner.choices = owner_requests.owner_choices(customer)
    return form
