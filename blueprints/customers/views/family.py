"""The family of a customer: all that are connected with it, drawn and listed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import family, family_drawing
from blueprints.customers.models import Customer
from core.kinds import the
from core.rights import Right, requires

bp = Blueprint("customer_family", __name__, url_prefix="/customers/<int:id>/family")


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def show(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    found = family.of(customer, current_user)
    return render_template(
        "customers/family.html",
        customer=customer,
        family=found,
        totals=family.totals(found),
        drawing=family_drawing.draw(found.places),
        most=family.MOST,
    )
