"""Moving the next contact with a customer to another day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.interactions import planning, queries, words
from blueprints.interactions.forms import PostponementForm
from core.errors import RuleBroken
from core.forms import back_or, done, refused
from core.rights import Right, requires
from core.words import _

bp = Blueprint("postponements", __name__, url_prefix="/customers/<int:id>/postponement")
PAGE = "interactions/postpone.html"


@bp.get("")
@requires(Right.INTERACTIONS_LOG)
def new(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    return render_template(PAGE, form=PostponementForm(formdata=None), **page_context(customer))


@bp.post("")
@requires(Right.INTERACTIONS_LOG)
def create(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = PostponementForm()
    if not form.validate():
        return refused(form, PAGE, **page_context(customer))
    try:
        plan = planning.postpone(customer, *form.moment(), by=current_user)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(customer))
    flash(_("Postponed to %(day)s.", day=words.when(plan.on_day, plan.at_time)), "success")
    return done(to=back_or("interactions.index", id=id))


def page_context(customer: Any) -> dict[str, Any]:
    """What the page of the form needs."""
    return {
        "customer": customer,
        "back": back_or("interactions.index", id=customer.id),
        "brief": queries.brief(customer, current_user),
        "days": planning.next_workdays(customer),
    }
