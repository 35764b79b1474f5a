"""Files that have served their time, by the rules of the company."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from blueprints.customers import retention
from core.requests import viewer
from core.rights import Right, requires

bp = Blueprint("customer_retention", __name__, url_prefix="/customers/retention")


@bp.get("")
@requires(Right.CUSTOMERS_ERASE)
def index() -> ResponseReturnValue:
    me = viewer()
    found = [(rule, retention.proposed(rule, me)) for rule in retention.rules()]
    return render_template("customers/retention.html", found=found, most=retention.MOST)
