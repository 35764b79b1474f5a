"""Contact persons of a customer and the ways to reach them: put on the file, changed, taken off it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from blueprints.customers import consents, rules, search
from blueprints.customers.models import Affiliation, ContactPoint, Customer, Person
from core import changes, versions
from core.db import db
from core.errors import RuleBroken
from core.words import _

_OF_PERSON = (
    "name", "form_of_address", "note", "preferred_channel", "preferred_time", "language", "likes", "taboos",
)  # fmt: skip
_OF_PLACE = ("position", "department", "decision_role")


def add_point(
    customer: Customer, value: str, *, kind: str, person: Person | None = None, label: str | None = None,
    added_by: str | None = None,
) -> ContactPoint:  # fmt: skip
    """Note a way to reach the customer or one of their people. Raises RuleBroken for one that cannot be used."""
    changes.record("customer.updated")
    rules.check_added_by(kind, added_by)
    point = _point(customer, value, kind=kind, person=person, label=label)
    point.added_by = added_by or None
    search.refresh([customer.id])
    return point


def _point(
    customer: Customer, value: str, *, kind: str, person: Person | None, label: str | None = None
) -> ContactPoint:
    point = ContactPoint(customer_id=customer.id, person=person, kind=kind, label=label)
    search.fill_point(point, value)
    consents.check_points(customer, person)
    if len(customer.points) >= rules.MOST_POINTS:
        raise RuleBroken(_("A file holds at most %(n)s contact points.", n=rules.MOST_POINTS), "value")
    if any(p.kind == point.kind and p.normal == point.normal for p in customer.points):
        raise RuleBroken(_("This contact point is on the file already."), "value")
    customer.points.append(point)
    return point


def change_point(
    customer: Customer, point: ContactPoint, values: Mapping[str, Any], *, version: int | None = None
) -> None:
    """Change a contact point; a value that was not sent stays. Raises Stale if it has another version by now."""
    changes.record("customer.updated")
    if version is not None:
        versions.check(point, version, _("Somebody else has changed this since you opened it."))
    point.label = values.get("label", point.label)
    point.bad = values.get("bad", point.bad)
    if values.get("value"):
        point.kind = values.get("kind") or point.kind
        search.fill_point(point, values["value"])
    point.added_by = values.get("added_by", point.added_by) or None
    rules.check_added_by(point.kind, point.added_by)
    search.refresh([customer.id])


def remove_point(customer: Customer, point: ContactPoint) -> None:
    """Take a contact point off the file."""
    changes.record("customer.updated")
    customer.points.remove(point)
    db.session.delete(point)
    search.refresh([customer.id])


def add_person(customer: Customer, values: Mapping[str, Any]) -> Person:
    """Note a contact person with their place at the customer, and a phone and mail if given."""
    changes.record("customer.updated")
    person = Person(customer_id=customer.id)
    _set(person, values, _OF_PERSON)
    db.session.add(person)
    _place(customer, person, values)
    add_points(customer, values, person)
    search.refresh([customer.id])
    return person


def add_points(customer: Customer, values: Mapping[str, Any], person: Person | None = None) -> None:
    """Phone and mail of a form that has a field for each. Raises RuleBroken that names the field."""
    for kind in ("phone", "email"):
        if values.get(kind):
            try:
                _point(customer, values[kind], kind=kind, person=person)
            except RuleBroken as broken:
                raise RuleBroken(broken.message, kind) from broken


def affiliate(customer: Customer, person: Person, values: Mapping[str, Any]) -> Affiliation:
    """Give a person who is on file a place at a customer too; the first one is the first contact person.

    What is known of the person stays; what `values` says beyond it is added, as are a phone and mail, to this file.
    """
    changes.record("customer.updated")
    place = _place(customer, person, values)
    _set(person, {name: getattr(person, name) or values.get(name) for name in _OF_PERSON}, _OF_PERSON)
    add_points(customer, values, person)
    search.refresh([customer.id])
    return place


def _place(customer: Customer, person: Person, values: Mapping[str, Any]) -> Affiliation:
    if any(place.person_id == person.id for place in customer.affiliations):
        raise RuleBroken(_("This person is on the file already."), "name")
    place = Affiliation(person=person, primary=not customer.affiliations)
    _set(place, values, _OF_PLACE)
    customer.affiliations.append(place)
    return place


def change_person(
    customer: Customer, place: Affiliation, values: Mapping[str, Any], *, version: int | None = None
) -> None:
    """Change a contact person and their place at this customer. Raises Stale if that has another version by now."""
    changes.record("customer.updated")
    if version is not None:
        versions.check(place, version, _("Somebody else has changed this since you opened it."))
    _set(place.person, values, _OF_PERSON)
    _set(place, values, _OF_PLACE)
    if values.get("primary"):
        for other in customer.affiliations:
            other.primary = other is place
    search.refresh([customer.id])


def remove_person(customer: Customer, place: Affiliation) -> None:
    """End a person's place at this customer; their numbers here go with it."""
    changes.record("customer.updated")
    for point in [p for p in customer.points if p.person_id == place.person_id]:
        customer.points.remove(point)
        db.session.delete(point)
    customer.affiliations.remove(place)
    db.session.delete(place)
    search.refresh([customer.id])


def _set(row: Person | Affiliation, values: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if name in values:
            setattr(row, name, values[name] or None)
