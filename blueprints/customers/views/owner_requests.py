"""Asking for another owner."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from blueprints.customers import owner_requests, queries
from blueprints.customers.forms import OwnerRequestForm
from blueprints.customers.models import Customer
from core.errors import Refused
from core.forms import make_once
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

    def ask() -> str:
        owner = queries.owner_named(form.owner.data)
        made = owner_requests.ask_for_owner(customer, owner, by=viewer(), reason=form.reason.data or "")
        flash(_("Asked. You get a notification when it is decided."), "success")
        return url_for("approvals.show", id=made.id)

    return make_once(form, PAGE, ask, customer=customer)


def _customer(id: int) -> Customer:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    if not owner_requests.may_ask(customer, viewer()):
        raise Refused(refusal(Right.CUSTOMERS_ASSIGN))
    return customer


def _form(customer: Customer, **given: object) -> OwnerRequestForm:
    form = OwnerRequestForm(**given)
    form.owner.choices = owner_requests.owner_choices(customer)
    return form
