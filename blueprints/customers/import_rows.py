"""A row of a customer list, read: what it says of the customer, person, points, tags and custom fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from blueprints.customers import (
    custom_values,
    import_addresses,
    import_cells,
    import_countries,
    import_custom,
    import_fields,
    import_labels,
    import_reaches,
    search,
)
from blueprints.customers.import_days import Day
from blueprints.customers.import_labels import Labelled
from blueprints.customers.import_people import DETAILS, NUMBERS, prefix_of
from blueprints.customers.import_reaches import Reach
from blueprints.customers.models import Customer
from blueprints.customers.search import Typed
from blueprints.customers.words import FIELDS as LABELS
from blueprints.customers.yearly import Yearly
from blueprints.office.custom_fields import Definition
from core import importextras
from core.countries import region_of
from core.csvfiles import Row
from core.folding import HAN
from core.importing import Finding, Severity, emptied, read_row, text_of
from core.importways import Way
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.names import shadow
from core.rowkeys import Key, keys_of
from core.words import _l

# fmt: off
_COLUMNS = frozenset({
    "number", "name", "short_name", "kind", "relationship", "tier", "intent", "status", "lost_reason",
    "source", "industry", "size", "website", "credit_code", "country", "province", "city", "district",
    "address", "postal_code", "gender", "birthday", "preferred_channel", "preferred_time", "language", "likes",
    "taboos", "note",
})
# fmt: on
# What an empty cell may empty on file, and what stands there then.
_EMPTY = dict.fromkeys(
    (
        "short_name",
        "source",
        "industry",
        "size",
        "website",
        "credit_code",
        "country",
        "province",
        "city",
        "district",
        "address",
        "postal_code",
        "gender",
        "birthday",
        "preferred_channel",
        "preferred_time",
        "language",
        "likes",
        "taboos",
        "note",
    )
) | {"tier": "none", "intent": "none"}  # fmt: skip
PLACE = {
    "person_title": "form_of_address", "person_position": "position", "person_department": "department",
    "person_role": "decision_role", "person_preferred_channel": "preferred_channel",
    "person_preferred_time": "preferred_time", "person_language": "language", "person_likes": "likes",
    "person_taboos": "taboos", "person_note": "note",
}  # fmt: skip
# Field → kind of contact point. Those not of the company belong to the contact person where one is named.
_KINDS = ("phone", "mobile", "email", "wechat", "wecom", "qq", "fax")
_FURTHER = tuple(map(prefix_of, NUMBERS))
_WHOSE = ("", "person_", "company_", *_FURTHER)
_POINTS = {f"{whose}{kind}": kind for whose in _WHOSE for kind in _KINDS}
_OF_THE_COMPANY = frozenset({"phone", "fax"})
_NAMED = frozenset(f"{whose}{kind}" for whose in _FURTHER for kind in _KINDS)
_PHONES = tuple(f"{whose}{kind}" for whose in _WHOSE for kind in ("phone", "mobile"))
_MAILS = tuple(f"{whose}email" for whose in _WHOSE)
# What no file is without, so that a row of ours without them says nothing of the customer but who it is
_ALWAYS = frozenset({"kind", "relationship", "status"})
_HAN = re.compile(f"[{HAN}]")


class Someone(NamedTuple):
    """A contact person whom a row names: how their fields begin, the shadow of the name, name and further columns."""

    prefix: str
    key: str
    details: dict[str, Any]


@dataclass
class Candidate:
    """What a row wants: the columns of customers that it fills, and all that hangs on them.

    `people` are those whom it names, with their columns of person and place. `owner`
    and `team` are as written. `places` tells which column fills a field. `personal`: it is a person's file.
    `extra`: values of fields that other areas read (importextras.py). `way` says how it is to be taken.
    `helpers`: whether they may edit, by who is written. `addresses` are further ones by what they are called, empty
    ones too. `emptied_points`: kinds of points, and whose, of which the customer is to have none any more. `region`:
    the country that the row names, by whose rules its numbers are read.
    """

    row: Row
    places: Mapping[str, str]
    way: Way
    values: dict[str, Any] = field(default_factory=dict)
    people: list[Someone] = field(default_factory=list)
    points: list[Reach] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    custom: import_custom.Given = field(default_factory=list)
    forbids: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    owner: str = ""
    team: str = ""
    personal: bool = False
    shadow: str = ""
    keys: list[Key] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)
    helpers: dict[str, bool] = field(default_factory=dict)
    emptied_tags: bool = False
    emptied_points: set[tuple[str, str]] = field(default_factory=set)
    region: str = ""

    @property
    def name(self) -> str:
        """The name of the customer, empty if the row could not be read."""
        return str(self.values.get("name", ""))

    @property
    def label(self) -> str:
        """What the row is called: the customer, or what stands in the place of the name."""
        return self.name or self._cell("name") or self._cell("number") or self._cell("credit_code")

    def _cell(self, target: str) -> str:
        return self.row.cells.get(self.places.get(target, ""), "").strip()[:120]

    @property
    def is_refused(self) -> bool:
        return any(finding.severity is Severity.REFUSED for finding in self.findings)

    def refuse(self, message: Any, target: str | None = None) -> None:
        """Note why the row is not taken, beside the column of a field if one is named."""
        self.findings.append(Finding(message, self.places.get(target or ""), target))

    def warn(self, message: Any, target: str | None = None) -> None:
        """Note something doubtful."""
        self.findings.append(Finding(message, self.places.get(target or ""), target, Severity.WARNING))


def read(rows: Iterable[Row], columns: Columns, way: Way) -> Iterator[Candidate]:
    """The rows under a mapping, and how they are to be taken."""
    places = {name: column for column, name in reversed(columns.columns.items())}
    further = [column for column, name in columns.columns.items() if name == import_addresses.FIELD]
    addresses = import_addresses.grouped(further)
    personal = import_fields.is_personal(places.get("name", ""), columns.columns.values())
    custom = {definition.name: definition for definition in custom_values.fields()}
    mapped = {*columns.columns.values()}
    fields = [target for target in import_fields.readable() if target.name in mapped]
    extra = frozenset(target.name for target in importextras.fields())
    labelled = Labelled.of(columns, fields, _POINTS)
    return (
        _read(row, columns, places, personal, way, fields, custom, extra, addresses, labelled) for row in rows
    )


def _read(
    row: Row, columns: Columns, places: Mapping[str, str], personal: bool, way: Way, fields: Sequence[Field],
    custom: Mapping[str, Definition], extra: Collection[str], addresses: Mapping[str, Sequence[str]],
    labelled: Labelled,
) -> Candidate:  # fmt: skip
    region = import_countries.of_row(row, columns)
    found, findings = read_row(import_countries.uncounted(row, region), columns, fields, way.days)
    wanted = Candidate(row, places, way, findings=findings, region=region)
    if row.problem is not None:
        return wanted
    values = {name: value for name, value in found.items() if value}
    _give_address(wanted, values)
    wanted.values = {name: value for name, value in values.items() if name in _COLUMNS}
    if isinstance(born := wanted.values.get("birthday"), Yearly):
        del wanted.values["birthday"]
        wanted.days.append(Day("birthday", born))
    wanted.custom = import_custom.given(values, custom)
    wanted.tags, wanted.owner, wanted.team = (
        values.get("tags", []),
        values.get("owner", ""),
        values.get("team", ""),
    )
    wanted.extra = {name: value for name, value in values.items() if name in extra}
    for called, named in addresses.items():
        wanted.addresses[called] = import_addresses.written([text_of(row, column) for column in named])
    wanted.helpers = dict.fromkeys(values.get("helpers", ()), False)
    wanted.helpers |= dict.fromkeys(values.get("editing_helpers", ()), True)
    wanted.forbids = values.get("do_not_contact", [])
    person = _person_name(values)
    told = bool(way.telling() & values.keys())
    nameless = "name" not in values and not told
    wanted.personal = values.get("kind", "person" if personal or nameless else "") == "person"
    if not told:
        _give_name(wanted, person)
    _give_person(wanted, values, person)
    _give_further_people(wanted, values)
    _give_points(wanted, values)
    labelled.give(row, [reach.point for reach in wanted.points], wanted.warn)
    import_reaches.read_abroad(wanted.points, region)
    _give_days(wanted, values)
    wanted.shadow = shadow(wanted.name)
    wanted.keys = way.keys(_keys(wanted, values), wanted.shadow, values.get("credit_code"))
    wanted.keys = import_reaches.keys_abroad(wanted.keys, wanted.points)
    if way.clear and not _is_further(columns, values):
        _empty(wanted, emptied(row, columns), custom, {*columns.columns.values()})
    return wanted


def _give_address(wanted: Candidate, values: dict[str, Any]) -> None:
    """The further lines of the address go behind its first."""
    lines = values.pop(import_addresses.LINE, ())
    if not lines:
        return
    whole = import_addresses.written([values.get("address", ""), *lines])
    if len(whole) > import_cells.length(Customer, "address"):
        wanted.refuse(import_cells.too_long(whole, import_cells.length(Customer, "address")), "address")
    else:
        values["address"] = whole


def settle_country(wanted: Candidate, country: str | None) -> None:
    """Read the numbers of a row that names no country by the rules of that of its customer."""
    if not wanted.region and (region := region_of(country)):
        wanted.region = region
        import_reaches.read_abroad(wanted.points, region)
        wanted.keys = import_reaches.keys_abroad(wanted.keys, wanted.points)


def _empty(
    wanted: Candidate, empty: Collection[str], custom: Mapping[str, Definition], mapped: Collection[str]
) -> None:
    """Let the row take away what its empty cells stand for; people stay, for nobody says that they left."""
    wanted.values |= {
        name: value
        for name, value in _EMPTY.items()
        if name in empty and (name != "address" or "address" not in wanted.values)
    }
    wanted.custom += [(definition, []) for name, definition in custom.items() if name in empty]
    wanted.emptied_tags = "tags" in empty
    for one in wanted.people:
        columns = (place for place in PLACE if f"{one.prefix}{place.removeprefix('person_')}" in empty)
        one.details.update((PLACE[place], None) for place in columns)
    keys = {one.prefix: one.key for one in wanted.people}
    for place in (place for place in _POINTS if place in empty):
        kind, prefix = _POINTS[place], place.removesuffix(_POINTS[place])
        if prefix in ("", "company_"):
            own = "" if prefix or place in _OF_THE_COMPANY else keys.get("person_", "")
            wanted.emptied_points |= {(kind, own)}
        elif prefix in keys:
            wanted.emptied_points |= {(kind, keys[prefix])}
        if kind == "phone" and not any(_POINTS.get(other) == "mobile" for other in mapped):
            wanted.emptied_points |= {("mobile", whose) for whose in _owners(prefix, keys)}
    wanted.emptied_points -= {(reach.point.kind, reach.whose) for reach in wanted.points}


def _owners(prefix: str, keys: Mapping[str, str]) -> set[str]:
    """Whose a mobile number in a column of phones is."""
    if prefix == "company_":
        return {""}
    if not prefix:
        return {keys.get("person_", "")}
    return {keys[prefix]} if prefix in keys else set()


def _is_further(columns: Columns, values: Mapping[str, Any]) -> bool:
    """Whether the row only adds a contact person to a customer whom another row tells of, as our own exports do."""
    return set(columns.columns.values()) >= _ALWAYS and not _ALWAYS & values.keys()


def _keys(wanted: Candidate, values: Mapping[str, Any]) -> list[Key]:
    """The keys of the row, the strongest first: a credit code tells more than a name alone."""
    keys = keys_of({**values, "name": wanted.name}, phones=_PHONES, mails=_MAILS)
    if code := values.get("credit_code"):
        keys.append(Key("code", wanted.shadow, code))
    return sorted(keys, key=lambda key: key.kind == "name")


def _person_name(values: Mapping[str, Any]) -> str:
    """A person's whole name: 王敏, but Maria Anders."""
    family, given = values.get("person_family_name", ""), values.get("person_given_name", "")
    middle = values.get("person_middle_name", "") if family or given else ""
    together = bool(_HAN.search(family + given))
    parts = (family, middle, given) if together else (given, middle, family)
    whole = ("" if together else " ").join(part for part in parts if part)
    return str(values.get("person_name", whole))


