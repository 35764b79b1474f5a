"""The duplicates: pairs of files that may be of one customer, side by side, until somebody decides."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import duplicate_rules, duplicates
from blueprints.customers.models import Customer
from core.errors import NotFound
from core.forms import back_or, done
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_duplicates", __name__, url_prefix="/customers/duplicates")


@bp.get("")
@requires(Right.CUSTOMERS_MERGE)
def index() -> ResponseReturnValue:
    likelihood = request.args.get("likelihood", "")
    page = duplicates.page_of(current_user, likelihood, request.args.get("after"))
    return render_template(
        "customers/duplicates.html", page=page, likelihood=likelihood, bands=tuple(duplicate_rules.BANDS)
    )


@bp.post("/<int:id>/ruling")
@requires(Right.CUSTOMERS_MERGE)
def tell_apart(id: int) -> ResponseReturnValue:
    pair = duplicates.the_pair(id, current_user)
    if pair is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    one, other = (the(Customer, each, Right.CUSTOMERS_MERGE) for each in (pair.customer_id, pair.other_id))
    duplicates.tell_apart(pair)
    flash(
        _(
            "Noted: %(one)s and %(other)s are not the same customer. The history of both can undo it.",
            one=one.shown_name,
            other=other.shown_name,
        ),
        "success",
    )
    return done(to=back_or(".index"))
