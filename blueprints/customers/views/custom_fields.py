"""Sensitive custom fields of a customer, shown to somebody who says why."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from blueprints.customers import custom_values
from blueprints.customers.forms import RevealForm
from blueprints.customers.models import Customer
from blueprints.customers.views.customers import file_context
from core.forms import refused
from core.kinds import the
from core.rights import Right, requires

bp = Blueprint("customer_fields", __name__, url_prefix="/customers/<int:id>/fields")


@bp.get("/<int:field_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL)
def ask_reason(id: int, field_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL)
    definition, _values = custom_values.the_sensitive(customer, field_id)
    form = RevealForm(formdata=None)
    return render_template("customers/reveal_field.html", form=form, customer=customer, definition=definition)


@bp.post("/<int:field_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL)
def reveal(id: int, field_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL)
    definition, values = custom_values.the_sensitive(customer, field_id)
    form = RevealForm()
    if not form.validate():
        return refused(form, "customers/reveal_field.html", customer=customer, definition=definition)
    custom_values.note_reveal(customer, definition, reason=form.reason.data or "")
    return render_template(
        "customers/show.html", **file_context(customer, revealed={definition.name: values})
    )
