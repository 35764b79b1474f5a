"""Special days of a customer and its people: all of them, and noting, changing and removing one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import queries, special_days
from blueprints.customers.forms import EditSpecialDayForm, NewSpecialDayForm, SpecialDayForm
from blueprints.customers.models import Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.parts import the_part
from core import kinds
from core.conflicts import save
from core.errors import Refused
from core.forms import done, make_once
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_days", __name__, url_prefix="/customers/<int:id>/special-days")
PAGE = "customers/special_day.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    return render_template(
        "customers/special_days.html",
        customer=customer,
        days=special_days.days_of(customer),
        clear=holds(customer, current_user, Right.CUSTOMERS_CLEAR),
        may_edit=holds(customer, current_user, Right.CUSTOMERS_EDIT),
    )


@bp.get("/new")
@requires(Right.CUSTOMERS_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _offered(NewSpecialDayForm(formdata=None), customer)
    return render_template(PAGE, form=form, customer=customer, day=None)


@bp.post("")
@requires(Right.CUSTOMERS_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _offered(NewSpecialDayForm(), customer)

    def note() -> str:
        special_days.note_day(customer, form.facts())
        flash(_("The special day is on file now."), "success")
        return url_for("customers.show", id=id)

    return make_once(form, PAGE, note, customer=customer, day=None)


@bp.get("/<int:day_id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int, day_id: int) -> ResponseReturnValue:
    customer, day = _day(id, day_id)
    form = _offered(EditSpecialDayForm(formdata=None, obj=day), customer)
    form.person.data = str(day.person_id) if day.person_id else ""
    return render_template(PAGE, form=form, customer=customer, day=day)


@bp.post("/<int:day_id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int, day_id: int) -> ResponseReturnValue:
    customer, day = _day(id, day_id)
    form = _offered(EditSpecialDayForm(), customer)

    def change() -> str:
        special_days.change_day(day, form.facts(), version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return save(form, day, PAGE, change, customer=customer, day=day)


@bp.post("/<int:day_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, day_id: int) -> ResponseReturnValue:
    _customer, day = _day(id, day_id)
    special_days.remove_day(day)
    flash(_("The special day is removed."), "success")
    return done(to=url_for("customers.show", id=id))


def _day(id: int, day_id: int) -> tuple[Customer, SpecialDay]:
    """What one does not see in clear one does not edit: a birthday is no input for whoever sees it masked."""
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    day = the_part(customer, SpecialDay, day_id)
    if day.kind == "birthday" and not holds(customer, current_user, Right.CUSTOMERS_CLEAR):
        raise Refused(kinds.refusal(Right.CUSTOMERS_CLEAR))
    return customer, day


def _offered(form: SpecialDayForm, customer: Customer) -> Any:
    people = [(str(place.person_id), place.name) for place in queries.places([customer.id])]
    form.person.choices = [("", _("the customer itself")), *people]
    return form
