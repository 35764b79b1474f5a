"""The exact look-up 查重: whether somebody looks after a customer already."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import lookups, queries, rules
from blueprints.customers.forms import LookupForm
from core.errors import RuleBroken
from core.forms import refused
from core.phones import digits
from core.rights import Right, requires

bp = Blueprint("lookup", __name__, url_prefix="/lookup")


@bp.get("")
@requires(Right.CUSTOMERS_LOOKUP)
def show() -> ResponseReturnValue:
    form = LookupForm(formdata=None, q=request.args.get("q", "")[:200])
    return render_template("customers/lookup.html", form=form, answers=None, left=_left())


@bp.post("")
@requires(Right.CUSTOMERS_LOOKUP)
def ask() -> ResponseReturnValue:
    form = LookupForm()
    if not form.validate():
        return refused(form, "customers/lookup.html", answers=None, left=_left())
    try:
        answers = lookups.look_up(form.q.data or "", by=current_user)
    except RuleBroken as broken:
        return refused(form, "customers/lookup.html", broken=broken, answers=None, left=_left())
    q = form.q.data or ""
    called = "" if len(digits(q)) >= rules.LOOKUP_DIGITS else q  # no number into an address
    return render_template("customers/lookup.html", form=form, answers=answers, left=_left(), called=called)


def _left() -> int:
    return max(0, rules.LOOKUPS_A_DAY - queries.lookups_today(current_user.id))
