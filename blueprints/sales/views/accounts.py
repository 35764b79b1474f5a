"""The statement of account of a customer."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.sales import forms, queries, rules
from blueprints.sales.forms import PeriodForm
from core.errors import RuleBroken
from core.rights import Right, requires

bp = Blueprint("accounts", __name__, url_prefix="/customers/<int:id>/statement")


@bp.get("")
@requires(Right.SALES_SEE)
def show(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.SALES_SEE, current_user)
    form = PeriodForm(request.args, meta={"csrf": False})
    right = form.validate()
    until = form.until.data or forms.today()
    since = form.since.data or rules.begin_of_period(until)
    found: list[rules.Statement] = []
    if right:
        try:
            rules.check_period(since, until)
            found = queries.statements(customer, since, until)
        except RuleBroken as broken:
            form.complain(broken)
    status = 422 if form.errors else 200
    if not form.errors:
        form.since.data, form.until.data = since, until
    page = render_template(
        "sales/statement.html", customer=customer, form=form, since=since, until=until, statements=found,
    )  # fmt: skip
    return make_response(page, status)