def _give_name(wanted: Candidate, person: str) -> None:
    """A customer without a name of its own is called after the person; one of the two has to be there."""
    if not wanted.name and person:
        wanted.values["name"] = person
    elif not wanted.name and not any(finding.field == "name" for finding in wanted.findings):
        wanted.refuse(_l("“%(field)s” is empty.", field=LABELS["name"]), "name")


def _give_person(wanted: Candidate, values: Mapping[str, Any], name: str) -> None:
    """The contact person; of a customer who is this very person only if there is more than the name."""
    details = {column: values[place] for place, column in PLACE.items() if place in values}
    if wanted.personal and name in ("", wanted.name):
        name = wanted.name if details or "person_special_days" in values else ""
    _add_person(wanted, values, "person_", name, details)


def _give_further_people(wanted: Candidate, values: Mapping[str, Any]) -> None:
    """The second and further contact person that the same row names."""
    for prefix in _FURTHER:
        details = {
            PLACE[f"person_{what}"]: values[place]
            for what in DETAILS
            if (place := f"{prefix}{what}") in values
        }
        if details or f"{prefix}name" in values:
            _add_person(wanted, values, prefix, values.get(f"{prefix}name", ""), details)


def _add_person(
    wanted: Candidate, values: Mapping[str, Any], prefix: str, name: str, details: dict[str, Any]
) -> None:
    """Add a person, once; what is said of somebody without a name is left out, and told."""
    key = shadow(name, company=False) if name else ""
    if known := next((one for one in wanted.people if one.key == key), None):
        known.details.update(
            {column: value for column, value in details.items() if column not in known.details}
        )
    elif name:
        wanted.people.append(Someone(prefix, key, {"name": name, **details}))
    else:
        named = {
            *import_fields.NAMED_AFTER,
            "person_middle_name",
            f"{prefix}name",
        }  # the name of a person's own file
        left = {place for place in values if place.startswith(prefix)} - _POINTS.keys() - named
        for place in sorted(left):
            wanted.warn(
                _l("No contact person is named, so “%(value)s” is left out.", value=values[place]), place
            )


def _give_points(wanted: Candidate, values: Mapping[str, Any]) -> None:
    keys = {one.prefix: one.key for one in wanted.people}
    first = keys.get("person_", "")
    keys |= {
        prefix: shadow(values[f"{prefix}name"], company=False)
        for prefix in _FURTHER
        if f"{prefix}name" in values
    }
    for place, kind in _POINTS.items():
        for value in values.get(place, ()):
            point = Typed(kind)
            search.fill_point(point, value)
            whose = keys.get(place.removesuffix(kind), "") if place in _NAMED else first
            if place.startswith("company_") or (place in _OF_THE_COMPANY and point.kind != "mobile"):
                whose = ""
            wanted.points.append(Reach(point, whose))
    import_labels.give([reach.point for reach in wanted.points], values, wanted.warn)


def _give_days(wanted: Candidate, values: Mapping[str, Any]) -> None:
    wanted.days += values.get("special_days", ())
    theirs = values.get("person_special_days", ())
    key = next((one.key for one in wanted.people if one.prefix == "person_"), "")
    wanted.days += [day._replace(whose=key) for day in theirs if key]
