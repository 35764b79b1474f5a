"""Planning a contact, and letting a planned one drop."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.interactions import offers, planning, queries, rules, words
from blueprints.interactions.forms import PlanForm
from core.errors import NotFound
from core.forms import back_or, done, make_once
from core.rights import Right, requires
from core.words import _

bp = Blueprint("planned_contacts", __name__, url_prefix="/customers/<int:id>/planned-contacts")
PAGE = "interactions/plan.html"


@bp.get("/new")
@requires(Right.INTERACTIONS_LOG)
def new(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = _offered(PlanForm(formdata=None), customer)
    form.channel.data, form.purpose.data = rules.channel_of(customer.preferred_channel), "routine"
    return render_template(PAGE, form=form, **page_context(customer))


@bp.post("")
@requires(Right.INTERACTIONS_LOG)
def create(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = _offered(PlanForm(), customer)

    def plan() -> str:
        made = planning.plan_contact(customer, form.plan(), by=current_user)
        flash(words.saved(made.on_day, made.at_time, made.channel), "success")
        return back_or("interactions.index", id=id)

    return make_once(form, PAGE, plan, **page_context(customer))


@bp.post("/<int:plan_id>/skip")
@requires(Right.INTERACTIONS_LOG)
def skip(id: int, plan_id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    plan = queries.the_plan(customer, plan_id)
    if plan is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    planning.skip(plan)
    flash(_("Skipped. The rhythm decides when the next contact is due."), "success")
    return done(to=back_or("interactions.index", id=id))


def page_context(customer: Any) -> dict[str, Any]:
    """What the page of the form needs."""
    return {"customer": customer, "back": back_or("interactions.index", id=customer.id)}


def _offered(form: PlanForm, customer: Any) -> PlanForm:
    form.offer(offers.choices(customer, current_user))
    return form
