"""Purchases: of everybody and of one customer, one of them, and recording, changing and cancelling it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import actions, forms, queries, words
from blueprints.sales.forms import DeliveryForm, EditPurchaseForm, NewPurchaseForm, PaymentForm
from blueprints.sales.models import Purchase
from core import conflicts
from core.errors import RuleBroken
from core.forms import done, make_once, refused
from core.rights import Right, requires
from core.words import _

bp = Blueprint("purchases", __name__)
NEW, EDIT, SHOW = "sales/purchase_new.html", "sales/purchase_edit.html", "sales/purchase.html"


@bp.get("/purchases")
@requires(Right.SALES_SEE)
def index() -> ResponseReturnValue:
    shown = request.args.get("shown", "all")
    shown = shown if shown in queries.SHOWN else "all"
    page = queries.page_of_all(current_user, shown, request.args.get("after"))
    return render_template("sales/index.html", page=page, shown=shown, today=forms.today())


@bp.get("/customers/<int:id>/purchases")
@requires(Right.SALES_SEE)
def of_customer(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.SALES_SEE, current_user)
    return render_template(
        "sales/of_customer.html",
        customer=customer,
        page=queries.page_of(customer, request.args.get("after"), last="last" in request.args),
        last="last" in request.args,
        totals=queries.totals([id]),
        today=forms.today(),
        may_edit=queries.may(customer, Right.SALES_EDIT, current_user),
    )


@bp.get("/customers/<int:id>/purchases/new")
@requires(Right.SALES_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.SALES_EDIT, current_user)
    form = forms.purchase_form(
        NewPurchaseForm,
        forms.SPARE,
        formdata=None,
        on_day=forms.today(),
        currency=forms.default_currency(),
    )
    return render_template(NEW, form=form, **_choices(customer))


@bp.post("/customers/<int:id>/purchases")
@requires(Right.SALES_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.SALES_EDIT, current_user)
    form = _sent(NewPurchaseForm)
    if "more" in request.form:
        return refused(form, NEW, status=200, **_choices(customer))

    def make() -> str:
        purchase = actions.record_purchase(customer, form.facts({}))
        flash(_("Purchase %(number)s is on file now.", number=purchase.number), "success")
        return url_for(".show", id=purchase.id)

    return make_once(form, NEW, make, **_choices(customer))


@bp.get("/purchases/<int:id>")
@requires(Right.SALES_SEE)
def show(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_SEE, current_user)
    return render_template(SHOW, **page_context(purchase))


@bp.get("/purchases/<int:id>/edit")
@requires(Right.SALES_EDIT)
def edit(id: int) -> ResponseReturnValue:
    purchase = _to_edit(id)
    shown = _shown(purchase)
    rows = forms.rows_sent(list(shown)) + 1
    form = forms.purchase_form(EditPurchaseForm, rows, formdata=None, data=shown)
    form.version.data, form.opened.data = purchase.version, conflicts.opened(shown)
    return render_template(EDIT, form=form, purchase=purchase, **_choices(purchase.customer))


@bp.post("/purchases/<int:id>")
@requires(Right.SALES_EDIT)
def update(id: int) -> ResponseReturnValue:
    purchase = _to_edit(id)
    form = _sent(EditPurchaseForm)
    context = {"purchase": purchase, **_choices(purchase.customer)}
    if "more" in request.form:
        return refused(form, EDIT, status=200, **context)
    if not form.validate():
        return refused(form, EDIT, **context)
    queries.lock(purchase)
    if form.opened.data != conflicts.opened(_shown(purchase)):
        present = lambda: {name: value for name, value in _shown(purchase).items() if name in form}  # noqa: E731
        return conflicts.stale_since_opened(form, purchase, EDIT, present=present, words={}, **context)
    try:
        actions.change_purchase(purchase, form.facts(_shown(purchase)))
    except RuleBroken as broken:
        return refused(form, EDIT, broken=broken, **context)
    flash(_("Saved."), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/purchases/<int:id>/delivery")
@requires(Right.SALES_EDIT)
def deliver(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_EDIT, current_user)
    form = DeliveryForm()
    if not form.validate():
        return refused(form, SHOW, **page_context(purchase, delivery=form))
    try:
        actions.deliver(purchase, form.values["on_day"])
    except RuleBroken as broken:
        return refused(form, SHOW, broken=broken, **page_context(purchase, delivery=form))
    flash(_("Noted: delivered."), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/purchases/<int:id>/cancellation")
@requires(Right.SALES_EDIT)
def cancel(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_EDIT, current_user)
    actions.cancel(purchase)
    flash(_("%(number)s is cancelled.", number=purchase.number), "success")
    return done(to=url_for(".show", id=id))


def page_context(purchase: Purchase, **forms_sent: Any) -> dict[str, Any]:
    """What the page of a purchase needs."""
    today = forms.today()
    return {
        "purchase": purchase,
        "customer": purchase.customer,
        "lines": queries.lines_of(purchase),
        "payments": queries.payments_of(purchase),
        "returns": queries.returns_of(purchase),
        "may_edit": queries.may(purchase.customer, Right.SALES_EDIT, current_user),
        "may_pay": queries.may(purchase.customer, Right.SALES_PAY, current_user),
        "delivery": DeliveryForm(formdata=None, on_day=today),
        "payment": PaymentForm(formdata=None, on_day=today),
        "today": today,
        **forms_sent,
    }


def _to_edit(id: int) -> Purchase:
    purchase = queries.the_purchase(id, Right.SALES_EDIT, current_user)
    if purchase.status == "cancelled" or purchase.kind == "return":
        raise RuleBroken(_("This is not changed any more: a return is cancelled and recorded anew."))
    return purchase


def _shown(purchase: Purchase) -> dict[str, Any]:
    return forms.shown(purchase, queries.lines_of(purchase))


def _sent(base: type[forms.PurchaseForm]) -> Any:
    """The form as it was sent, with further empty lines if somebody asked for them."""
    more = forms.SPARE if "more" in request.form else 0
    return forms.purchase_form(base, forms.rows_sent(list(request.form)) + more)


def _choices(customer: Any) -> dict[str, Any]:
    products = queries.offered_products()
    return {
        "customer": customer,
        "products": [(queries.product_text(p), words.shown(p.price, p.currency)) for p in products],
    }
