"""The bin: deleted files wait there and can be taken out again."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import actions, queries
from blueprints.customers.models import Customer
from core import lists
from core.errors import RuleBroken
from core.forms import Form, done, refused
from core.kinds import the
from core.lists import Order
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customers_bin", __name__, url_prefix="/customers")


@bp.get("/bin")
@requires(Right.CUSTOMERS_BIN)
def index() -> ResponseReturnValue:
    wanted = queries.binned(current_user)
    page = lists.page(
        wanted, Customer, Order(Customer.deleted_at, descending=True), request.args.get("after")
    )
    return render_template(
        "customers/bin.html", page=page, total=lists.count(wanted), days=queries.bin_days()
    )


@bp.get("/<int:id>/deletion")
@requires(Right.CUSTOMERS_BIN)
def ask(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN)
    return render_template(
        "customers/deletion.html", form=Form(formdata=None), customer=customer, days=queries.bin_days()
    )


@bp.post("/<int:id>/deletion")
@requires(Right.CUSTOMERS_BIN)
def delete(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN)
    try:
        actions.put_into_bin(customer, by=current_user)
    except RuleBroken as broken:
        return refused(
            Form(), "customers/deletion.html", broken=broken, customer=customer, days=queries.bin_days()
        )
    flash(_("%(name)s is in the bin.", name=customer.shown_name), "success")
    return done(to=url_for("customers.index"))


@bp.post("/<int:id>/restoration")
@requires(Right.CUSTOMERS_BIN)
def restore(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN, binned=True)
    actions.take_out_of_bin(customer)
    if customer.owner_id is None:
        flash(_("%(name)s is back, without an owner. Choose one.", name=customer.shown_name), "success")
    else:
        flash(_("%(name)s is back.", name=customer.shown_name), "success")
    return done(to=url_for("customers.show", id=id))
