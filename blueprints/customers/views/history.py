"""The field history of a customer's file."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import actions, merged, queries
from blueprints.customers.models import Customer
from core.kinds import the
from core.rights import Right, requires

bp = Blueprint("customer_history", __name__, url_prefix="/customers/<int:id>")


@bp.get("/history")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    earlier = merged.files(customer, current_user)
    asked = request.args.get("of", 0, int)
    of = next((file for file in earlier if file.id == asked), customer)
    found = queries.history(of, current_user, request.args.get("after", ""))
    if queries.clear_ids(current_user, [of.id]):
        actions.note_opening(of, current_user)
    return render_template("customers/history.html", customer=customer, of=of, earlier=earlier, history=found)
