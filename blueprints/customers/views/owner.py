"""Who looks after a customer: owner and helpers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import actions, choices, queries
from blueprints.customers.forms import HelpersForm, OwnerForm
from blueprints.customers.models import Customer
from core import conflicts, versions
from core.errors import RuleBroken, Stale
from core.forms import done, refused
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("customer_owner", __name__, url_prefix="/customers/<int:id>")


@bp.get("/owner")
@requires(Right.CUSTOMERS_SEE)
def edit(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_ASSIGN)
    opened = conflicts.opened(_owner(customer))
    form = _with_owners(OwnerForm(formdata=None, version=customer.version, opened=opened))
    return render_template("customers/owner.html", form=form, customer=customer)


@bp.post("/owner")
@requires(Right.CUSTOMERS_SEE)
def update(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_ASSIGN)
    form = _with_owners(OwnerForm())
    context: dict[str, Any] = {"customer": customer}
    if not form.validate():
        return refused(form, "customers/owner.html", **context)
    if "owner" not in form.values:  # two gave it away at once, and what the other one chose is to stay
        return done(to=url_for("customers.show", id=id))
    try:
        actions.check_version(customer, form.opened_version)
        actions.assign(
            customer, queries.owner_named(form.owner.data), by=current_user, reason=form.reason.data or ""
        )
    except Stale:
        return conflicts.stale_since_opened(
            form,
            customer,
            "customers/owner.html",
            present=lambda: _owner(the(Customer, id, Right.CUSTOMERS_ASSIGN)),
            words={"owner": _name},
            **context,
        )
    except RuleBroken as broken:
        return refused(form, "customers/owner.html", broken=broken, **context)
    flash(_("%(name)s has a new owner.", name=customer.shown_name), "success")
    seen = holds(customer, current_user, Right.CUSTOMERS_SEE)
    return done(to=url_for("customers.show", id=id) if seen else url_for("customers.index"))


@bp.get("/helpers")
@requires(Right.CUSTOMERS_EDIT)
def edit_helpers(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    return render_template(
        "customers/helpers.html",
        form=_with_people(HelpersForm(formdata=None, **_opened(customer)), customer),
        **_context(customer),
    )


@bp.post("/helpers")
@requires(Right.CUSTOMERS_EDIT)
def update_helpers(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT)
    form = _with_people(HelpersForm(), customer)
    if not form.validate():
        return refused(form, "customers/helpers.html", **_context(customer))
    try:
        versions.hold(customer)
        conflicts.check_opened(
            form, _helpers(customer), _("Somebody else has changed this file since you opened it.")
        )
    except Stale:
        return conflicts.stale_since_opened(
            form,
            customer,
            "customers/helpers.html",
            present=lambda: _helpers(the(Customer, id, Right.CUSTOMERS_EDIT)),
            words=dict.fromkeys(("readers", "writers"), _named(form)),
            **_context(customer),
        )
    chosen = {**_helpers(customer), **form.values}
    wanted = dict.fromkeys(chosen["readers"], False) | dict.fromkeys(chosen["writers"], True)
    actions.set_helpers(customer, wanted)
    flash(_("Helpers saved."), "success")
    return done(to=url_for("customers.show", id=id))


def _context(customer: Customer) -> dict[str, Any]:
    return {"customer": customer}


def _owner(customer: Customer) -> dict[str, Any]:
    """What the form shows of a customer."""
    return {"owner": customer.owner.username if customer.owner else None}


def _name(username: str | None) -> str:
    owner = queries.owner_named(username)
    return owner.name if owner else ""


def _with_owners(form: OwnerForm) -> OwnerForm:
    form.owner.choices = choices.owner_choices(current_user, Right.CUSTOMERS_ASSIGN)
    return form


def _with_people(form: HelpersForm, customer: Customer) -> HelpersForm:
    form.readers.choices = form.writers.choices = choices.possible_helpers(customer)
    return form


def _opened(customer: Customer) -> dict[str, Any]:
    shown = _helpers(customer)
    return {"version": customer.version, "opened": conflicts.opened(shown), **shown}


def _helpers(customer: Customer) -> dict[str, list[int]]:
    """What the form shows: who helps by reading, and who also by editing."""
    return {
        "readers": [h.user_id for h in customer.helpers if not h.may_write],
        "writers": [h.user_id for h in customer.helpers if h.may_write],
    }


def _named(form: HelpersForm) -> Callable[[list[int] | None], str]:
    """Ids of helpers in words."""
    names = {id: name for id, name, *_more in form.readers.choices}
    return lambda ids: _(", ").join(str(names.get(id, id)) for id in ids or ())
