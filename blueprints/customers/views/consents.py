"""Consents of a customer: what they said, and noting more of it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import consents
from blueprints.customers.forms import ConsentForm
from blueprints.customers.models import Customer
from core import clock
from core.forms import make_once
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_consents", __name__, url_prefix="/customers/<int:id>/consents")
NEW = "customers/consent_new.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    page = consents.page_of(customer, request.args.get("after"))
    may_note = holds(customer, current_user, Right.INTERACTIONS_LOG)
    return render_template("customers/consents.html", customer=customer, page=page, may_note=may_note)


@bp.get("/new")
@requires(Right.INTERACTIONS_LOG)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.INTERACTIONS_LOG)
    form = ConsentForm(formdata=None, on_day=clock.today())
    return render_template(NEW, form=form, customer=customer)


@bp.post("")
@requires(Right.INTERACTIONS_LOG)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.INTERACTIONS_LOG)
    form = ConsentForm()

    def note() -> str:
        consents.note_consent(customer, form.values, by=current_user)
        flash(_("Noted."), "success")
        return url_for("customers.show", id=id)

    return make_once(form, NEW, note, customer=customer)
