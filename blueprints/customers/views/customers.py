"""The list of customers, a customer's file, and making and changing files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from blueprints.customers import (
    actions,
    choices,
    custom_forms,
    custom_values,
    filtering,
    holds,
    listing,
    lookups,
    merge_requests,
    open_matters,
    owner_requests,
    queries,
    rulings,
    similar,
    walking,
    words,
)
from blueprints.customers.blocks import BLOCKS
from blueprints.customers.condition import condition_of, confirm
from blueprints.customers.forms import EditForm, NewForm
from blueprints.customers.list_page import list_page
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from core import columns, panels
from core.conflicts import opened, stale
from core.errors import RuleBroken, Stale
from core.forms import MadeAlready, check_key, done, is_local, keep_key, made_already, refused
from core.htmx import is_htmx
from core.kinds import holds as holds_right
from core.kinds import the
from core.requests import viewer
from core.rights import Right, Viewer, requires
from core.words import _

bp = Blueprint("customers", __name__)


@bp.get("/customers")
@requires(Right.CUSTOMERS_SEE)
def index() -> ResponseReturnValue:
    me = viewer()
    views = listing.viewed(request.args, me)
    if views.to:
        return redirect(views.to)
    asked, known = Listing.read(views.args), listing.all_columns(me)
    shown = _shown(views.args, known, me)
    fields = listing.fields_in(shown)
    sensitive = not listing.NUMBERS.isdisjoint(shown) or any(field.sensitive for field in fields.values())
    found = list_page(views, asked, shown, request.args.get("after"), me)
    page = found.page
    ids = [customer.id for customer in page.rows]
    beside, clear = listing.beside(ids, shown, me), queries.clear_ids(me, ids if sensitive else ())
    queries.note_shown(beside.read_in_clear(clear, fields.values()), me, "list")
    return render_template(
        "customers/index.html",
        listing=asked,
        opened=views,
        walk=found.walk,
        groups=found.groups,
        groupings=filtering.groupings(),
        sorts=listing.sorts(me),
        figures=columns.figures(listing.NAME),
        page=page,
        total=found.total,
        beside=beside,
        contacts=queries.contact_states(page.rows) if "next_contact" in shown else {},
        clear=clear,
        shown=shown,
        columns=known,
        fields=fields,
        texts=listing.TEXTS,
        coded=listing.CODED,
        filters=choices.filter_choices(me),
        row_acts=panels.row_acts("customer", me),
        list_acts=panels.list_acts("customer", me),
    )


def _shown(args: MultiDict[str, str], known: Collection[str], me: Viewer) -> list[str]:
    """The columns that the address names, else those that the person chose."""
    named = args.get("columns", "").split(",")
    if any(name in known for name in named):
        return [name for name in known if name in named or name == "name"]
    return columns.chosen(me.id, listing.NAME, known, listing.DEFAULT_COLUMNS, always="name")


@bp.post("/customers/columns")
@requires(Right.CUSTOMERS_SEE)
def choose_columns() -> ResponseReturnValue:
    known = listing.all_columns(viewer())
    wanted = [name for name in request.form.getlist("columns") if name in known]
    columns.choose(current_user.id, "customers", wanted or listing.DEFAULT_COLUMNS)
    back = request.form.get("back", "")
    return redirect(_without_columns(back) if is_local(back) else url_for(".index"), 303)


def _without_columns(address: str) -> str:
    """The same address, where the person's own columns show."""
    path, _mark, query = address.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query) if name != "columns"]
    return f"{path}?{urlencode(pairs)}" if pairs else path


@bp.get("/customers/new")
@requires(Right.CUSTOMERS_CREATE)
def new() -> ResponseReturnValue:
    form = _owned(_new_form()(formdata=None, name=request.args.get("name", "")[:200]))
    form.owner.data = current_user.username if queries.may_own(current_user) else None
    return render_template("customers/new.html", form=form, collisions=())


@bp.post("/customers/similar")
@requires(Right.CUSTOMERS_CREATE)
def find_similar() -> ResponseReturnValue:
    form = _owned(NewForm())
    found = similar.customers(form.values, by=current_user)
    if is_htmx():
        return render_template("customers/_similar.html", similar=found)
    return render_template("customers/new.html", form=form, collisions=(), similar=found)


