"""The list of customers, a customer's file, and making and changing files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import actions, listing, lookups, queries, relations, words
from blueprints.customers.condition import condition_of, confirm
from blueprints.customers.forms import EditForm, NewForm
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from core import columns, lists, panels
from core.budget import TooLong, within_budget
from core.conflicts import stale
from core.errors import RuleBroken, Stale
from core.forms import MadeAlready, check_key, done, is_local, keep_key, made_already, refused
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customers", __name__)


@bp.get("/customers")
@requires(Right.CUSTOMERS_SEE)
def index() -> ResponseReturnValue:
    asked = Listing.read(request.args)
    shown = columns.chosen(
        current_user.id, "customers", listing.COLUMNS, listing.DEFAULT_COLUMNS, always="name"
    )
    total, page = _found(asked, shown)
    ids = [customer.id for customer in page.rows]
    return render_template(
        "customers/index.html",
        listing=asked,
        page=page,
        total=total,
        beside=listing.beside(ids, shown),
        contacts=queries.contact_states(page.rows) if "next_contact" in shown else {},
        clear=queries.clear_ids(current_user, ids if "phone" in shown else ()),
        shown=shown,
        columns={name: str(label) for name, label in listing.COLUMNS.items()},
        filters=queries.filter_choices(current_user),
        row_acts=panels.row_acts("customer", current_user),
    )


def _found(asked: Listing, shown: Sequence[str]) -> tuple[lists.Count, lists.Page[Any]]:
    """How many there are, and a page of them; both without a row if looking for them takes too long."""
    try:
        with within_budget() if asked.combined else nullcontext():
            wanted = asked.select(current_user)
            total = lists.count(wanted, further=lists.SORTED if asked.codes else 0)
            after, loading = request.args.get("after"), partial(listing.with_rows, shown=shown)
            if asked.is_whole(current_user):
                rows = loading(lists.quick(wanted, Customer, total))
                return total, lists.page(rows, Customer, asked.order, after)
            return total, lists.page_of_many(wanted, Customer, asked.order, after, total, loading)
    except TooLong:
        return lists.UNKNOWN, lists.Page((), None)


@bp.post("/customers/columns")
@requires(Right.CUSTOMERS_SEE)
def choose_columns() -> ResponseReturnValue:
    wanted = [name for name in request.form.getlist("columns") if name in listing.COLUMNS]
    columns.choose(current_user.id, "customers", wanted or listing.DEFAULT_COLUMNS)
    back = request.form.get("back", "")
    return redirect(back if is_local(back) else url_for(".index"), 303)


@bp.get("/customers/new")
@requires(Right.CUSTOMERS_CREATE)
def new() -> ResponseReturnValue:
    form = _owned(NewForm(formdata=None, name=request.args.get("name", "")[:200]))
    form.owner.data = current_user.username if queries.may_own(current_user) else None
    return render_template("customers/new.html", form=form, collisions=())


@bp.post("/customers")
@requires(Right.CUSTOMERS_CREATE)
def create() -> ResponseReturnValue:
    form = _owned(NewForm())
    try:
        check_key(form)
    except MadeAlready as again:
        return made_already(again, form, "customers/new.html", collisions=())
    if not form.validate():
        return refused(form, "customers/new.html", collisions=())
    try:
        if not form.create_anyway.data and (found := lookups.collisions(form.values, by=current_user)):
            return refused(form, "customers/new.html", status=409, collisions=found)
        values = {**form.facts(), "owner": queries.owner_named(form.owner.data)}
        customer = actions.create_with_person(values, by=current_user)
    except RuleBroken as broken:
        return refused(form, "customers/new.html", broken=broken, collisions=())
    to = (
        url_for(".show", id=customer.id)
        if holds(customer, current_user, Right.CUSTOMERS_SEE)
        else url_for(".index")
    )
    keep_key(form, to)
    flash(_("%(name)s is on file now.", name=customer.shown_name), "success")
    return done(to=to)


@bp.get("/customers/<int:id>")
@requires(Right.CUSTOMERS_SEE)
def show(id: int) -> ResponseReturnValue:
    context = file_context(the(Customer, id, Right.CUSTOMERS_SEE))
    if context["clear"]:
        actions.note_opening(context["customer"], current_user)
    return render_template("customers/show.html", **context)


@bp.get("/customers/<int:id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = EditForm(formdata=None, obj=customer)
    form.tags.data = "，".join(tag.name for tag in customer.tags)
    return render_template("customers/edit.html", form=_unmasked(form, customer), customer=customer)


@bp.post("/customers/<int:id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _unmasked(EditForm(), customer)
    if not form.validate():
        return refused(form, "customers/edit.html", customer=customer)
    try:
        actions.update(customer, form.facts(), version=form.opened_version)
    except Stale:
        return stale(form, customer, "customers/edit.html", words=CODES, customer=customer)
    except RuleBroken as broken:
        return refused(form, "customers/edit.html", broken=broken, customer=customer)
    flash(_("Saved."), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/customers/<int:id>/check")
@requires(Right.CUSTOMERS_EDIT)
def check(id: int) -> ResponseReturnValue:
    confirm(the(Customer, id, Right.CUSTOMERS_EDIT))
    flash(_("Noted: the file is still correct."), "success")
    return done(to=url_for(".show", id=id, _anchor="facts"))


CODES = {
    "kind": words.KINDS.get,
    "relationship_kind": words.RELATIONSHIPS.get,
    "tier": words.TIERS.get,
    "intent": words.INTENTS.get,
    "status": words.STATUSES.get,
    "lost_reason": words.LOST_REASONS.get,
    "source": words.SOURCES.get,
    "gender": words.GENDERS.get,
    "preferred_channel": words.CHANNELS.get,
}


def file_context(customer: Customer, **more: Any) -> dict[str, Any]:
    """What the page of a file needs."""
    whole = queries.whole(customer.id)
    rights = queries.rights_over(customer, current_user)
    return {
        "customer": whole,
        "rights": rights,
        "clear": Right.CUSTOMERS_CLEAR in rights,
        "panels": panels.panels("customer", whole, current_user, rights),
        "acts": panels.acts("customer", whole, current_user),
        "relations": relations.first_of(whole, current_user),
        "elsewhere": queries.places_elsewhere(whole, current_user),
        "revealed": {},
        "state": queries.contact_state(whole),
        "condition": condition_of(whole),
        **more,
    }


def _owned(form: NewForm) -> NewForm:
    form.owner.choices = queries.owner_choices(current_user, Right.CUSTOMERS_CREATE, nobody=True)
    return form


def _unmasked(form: EditForm, customer: Customer) -> EditForm:
    """A masked field is no input: whoever does not see the birthday in clear does not edit it."""
    if not holds(customer, current_user, Right.CUSTOMERS_CLEAR):
        del form.birthday
    return form
