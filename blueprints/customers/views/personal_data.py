"""What the law asks for of a file: all of it for the customer, its erasure, and the hold that forbids that."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import erasing, everything, everything_requests, holds, permits, queries
from blueprints.customers.forms import ErasureForm, EverythingForm, HoldForm, PersonErasureForm
from blueprints.customers.models import Affiliation, Customer
from blueprints.customers.permit_forms import EverythingRequestForm
from core.errors import NotFound, RuleBroken
from core.forms import done, make_once, refused
from core.kinds import holds as holds_right
from core.kinds import the
from core.requests import viewer
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_data", __name__, url_prefix="/customers/<int:id>")
PAGE, ERASURE = "customers/personal_data.html", "customers/erasure.html"
PERSON = "customers/person_erasure.html"


@bp.get("/personal-data")
@requires(Right.CUSTOMERS_ERASE, Right.CUSTOMERS_EXPORT_FILE, asked=True)
def show(id: int) -> ResponseReturnValue:
    return render_template(PAGE, **_context(the(Customer, id, Right.CUSTOMERS_SEE)))


@bp.post("/full-export")
@requires(Right.CUSTOMERS_EXPORT_FILE)
def export(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EXPORT_FILE)
    form = _with_people(EverythingForm(), customer)
    if not form.validate():
        return refused(form, PAGE, **_context(customer, export_form=form))
    about = int(form.about.data) if form.about.data else None
    job = everything.ask(customer, person_id=about, reason=form.reason.data or "")
    return done(to=url_for("jobs.show", id=job.id))


@bp.post("/full-export-request")
@requires(Right.CUSTOMERS_EXPORT_FILE, asked=True)
def request_export(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    form = _with_people(EverythingRequestForm(), customer)

    def ask() -> str:
        about = int(form.about.data) if form.about.data else None
        made = everything_requests.ask_for_everything(
            customer, person_id=about, by=viewer(), reason=form.reason.data or ""
        )
        flash(_("Asked. You get a notification when it is decided."), "success")
        return url_for("approvals.show", id=made.id)

    return make_once(form, PAGE, ask, **_context(customer, request_form=form))


@bp.post("/granted-export")
@requires(Right.CUSTOMERS_EXPORT_FILE, asked=True)
def take_granted(id: int) -> ResponseReturnValue:
    job = everything_requests.take(the(Customer, id, Right.CUSTOMERS_SEE), by=viewer())
    return done(to=url_for("jobs.show", id=job.id))


@bp.post("/hold")
@requires(Right.CUSTOMERS_ERASE)
def hold(id: int) -> ResponseReturnValue:
    customer, form = the(Customer, id, Right.CUSTOMERS_ERASE), HoldForm()
    if not form.validate():
        return refused(form, PAGE, **_context(customer, hold_form=form))
    try:
        holds.put(customer, by=current_user, reason=form.reason.data or "")
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **_context(customer, hold_form=form))
    flash(_("A legal hold stands on the file now."), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/hold-release")
@requires(Right.CUSTOMERS_ERASE)
def release(id: int) -> ResponseReturnValue:
    try:
        holds.lift(the(Customer, id, Right.CUSTOMERS_ERASE), by=current_user)
    except RuleBroken as broken:
        flash(broken.message, "warning")
    else:
        flash(_("The legal hold was lifted."), "success")
    return done(to=url_for(".show", id=id))


@bp.get("/erasure")
@requires(Right.CUSTOMERS_ERASE)
def ask(id: int) -> ResponseReturnValue:
    customer = _the(id)
    return render_template(ERASURE, form=ErasureForm(formdata=None), **_of_erasure(customer))


@bp.post("/erasure")
@requires(Right.CUSTOMERS_ERASE)
def erase(id: int) -> ResponseReturnValue:
    customer, form = _the(id), ErasureForm()
    if not form.validate():
        return refused(form, ERASURE, **_of_erasure(customer))
    name = customer.shown_name
    try:
        erasing.erase_at_hand(customer, form.values, by=current_user, address=request.remote_addr or "")
    except RuleBroken as broken:
        return refused(form, ERASURE, broken=broken, **_of_erasure(_the(id)))
    flash(_("%(name)s was erased.", name=name), "success")
    return done(to=url_for("customers.index"))


@bp.get("/people/<int:place_id>/erasure")
@requires(Right.CUSTOMERS_ERASE)
def ask_person(id: int, place_id: int) -> ResponseReturnValue:
    customer, place = _place(id, place_id)
    form = PersonErasureForm(formdata=None)
    return render_template(PERSON, form=form, customer=customer, place=place)


@bp.post("/people/<int:place_id>/erasure")
@requires(Right.CUSTOMERS_ERASE)
def erase_person(id: int, place_id: int) -> ResponseReturnValue:
    customer, place = _place(id, place_id)
    form = PersonErasureForm()
    if not form.validate():
        return refused(form, PERSON, customer=customer, place=place)
    name = place.person.name
    try:
        erasing.erase_person_at_hand(
            customer, place, form.values, by=current_user, address=request.remote_addr or ""
        )
    except RuleBroken as broken:
        customer, place = _place(id, place_id)
        return refused(form, PERSON, broken=broken, customer=customer, place=place)
    flash(_("%(name)s was erased.", name=name), "success")
    return done(to=url_for("customers.show", id=id))


def _the(id: int) -> Customer:
    """A file that may be erased, in the bin or out of it."""
    try:
        return the(Customer, id, Right.CUSTOMERS_ERASE)
    except NotFound:
        return the(Customer, id, Right.CUSTOMERS_ERASE, binned=True)


def _place(id: int, place_id: int) -> tuple[Customer, Affiliation]:
    customer = the(Customer, id, Right.CUSTOMERS_ERASE)
    for place in customer.affiliations:
        if place.id == place_id:
            return customer, place
    raise NotFound(_("This page does not exist, or it is not yours to see."))


def _of_erasure(customer: Customer) -> dict[str, Any]:
    return {"customer": customer, "preview": erasing.preview(customer), "hold": holds.hold_on(customer.id)}


def _with_people(form: EverythingForm, customer: Customer) -> EverythingForm:
    people = [(str(place.person_id), place.person.name) for place in customer.affiliations]
    form.about.choices = [("", _("The whole file")), *people]
    return form


def _context(customer: Customer, **forms: Any) -> dict[str, Any]:
    asking = everything_requests.asking(customer, viewer())
    return {
        "customer": queries.whole(customer.id),
        "hold": holds.hold_on(customer.id),
        "may_erase": holds_right(customer, current_user, Right.CUSTOMERS_ERASE),
        "may_export": holds_right(customer, current_user, Right.CUSTOMERS_EXPORT_FILE),
        "export_form": _with_people(EverythingForm(formdata=None), customer),
        "hold_form": HoldForm(formdata=None),
        "asking": asking,
        "until": permits.holds_until(asking.approval) if asking and asking.approval else "",
        "request_form": _with_people(EverythingRequestForm(formdata=None), customer),
        **forms,
    }
