"""Relations of a customer with others: all of them, and noting, changing, ending and removing one."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import family, relations, rules, words
from blueprints.customers.forms import EditRelationForm, NewRelationForm
from blueprints.customers.models import Customer
from blueprints.customers.relations import Side
from core import kinds
from core.conflicts import save
from core.errors import NotFound, Refused
from core.forms import done, make_once
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_relations", __name__, url_prefix="/customers/<int:id>/relations")
PICK, NEW, EDIT = (
    "customers/relation_pick.html",
    "customers/relation_new.html",
    "customers/relation_edit.html",
)


@bp.get("")
@requires(Right.CUSTOMERS_SEE)
def index(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_SEE)
    page = relations.page_of(customer, current_user, request.args.get("after"))
    may_edit = holds(customer, current_user, Right.CUSTOMERS_EDIT)
    of_family = family.size(customer, current_user) if page.sides else None
    return render_template(
        "customers/relations.html", customer=customer, page=page, may_edit=may_edit, of_family=of_family
    )


@bp.get("/new")
@requires(Right.CUSTOMERS_EDIT)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    if request.args.get("other"):
        other = _other(request.args["other"])
        form = _offered(NewRelationForm(formdata=None, other=str(other.id)), customer, other)
        return render_template(NEW, form=form, customer=customer, other=other)
    q = request.args.get("q", "").strip()[:200]
    found = relations.to_relate(customer, current_user, q)
    return render_template(PICK, customer=customer, q=q, found=found)


@bp.post("")
@requires(Right.CUSTOMERS_EDIT)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    other = _other(request.form.get("other", ""))
    form = _offered(NewRelationForm(), customer, other)

    def relate() -> str:
        relations.relate(customer, other, form.values)
        flash(_("The relation with %(name)s is on file now.", name=other.shown_name), "success")
        return url_for("customers.show", id=id)

    return make_once(form, NEW, relate, customer=customer, other=other)


@bp.get("/<int:relation_id>/edit")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int, relation_id: int) -> ResponseReturnValue:
    customer, side = _side(id, relation_id)
    form = EditRelationForm(formdata=None, obj=side.relation)
    return render_template(EDIT, form=form, customer=customer, side=side)


@bp.post("/<int:relation_id>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int, relation_id: int) -> ResponseReturnValue:
    customer, side = _side(id, relation_id)
    form = EditRelationForm()

    def change() -> str:
        relations.change(side.relation, form.values, version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return save(form, side.relation, EDIT, change, customer=customer, side=side)


@bp.post("/<int:relation_id>/ending")
@requires(Right.CUSTOMERS_EDIT)
def end(id: int, relation_id: int) -> ResponseReturnValue:
    _customer, side = _side(id, relation_id)
    relations.end(side.relation)
    flash(_("The relation with %(name)s is over as of today.", name=side.other.shown_name), "success")
    return done(to=url_for("customers.show", id=id))


@bp.post("/<int:relation_id>/deletion")
@requires(Right.CUSTOMERS_EDIT)
def delete(id: int, relation_id: int) -> ResponseReturnValue:
    _customer, side = _side(id, relation_id)
    relations.remove(side.relation)
    flash(_("The relation with %(name)s is removed.", name=side.other.shown_name), "success")
    return done(to=url_for("customers.show", id=id))


def _side(id: int, relation_id: int) -> tuple[Customer, Side]:
    """A relation through both of its files: it is a fact of the one as of the other."""
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    side = relations.the_relation(customer, relation_id, current_user)
    if side is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    if not holds(side.other, current_user, Right.CUSTOMERS_EDIT):
        raise Refused(kinds.refusal(Right.CUSTOMERS_EDIT))
    return customer, side


def _other(text: str) -> Customer:
    """The other side that an address or a form names, taken like the file itself."""
    number = int(text) if text.isdecimal() and len(text) < 19 else 0
    return the(Customer, number, Right.CUSTOMERS_EDIT)


def _offered(form: NewRelationForm, customer: Customer, other: Customer) -> NewRelationForm:
    roles = rules.relation_roles(customer.kind, other.kind)
    form.role.choices = [("", "—"), *((role, words.ROLES[role]) for role in roles)]
    return form
