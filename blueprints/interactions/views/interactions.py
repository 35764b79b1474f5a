"""The timeline of a customer, and recording a contact: as a page, in a row of a list, or in the file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.interactions import actions, filling, offers, queries, settling, timeline, words
from blueprints.interactions.forms import ContactForm
from core import htmx
from core.errors import RuleBroken
from core.forms import MadeAlready, back_or, check_key, done, keep_key, made_already, refused
from core.rights import Right, requires

bp = Blueprint("interactions", __name__, url_prefix="/customers/<int:id>/interactions")
PAGE = "interactions/new.html"


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.CUSTOMERS_SEE)
    shown = timeline.read(customer, current_user, request.args)
    return render_template("interactions/index.html", customer=customer, timeline=shown)


@bp.get("/new")
@requires(Right.INTERACTIONS_LOG)
def new(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = _offered(ContactForm(formdata=None), customer)
    filling.begin(form, customer, current_user)
    return render_template(PAGE, **page_context(customer, form, fill=True))


@bp.get("/proposal")
@requires(Right.INTERACTIONS_LOG)
def proposal(id: int) -> ResponseReturnValue:
    """The form again, with the next contact that what was chosen so far proposes."""
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = _offered(ContactForm(formdata=request.args), customer)
    filling.follow_person(form, customer, current_user)
    filling.keep_possible(form)
    return render_template(PAGE, **page_context(customer, form, fill=True))


@bp.post("")
@requires(Right.INTERACTIONS_LOG)
def create(id: int) -> ResponseReturnValue:
    customer = queries.the_customer(id, Right.INTERACTIONS_LOG)
    form = _offered(ContactForm(), customer)
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, PAGE, **_again(customer, form))
    if not form.validate():
        return refused(form, PAGE, **_again(customer, form))
    try:
        colleague = queries.colleague(form.for_user.data)
        logged = actions.log_contact(customer, form.said(), by=current_user, for_user=colleague)
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **_again(customer, form))
    to = back_or("interactions.index", id=id)
    keep_key(form, to)
    sentence = words.saved(logged.next_on, logged.next_at, logged.next_channel)
    if not htmx.is_htmx():
        flash(sentence, "success")
    response = done("interactions/_saved.html", to=to, customer=customer, sentence=sentence)
    return htmx.trigger(response, "contact-logged")


def page_context(customer: Any, form: ContactForm, *, fill: bool = False) -> dict[str, Any]:
    """What the page of the form needs; `fill`: put the proposal into it."""
    next = settling.preview(customer, form.said(), current_user)
    if fill:
        filling.propose(form, next)
    return {
        "form": form,
        "customer": customer,
        "in_row": bool(request.values.get("row")),
        "back": back_or("interactions.index", id=customer.id),
        "why": filling.why(customer, form, next),
        "brief": queries.brief(customer, current_user),
    }


def _again(customer: Any, form: ContactForm) -> dict[str, Any]:
    context = page_context(customer, form)
    del context["form"]
    return context


def _offered(form: ContactForm, customer: Any) -> ContactForm:
    form.offer(offers.choices(customer, current_user))
    return form
