"""Taking a purchase, or a part of it, back."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import actions, forms, queries
from core.forms import make_once
from core.rights import Right, requires
from core.words import _

bp = Blueprint("purchase_returns", __name__, url_prefix="/purchases/<int:id>/returns")
NEW = "sales/return_new.html"


@bp.get("/new")
@requires(Right.SALES_EDIT)
def new(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_EDIT, current_user)
    lines = queries.lines_of(purchase)
    form = forms.return_form(lines, formdata=None, on_day=forms.today())
    return render_template(NEW, form=form, purchase=purchase, lines=lines)


@bp.post("")
@requires(Right.SALES_EDIT)
def create(id: int) -> ResponseReturnValue:
    purchase = queries.the_purchase(id, Right.SALES_EDIT, current_user)
    lines = queries.lines_of(purchase)
    form = forms.return_form(lines)

    def take_back() -> str:
        made = actions.take_back(purchase, form.facts(lines))
        flash(_("Return %(number)s is on file now.", number=made.number), "success")
        return url_for("purchases.show", id=made.id)

    return make_once(form, NEW, take_back, purchase=purchase, lines=lines)
