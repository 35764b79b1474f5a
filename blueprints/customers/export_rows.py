"""A customer as rows of a file: one for each contact person, what is the customer's own in the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from blueprints.customers import import_cells, import_days, special_days
from blueprints.customers.export_columns import HEADER, Wording
from blueprints.customers.models import Affiliation, ContactPoint, Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.customers.rules import PHONE_KINDS, POINT_KINDS
from core import converting
from core.masking import masked
from core.names import shadow

_MASKS: dict[str, Literal["phone", "mail"]] = {**dict.fromkeys(PHONE_KINDS, "phone"), "email": "mail"}
_PREFERENCES = ("preferred_time", "language", "likes", "taboos", "note")
# What names the customer also in the rows of further contact persons; nothing else does, so that who changes the
# first row changes the customer
_NAMING = ("number", "name")
OF_CUSTOMER = frozenset(
    name
    for name in HEADER
    if not name.startswith(("person_", "company_"))
    and name not in ("point_labels", "bad_points", "point_accounts")
)


def rows(
    customer: Customer, wording: Wording, days: Sequence[SpecialDay] = (), *, clear: bool
) -> list[list[str]]:
    """The rows of one customer, with their special days, in the columns of HEADER; numbers masked unless `clear`."""
    here = {place.person_id for place in customer.affiliations}
    own = [point for point in customer.points if point.person_id not in here]
    places: list[Affiliation | None] = [*customer.affiliations]
    if not places or _is_the_customer(customer, places[0]):
        places.insert(0, None)
    theirs = [(day.person_id if day.person_id in here else None, day) for day in days]
    return [
        _cells(customer, place, own if not number else [], wording, theirs, clear=clear, first=not number)
        for number, place in enumerate(places)
    ]


def _is_the_customer(customer: Customer, place: Affiliation | None) -> bool:
    """Whether a contact person bears the name of the person who is the customer: an import takes both for one."""
    return (
        customer.kind == "person"
        and place is not None
        and shadow(place.person.name, company=False) == shadow(customer.name, company=False)
    )


def _cells(
    customer: Customer, place: Affiliation | None, own: Sequence[ContactPoint], wording: Wording,
    days: Sequence[tuple[int | None, SpecialDay]], *, clear: bool, first: bool,
) -> list[str]:  # fmt: skip
    theirs = [point for point in customer.points if place is not None and point.person_id == place.person_id]
    said: dict[str, Any] = _of_customer(customer, wording, clear) if first else _naming(customer)
    said |= _of_person(place, wording) if place is not None else {}
    said |= dict(_points("company", own, clear)) | dict(_points("person", theirs, clear))
    if first:
        said["special_days"] = _days([day for whose, day in days if whose is None], wording, clear)
    if place is not None:
        mine = [day for whose, day in days if whose == place.person_id]
        said["person_special_days"] = _days(mine, wording, clear)
    if clear:
        said |= _remarks([*own, *theirs])
    return [str(said.get(name) or "") for name in HEADER]


def _naming(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in _NAMING}


def _of_customer(customer: Customer, wording: Wording, clear: bool) -> dict[str, Any]:
    owner, team = customer.owner, customer.team
    plain = {name: getattr(customer, name, None) for name in OF_CUSTOMER}
    birthday = str(customer.birthday) if customer.birthday else ""
    special = {
        "relationship": customer.relationship_kind,
        "owner": wording.owners.get(owner.id, owner.username) if owner else "",
        "team": wording.teams.get(team.id, team.slug) if team else "",
        "helpers": _helpers(customer, wording, may_write=False),
        "editing_helpers": _helpers(customer, wording, may_write=True),
        "birthday": birthday if clear else masked("birthday", birthday),
        "do_not_contact": "、".join(wording.value("do_not_contact", code) for code in customer.forbidden),
        "tags": converting.joined([tag.name for tag in customer.tags], import_cells.tags),
        "last_contact": customer.last_contact_on,
        "next_contact": customer.next_contact_on,
    }
    return {name: _worded(wording, name, value) for name, value in (plain | special).items()}


def _helpers(customer: Customer, wording: Wording, *, may_write: bool) -> str:
    helping = [helper.user for helper in customer.helpers if helper.may_write == may_write]
    return converting.joined([wording.owners.get(user.id, user.username) for user in helping])


def _worded(wording: Wording, column: str, value: Any) -> Any:
    return wording.value(column, value) if isinstance(value, str) else value


def _of_person(place: Affiliation, wording: Wording) -> dict[str, Any]:
    person = place.person
    return {
        "person_name": person.name,
        "person_title": person.form_of_address,
        "person_position": place.position,
        "person_department": place.department,
        "person_role": wording.value("person_role", place.decision_role or ""),
        "person_preferred_channel": wording.value("person_preferred_channel", person.preferred_channel or ""),
        **{f"person_{name}": getattr(person, name) for name in _PREFERENCES},
    }


def _days(days: Sequence[SpecialDay], wording: Wording, clear: bool) -> str:
    """What the day is, when, and what is noted of it."""
    if days and not clear:
        return masked("birthday", str(days[0].month))
    parts = [
        [wording.value("special_days", day.kind), import_days.written(special_days.when(day)), day.remark]
        for day in days
    ]
    return converting.joined([": ".join(filter(None, part)) for part in parts])


def _points(whose: str, points: Iterable[ContactPoint], clear: bool) -> Iterator[tuple[str, str]]:
    for kind in POINT_KINDS:
        values = [point.value for point in points if point.kind == kind]
        if clear:
            yield f"{whose}_{kind}", converting.joined(values, _splitter(kind))
        else:
            yield f"{whose}_{kind}", "、".join(masked(_MASKS.get(kind, "other"), value) for value in values)


def _splitter(kind: str) -> Any:
    return converting.numbers if kind in PHONE_KINDS else converting.several


def _remarks(points: Sequence[ContactPoint]) -> Mapping[str, str]:
    """What is noted of points; a label behind the point that it belongs to."""
    labels = [f"{point.value}: {point.label}" for point in points if point.label]
    return {
        "point_labels": converting.joined(labels),
        "point_accounts": converting.joined(
            [f"{point.value}: {point.added_by}" for point in points if point.added_by]
        ),
        "bad_points": converting.joined([point.value for point in points if point.bad]),
    }
