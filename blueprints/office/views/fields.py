"""Custom fields: what an administrator has records asked for, without code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.office import custom_fields, defining, words
from blueprints.office.field_forms import field_form
from blueprints.office.models import CustomField
from core import conflicts, kinds
from core.errors import NotFound, RuleBroken
from core.forms import carry_out, done, refused
from core.kinds import Kind, the
from core.rights import Right, requires
from core.words import _

bp = Blueprint("fields", __name__, url_prefix="/admin/fields")
R = Right.OFFICE_SETTINGS


@bp.get("")
@requires(R)
def index() -> ResponseReturnValue:
    return render_template("office/fields/index.html", **index_context())


@bp.get("/new")
@requires(R)
def new() -> ResponseReturnValue:
    kind = _kind(request.args.get("kind", ""))
    form = field_form(kind, None, sent=False)
    return render_template("office/fields/new.html", form=form, kind=kind)


@bp.post("")
@requires(R)
def create() -> ResponseReturnValue:
    kind = _kind(request.form.get("kind", ""))
    form = field_form(kind, None, sent=True)

    def make() -> str:
        field = defining.create_field(kind.table, form.facts())
        flash(_("%(name)s is saved.", name=custom_fields.definition(field).label), "success")
        return url_for(".index")

    return carry_out(form, "office/fields/new.html", make, kind=kind)


@bp.get("/<int:id>/edit")
@requires(R)
def edit(id: int) -> ResponseReturnValue:
    field = the(CustomField, id, R)
    form = field_form(kinds.kind_of(field.record_table), field, sent=False)
    return render_template("office/fields/edit.html", form=form, **page_context(field))


@bp.post("/<int:id>")
@requires(R)
def update(id: int) -> ResponseReturnValue:
    field = the(CustomField, id, R)
    form, context = field_form(kinds.kind_of(field.record_table), field, sent=True), page_context(field)

    def change() -> str:
        defining.update_field(field, form.facts(), version=form["version"].data or 0)
        flash(_("%(name)s is saved.", name=custom_fields.definition(field).label), "success")
        return url_for(".index")

    return conflicts.save(form, field, "office/fields/edit.html", change, words=_WORDS, **context)


@bp.post("/<int:id>/place")
@requires(R)
def move(id: int) -> ResponseReturnValue:
    defining.move_field(the(CustomField, id, R), up=request.form.get("to") == "up")
    return done(to=url_for(".index", _anchor=f"field-{id}"))


@bp.post("/<int:id>/retirement")
@requires(R)
def retire(id: int) -> ResponseReturnValue:
    field = the(CustomField, id, R)
    defining.retire_field(field)
    label = custom_fields.definition(field).label
    flash(_("%(name)s is retired. Its values are kept, and hidden.", name=label), "success")
    return done(to=url_for(".index"))


@bp.post("/<int:id>/return")
@requires(R)
def bring_back(id: int) -> ResponseReturnValue:
    field = the(CustomField, id, R)
    try:
        defining.bring_field_back(field)
    except RuleBroken as broken:
        form = field_form(kinds.kind_of(field.record_table), field, sent=False)
        return refused(form, "office/fields/edit.html", broken=broken, **page_context(field))
    flash(_("%(name)s is back.", name=custom_fields.definition(field).label), "success")
    return done(to=url_for(".index"))


def index_context() -> dict[str, Any]:
    """What the list needs: each kind of record with its fields, those in use first."""
    found = [(kind, custom_fields.all_of(kind.table)) for kind in custom_fields.carrying()]
    return {"kinds": [(kind, sorted(fields, key=lambda field: field.retired)) for kind, fields in found]}


def page_context(field: CustomField) -> dict[str, Any]:
    """What the page of a field needs."""
    return {
        "field": field,
        "definition": custom_fields.definition(field),
        "used": bool(defining.values_used(field)),
    }


def _kind(name: str) -> Kind:
    """The kind of records that an address names, the first where it names none. Raises NotFound."""
    known = {kind.name: kind for kind in custom_fields.carrying()}
    found = known.get(name) if name else next(iter(known.values()), None)
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


_WORDS = {"type": words.FIELD_TYPES.get}
