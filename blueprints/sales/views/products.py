"""The list of products, and making and changing them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.sales import actions, forms, queries
from blueprints.sales.forms import EditProductForm, NewProductForm
from blueprints.sales.models import Product
from core import money
from core.conflicts import save
from core.forms import make_once
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("products", __name__, url_prefix="/products")
NEW, EDIT = "sales/product_new.html", "sales/product_edit.html"


@bp.get("")
@requires(Right.SALES_SEE)
def index() -> ResponseReturnValue:
    shown = "all" if request.args.get("shown") == "all" else "active"
    page = queries.products_page(shown, request.args.get("after"))
    return render_template("sales/products.html", page=page, shown=shown)


@bp.get("/new")
@requires(Right.SALES_PRODUCTS)
def new() -> ResponseReturnValue:
    form = NewProductForm(formdata=None, currency=forms.default_currency())
    return render_template(NEW, form=_offered(form))


@bp.post("")
@requires(Right.SALES_PRODUCTS)
def create() -> ResponseReturnValue:
    form = _offered(NewProductForm())

    def make() -> str:
        product = actions.make_product(form.facts())
        flash(_("%(name)s is on the list now.", name=product.name), "success")
        return url_for(".index")

    return make_once(form, NEW, make)


@bp.get("/<int:id>/edit")
@requires(Right.SALES_PRODUCTS)
def edit(id: int) -> ResponseReturnValue:
    product = the(Product, id, Right.SALES_PRODUCTS)
    form = EditProductForm(formdata=None, obj=product)
    form.price.data = money.plain(product.price, product.currency)
    return render_template(EDIT, form=_offered(form), product=product)


@bp.post("/<int:id>")
@requires(Right.SALES_PRODUCTS)
def update(id: int) -> ResponseReturnValue:
    product = the(Product, id, Right.SALES_PRODUCTS)
    form = _offered(EditProductForm())

    def change() -> str:
        actions.change_product(product, form.facts(), version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for(".index")

    return save(form, product, EDIT, change, product=product)


def _offered(form: Any) -> Any:
    forms.offer_currencies(form.currency)
    return form