@bp.post("/customers")
@requires(Right.CUSTOMERS_CREATE)
def create() -> ResponseReturnValue:
    form = _owned(_new_form()())
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
        if holds_right(customer, current_user, Right.CUSTOMERS_SEE)
        else url_for(".index")
    )
    keep_key(form, to)
    flash(_("%(name)s is on file now.", name=customer.shown_name), "success")
    return done(to=to)


@bp.get("/customers/<int:id>")
@requires(Right.CUSTOMERS_SEE)
def show(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE, loading=queries.OF_FILE)
    context = file_context(customer, whole=customer)
    if context["clear"]:
        sensitive = any(field.sensitive for field, _values in context["custom"])
        actions.note_opening(context["customer"], current_user, more=sensitive)
    return render_template("customers/show.html", **context)


@bp.get("/customers/<int:id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _edit_form(customer, formdata=None, obj=customer)
    form.tags.data = "，".join(tag.name for tag in customer.tags)
    if any(field.sensitive and values for field, values in form.held if field.name in form):
        actions.note_opening(customer, current_user, more=True)
    return render_template("customers/edit.html", form=form, customer=customer)


@bp.post("/customers/<int:id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _edit_form(customer)
    if not form.validate():
        return refused(form, "customers/edit.html", customer=customer)
    try:
        actions.update(customer, form.facts(), version=form.opened_version)
    except Stale:
        spoken = {**CODES, **custom_forms.words(form.held)}
        return stale(
            form, customer, "customers/edit.html", words=spoken, customer=customer,
            present=lambda: custom_forms.shown(custom_values.of_one(id)),
        )  # fmt: skip
    except RuleBroken as broken:
        return refused(form, "customers/edit.html", broken=broken, customer=customer)
    flash(_("Saved."), "success")
    return done(to=url_for(".show", id=id))


@bp.post("/customers/<int:id>/check")
@requires(Right.CUSTOMERS_EDIT)
def check(id: int) -> ResponseReturnValue:
    confirm(the(Customer, id, Right.CUSTOMERS_EDIT))
    flash(_("Noted: the file is still correct."), "success")
    return done(to=url_for(".show", id=id, _anchor="condition"))


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


def file_context(customer: Customer, *, whole: Customer | None = None, **more: Any) -> dict[str, Any]:
    """What the page of a file needs; `whole` is the customer with all its parts, if it was read just now."""
    whole, me = whole or queries.whole(customer.id), viewer()
    rights = queries.rights_over(customer, me)
    at_once, late = panels.panels("customer", whole, me, rights)
    return {
        "customer": whole,
        "rights": rights,
        "clear": Right.CUSTOMERS_CLEAR in rights,
        "panels": at_once,
        "late_panels": late,
        "rulings": rulings.rulings_of(whole),
        "may_ask_merge": merge_requests.may_ask(me),
        "may_ask_owner": owner_requests.may_ask(whole, me),
        "matters": open_matters.matters(whole, me, rights),
        "acts": panels.acts("customer", whole, rights),
        "elsewhere": queries.places_elsewhere(whole, me),
        "revealed": {},
        "state": queries.contact_state(whole),
        "hold": holds.hold_on(whole.id) if Right.CUSTOMERS_ERASE in rights else None,
        "condition": condition_of(whole),
        "custom": custom_values.shown_of(whole),
        "has_custom": custom_values.are_there(),
        "blocks": BLOCKS,
        "walk": walking.walk(whole, me, request.args.get("list", "")),
        **more,
    }


def _owned(form: NewForm) -> NewForm:
    form.owner.choices = choices.owner_choices(current_user, Right.CUSTOMERS_CREATE, nobody=True)
    return form


def _new_form() -> type[NewForm]:
    held = [(field, ()) for field in custom_values.fields()]
    return custom_forms.with_fields(NewForm, held, clear=True)


def _edit_form(customer: Customer, **given: Any) -> EditForm:
    """A masked field is no input: whoever does not see birthday and sensitive fields in clear does not edit them."""
    clear, held = (
        holds_right(customer, current_user, Right.CUSTOMERS_CLEAR),
        custom_values.of_one(customer.id),
    )
    form = custom_forms.with_fields(EditForm, held, clear=clear, customer=customer)(
        **given, data=custom_forms.shown(held)
    )
    if not clear:
        del form.birthday
    if "opened" in form and "formdata" in given:
        shown = custom_forms.shown([(field, values) for field, values in held if field.name in form])
        form["opened"].data = opened(shown)
    return form
