"""Asking that two files be merged: with which other one, and why."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.customers import merge_requests
from blueprints.customers.forms import MergeRequestForm
from blueprints.customers.models import Customer
from core.errors import Refused
from core.forms import make_once
from core.kinds import refusal, the
from core.requests import viewer
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_merge_request", __name__, url_prefix="/customers/<int:id>/merge-request")
PAGE = "customers/merge_request.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def new(id: int) -> ResponseReturnValue:
    customer, wanted = _customer(id), request.args.get("other", 0, int)
    q = request.args.get("q", "").strip()[:200]
    if wanted:
        other = the(Customer, wanted, Right.CUSTOMERS_SEE)
        form = MergeRequestForm(formdata=None, other=other.id)
        return render_template(PAGE, form=form, customer=customer, other=other)
    found = merge_requests.to_merge(customer, viewer(), q)
    return render_template(PAGE, form=None, customer=customer, other=None, q=q, found=found)


@bp.post("")
@requires(Right.CUSTOMERS_SEE)
def create(id: int) -> ResponseReturnValue:
    customer, form = _customer(id), MergeRequestForm()
    other = the(Customer, form.other.data or 0, Right.CUSTOMERS_SEE)

    def ask() -> str:
        made = merge_requests.ask_to_merge(customer, other, by=viewer(), reason=form.reason.data or "")
        flash(_("Asked. You get a notification when it is decided."), "success")
        return url_for("approvals.show", id=made.id)

    return make_once(form, PAGE, ask, customer=customer, other=other)


def _customer(id: int) -> Customer:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    if not merge_requests.may_ask(viewer()):
        raise Refused(refusal(Right.CUSTOMERS_MERGE))
    return customer
