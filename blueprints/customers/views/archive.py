"""The archive: files that were put away, putting one there and bringing it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import archiving
from blueprints.customers.forms import ArchiveForm
from blueprints.customers.models import Customer
from core import lists
from core.errors import RuleBroken
from core.forms import done, refused
from core.kinds import the
from core.lists import Order
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customers_archive", __name__, url_prefix="/customers")
PAGE = "customers/archiving.html"


@bp.get("/archive")
@requires(Right.CUSTOMERS_BIN)
def index() -> ResponseReturnValue:
    wanted = archiving.archived(current_user)
    order = Order(Customer.archived_at, descending=True)
    page = lists.page(wanted, Customer, order, request.args.get("after"))
    return render_template("customers/archive.html", page=page, total=lists.count(wanted))


@bp.get("/<int:id>/archiving")
@requires(Right.CUSTOMERS_BIN)
def ask(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN)
    return render_template(PAGE, form=ArchiveForm(formdata=None), **_context(customer))


@bp.post("/<int:id>/archiving")
@requires(Right.CUSTOMERS_BIN)
def archive(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN)
    form = ArchiveForm()
    if not form.validate():
        return refused(form, PAGE, **_context(customer))
    try:
        archiving.archive(customer, by=current_user, reason=form.reason.data or "")
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **_context(customer))
    flash(_("%(name)s is in the archive.", name=customer.shown_name), "success")
    return done(to=url_for("customers.show", id=id))


@bp.post("/<int:id>/archive-return")
@requires(Right.CUSTOMERS_BIN)
def bring_back(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_BIN)
    try:
        archiving.bring_back(customer)
    except RuleBroken as broken:
        flash(broken.message, "warning")
        return done(to=url_for("customers.show", id=id))
    flash(_("%(name)s is back.", name=customer.shown_name), "success")
    return done(to=url_for("customers.show", id=id))


def _context(customer: Customer) -> dict[str, Any]:
    return {"customer": customer, "resting": archiving.resting(customer)}
