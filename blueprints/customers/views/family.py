"""The family of a customer: all that are connected with it, drawn and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import family, family_drawing, words
from blueprints.customers.models import Customer
from core import events
from core.kinds import the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_family", __name__, url_prefix="/customers/<int:id>/family")


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def show(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    found = family.of(customer, current_user)
    ids = [member.customer.id for member in found.members]
    return render_template(
        "customers/family.html",
        customer=customer,
        family=found,
        totals=family.totals(found),
        further=_further(ids),
        panels=events.ask("family.panels", ids=ids, viewer=current_user),
        drawing=family_drawing.draw(found.places),
        most=family.MOST,
        file_at=url_for("customers.show", id=0).removesuffix("0"),
        roles={codes: _(", ").join(str(words.ROLES[code]) for code in codes) for codes in found.roles},
        statuses={code: str(label) for code, label in words.STATUSES.items()},
        tiers={code: str(label) for code, label in words.TIERS.items()},
    )


def _further(ids: Sequence[int]) -> list[tuple[Any, Any]]:
    """What other areas add up of a family: label and figure."""
    return [fact for facts in events.ask("family.facts", ids=ids, viewer=current_user) for fact in facts]
