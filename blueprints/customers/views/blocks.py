"""Changing one block of a customer's file, on the file itself or on a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField

from blueprints.customers import actions, custom_forms, custom_values
from blueprints.customers.blocks import BLOCKS, CUSTOM, TAGS
from blueprints.customers.forms import EditForm, tag_names
from blueprints.customers.models import Customer
from blueprints.customers.views.customers import CODES
from core.conflicts import conflict, opened, opened_values, save
from core.errors import NotFound, Stale
from core.forms import TECHNICAL
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_blocks", __name__, url_prefix="/customers/<int:id>/blocks")
PAGE = "customers/block.html"
KEPT = TECHNICAL | {"opened"}


class TagsForm(EditForm):
    """A change of the tags; `opened` is what the form showed when it was opened."""

    opened = HiddenField()


@bp.get("/<string:name>")
@requires(Right.CUSTOMERS_EDIT)
def edit(id: int, name: str) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _form(customer, name, formdata=None, obj=customer)
    if name == TAGS:
        form.tags.data = _tags(customer)
    if "opened" in form:
        form["opened"].data = opened(_shown(customer, form, name))
    if any(field.sensitive and values for field, values in form.held if field.name in form):
        actions.note_opening(customer, current_user, more=True)
    return render_template(PAGE, form=form, **_context(customer, name))


@bp.post("/<string:name>")
@requires(Right.CUSTOMERS_EDIT)
def update(id: int, name: str) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _form(customer, name)

    def change() -> str:
        _check_tags(customer, form, name)
        actions.update(customer, form.facts(), version=_version(customer, form))
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    present = (lambda: _shown(customer, form, name)) if "opened" in form else None
    spoken = {**CODES, **custom_forms.words(form.held)}
    return save(form, customer, PAGE, change, words=spoken, present=present, **_context(customer, name))


def _form(customer: Customer, name: str, **given: Any) -> Any:
    """The form of a block: of all that can be changed just its own, and what is masked left out."""
    if name not in BLOCKS:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    clear = holds(customer, current_user, Right.CUSTOMERS_CLEAR)
    held = custom_values.of_one(customer.id) if name == CUSTOM else ()
    made = custom_forms.with_fields(
        TagsForm if name == TAGS else EditForm, held, clear=clear, customer=customer
    )
    form: Any = made(**given, data=custom_forms.shown(held))
    asked = [field.name for field in form.custom if custom_forms.is_asked(field, customer)]
    wanted = {*BLOCKS[name].fields, *asked, *KEPT}
    for other in [field.name for field in form if field.name not in wanted]:
        del form[other]
    if "birthday" in form and not clear:
        del form.birthday
    return form


def _version(customer: Customer, form: Any) -> int:
    """The version that the change is for: what others have changed in other blocks is no conflict."""
    version: int = form.opened_version
    if not version or conflict(form, customer).rows:
        return version
    return customer.version


def _check_tags(customer: Customer, form: Any, name: str) -> None:
    if name == TAGS and set(tag_names(opened_values(form).get("tags") or "")) != set(
        tag_names(_tags(customer))
    ):
        raise Stale(_("Somebody else has changed this file since you opened it."))


def _shown(customer: Customer, form: Any, name: str) -> dict[str, Any]:
    """What the form would show now of what is no column."""
    if name == TAGS:
        return {"tags": _tags(customer)}
    held = custom_values.of_one(customer.id)
    return custom_forms.shown([(field, values) for field, values in held if field.name in form])


def _tags(customer: Customer) -> str:
    return "，".join(tag.name for tag in customer.tags)


def _context(customer: Customer, name: str) -> dict[str, Any]:
    return {"customer": customer, "name": name, "block": BLOCKS[name]}
