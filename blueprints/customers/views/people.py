"""Contact persons of a customer and the ways to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import actions, namesakes, queries, readings, words
from blueprints.customers.forms import RevealForm
from blueprints.customers.models import Affiliation, ContactPoint, Customer, Person
from blueprints.customers.namesakes import Alike
from blueprints.customers.parts import the_part
from blueprints.customers.people_forms import EditPersonForm, EditPointForm, NewPersonForm, PointForm
from blueprints.customers.views.customers import file_context
from core import conflicts, versions
from core.errors import RuleBroken
from core.forms import carry_out, done, refused
from core.kinds import holds, the
from core.rights import Right, requires
from core.words import _

OF_PERSON = (
    "name", "form_of_address", "note", "preferred_channel", "preferred_time", "language", "likes", "taboos",
)  # fmt: skip
ANEW = "new"
CODES = {
    "decision_role": words.DECISION_ROLES.get,
    "preferred_channel": words.CHANNELS.get,
    "kind": words.POINT_KINDS.get,
    "primary": words.yes_or_no,
    "bad": words.yes_or_no,
}

bp = Blueprint("customer_people", __name__, url_prefix="/customers/<int:id>")


@bp.get("/people/new")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def new(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    form = NewPersonForm(formdata=None)
    del form.same_as
    return render_template("customers/person.html", form=form, customer=customer, place=None)


@bp.post("/people")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def create(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    form = NewPersonForm()
    found = _offer(form, namesakes.alike(customer, form.values, by=current_user))

    def add() -> str:
        chosen = form.values.get("same_as")
        if found and not chosen:
            raise RuleBroken(_("Somebody like this is on file already. Say whether it is them."), "same_as")
        if chosen in found:
            actions.affiliate(customer, found[chosen], form.values)
        else:
            actions.add_person(customer, form.values)
        flash(_("%(name)s is on file now.", name=form.name.data), "success")
        return url_for("customers.show", id=id)

    return carry_out(form, "customers/person.html", add, customer=customer, place=None)


@bp.get("/people/<int:place_id>/edit")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def edit(id: int, place_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    place = the_part(customer, Affiliation, place_id)
    form = EditPersonForm(formdata=None, obj=place, data=_of_person(place))
    form.opened.data = conflicts.opened(_of_person(place))
    return render_template("customers/person.html", form=form, customer=customer, place=place)


@bp.post("/people/<int:place_id>")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def update(id: int, place_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    place = the_part(customer, Affiliation, place_id)
    form = EditPersonForm()

    def change() -> str:
        versions.hold(place.person)
        conflicts.check_opened(
            form, _of_person(place), _("Somebody else has changed this since you opened it.")
        )
        actions.change_person(customer, place, form.values, version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return conflicts.save(
        form,
        place,
        "customers/person.html",
        change,
        words=CODES,
        present=lambda: _of_person(place),
        told_by=place.person,
        customer=customer,
        place=place,
    )


@bp.post("/people/<int:place_id>/deletion")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def delete(id: int, place_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    place = the_part(customer, Affiliation, place_id)
    name = place.person.name
    actions.remove_person(customer, place)
    flash(_("%(name)s is no longer on this file.", name=name), "success")
    return done(to=url_for("customers.show", id=id))


@bp.get("/points/new")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def new_point(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    form = _with_people(PointForm(formdata=None, person=request.args.get("person", "")), customer)
    return render_template("customers/point.html", form=form, customer=customer, point=None)


@bp.post("/points")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def create_point(id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    form = _with_people(PointForm(), customer)

    def add() -> str:
        person = next((a.person for a in customer.affiliations if str(a.person_id) == form.person.data), None)
        actions.add_point(
            customer, form.value.data or "", kind=form.kind.data, person=person, label=form.label.data,
            added_by=form.added_by.data,
        )  # fmt: skip
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return carry_out(form, "customers/point.html", add, customer=customer, point=None)


@bp.get("/points/<int:point_id>/edit")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def edit_point(id: int, point_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    point = the_part(customer, ContactPoint, point_id)
    form = _point_form(customer, EditPointForm(formdata=None, obj=point))
    if "value" in form:
        actions.note_opening(customer, current_user)
    return render_template("customers/point.html", form=form, customer=customer, point=point)


@bp.post("/points/<int:point_id>")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def update_point(id: int, point_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    point = the_part(customer, ContactPoint, point_id)
    form = _point_form(customer, EditPointForm())

    def change() -> str:
        actions.change_point(customer, point, form.values, version=form.opened_version)
        flash(_("Saved."), "success")
        return url_for("customers.show", id=id)

    return conflicts.save(
        form, point, "customers/point.html", change, words=CODES, customer=customer, point=point
    )


@bp.post("/points/<int:point_id>/deletion")
@requires(Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS)
def delete_point(id: int, point_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_EDIT_POINTS)
    actions.remove_point(customer, the_part(customer, ContactPoint, point_id))
    flash(_("The contact point is off the file."), "success")
    return done(to=url_for("customers.show", id=id))


@bp.get("/points/<int:point_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL)
def ask_reason(id: int, point_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL)
    point = the_part(customer, ContactPoint, point_id)
    return render_template(
        "customers/reveal.html", form=RevealForm(formdata=None), customer=customer, point=point
    )


@bp.post("/points/<int:point_id>/reveal")
@requires(Right.CUSTOMERS_REVEAL)
def reveal(id: int, point_id: int) -> ResponseReturnValue:
    customer = the(Customer, id, Right.CUSTOMERS_REVEAL)
    point = the_part(customer, ContactPoint, point_id)
    form = RevealForm()
    if not form.validate():
        return refused(form, "customers/reveal.html", customer=customer, point=point)
    readings.note_reveal(customer, point, reason=form.reason.data or "")
    return render_template("customers/show.html", **file_context(customer, revealed={point.id: point.value}))


def _with_people(form: PointForm, customer: Customer) -> PointForm:
    people = [(str(place.person_id), place.person.name) for place in customer.affiliations]
    form.person.choices = [("", queries.nobody()), *people]
    return form


def _offer(form: NewPersonForm, alike: Sequence[Alike]) -> dict[str, Person]:
    """Let it be chosen who is meant; answers the persons by what is sent for them."""
    if alike:
        known = [(str(each.person.id), _("It is %(who)s", who=each.words)) for each in alike]
        form.same_as.choices = [*known, (ANEW, _("Somebody else: put a new person on file"))]
    else:
        del form.same_as
    return {str(each.person.id): each.person for each in alike}


def _of_person(place: Affiliation) -> dict[str, Any]:
    """What the form shows of the person themselves, wherever else they have a place."""
    return {name: getattr(place.person, name) for name in OF_PERSON}


def _point_form(customer: Customer, form: EditPointForm) -> EditPointForm:
    """Who does not see the value in clear may mark it as bad, and neither reads nor overwrites it."""
    del form.person
    if not holds(customer, current_user, Right.CUSTOMERS_CLEAR):
        del form.value, form.kind
    return form
