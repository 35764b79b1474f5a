"""What was paid for a purchase."""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import actions, queries
from blueprints.sales.forms import PaymentForm
from blueprints.sales.views.purchases import SHOW, page_context
from core.errors import RuleBroken
from core.forms import MadeAlready, check_key, done, keep_key, made_already, refused
from core.rights import Right, requires
from core.words import _

bp = Blueprint("payments", __name__, url_prefix="/purchases/<int:id>/payments")


@bp.post("")
@requires(Right.SALES_PAY)
def create(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_PAY, current_user)
    form = PaymentForm()
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, SHOW, **page_context(purchase, payment=form))
    if not form.validate():
        return refused(form, SHOW, **page_context(purchase, payment=form))
    try:
        actions.record_payment(purchase, form.facts(purchase.currency))
    except RuleBroken as broken:
        return refused(form, SHOW, broken=broken, **page_context(purchase, payment=form))
    to = url_for("purchases.show", id=id)
    keep_key(form, to)
    flash(_("The payment is on file now."), "success")
    return done(to=to)


@bp.post("/<int:payment_id>/deletion")
@requires(Right.SALES_PAY)
def delete(id: int, payment_id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_PAY, current_user)
    actions.remove_payment(purchase, queries.the_payment(purchase, payment_id))
    flash(_("The payment is removed."), "success")
    return done(to=url_for("purchases.show", id=id))
