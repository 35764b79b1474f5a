"""What was paid for a purchase."""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import actions, queries
from blueprints.sales.forms import PaymentForm
from blueprints.sales.views.purchases import SHOW, page_context
from core.forms import done, make_once
from core.rights import Right, requires
from core.words import _

bp = Blueprint("payments", __name__, url_prefix="/purchases/<int:id>/payments")


@bp.post("")
@requires(Right.SALES_PAY)
def create(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_PAY, current_user)
    form = PaymentForm()

    def pay() -> str:
        actions.record_payment(purchase, form.facts(purchase.currency))
        flash(_("The payment is on file now."), "success")
        return url_for("purchases.show", id=id)

    return make_once(form, SHOW, pay, **page_context(purchase, payment=form))


@bp.post("/<int:payment_id>/deletion")
@requires(Right.SALES_PAY)
def delete(id: int, payment_id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_PAY, current_user)
    actions.remove_payment(purchase, queries.the_payment(purchase, payment_id))
    flash(_("The payment is removed."), "success")
    return done(to=url_for("purchases.show", id=id))
