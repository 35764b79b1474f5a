"""Planning a contact, and letting a planned one drop."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.interactions import offers, planning, queries, rules, words
from blueprints.interactions.forms import PlanForm
from core.errors import NotFound, RuleBroken
from core.forms import MadeAlready, back_or, check_key, done, keep_key, made_already, refused
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
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, PAGE, **page_context(customer))
    if not form.validate():
        return refused(form, PAGE, **page_context(customer))
    try:
        plan = planning.plan_contact(customer, form.plan(), by=current_user)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(customer))
    to = back_or("interactions.index", id=id)
    keep_key(form, to)
    flash(words.saved(plan.on_day, plan.at_time, plan.channel), "success")
    return done(to=to)


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
