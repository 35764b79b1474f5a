"""The fields that an import of customers can fill, and which column fills which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from flask_babel import force_locale

from blueprints.customers import import_addresses, import_custom, import_labels, import_people, rules, tagging
from blueprints.customers import import_cells as cells
from blueprints.customers.columns import SYNONYMS
from blueprints.customers.models import Affiliation, Customer, Person
from blueprints.customers.words import CHANNELS, DECISION_ROLES, POINT_KINDS
from blueprints.customers.words import FIELDS as LABELS
from core import importextras, languages
from core.importways import Way
from core.mapping import Field, MappingProblem
from core.mapping import Mapping as Columns
from core.rights import Viewer
from core.suggesting import folded, suggest
from core.words import _l

# Without a name of its own a customer is called after its contact person.
NAMED_AFTER = ("person_name", "person_family_name", "person_given_name")
_OF_A_NAME = frozenset(("person_family_name", "person_middle_name", "person_given_name"))
# Columns headed like this name people, not companies.
_PERSONAL = frozenset(map(folded, ("姓名", "客户姓名", "Full Name", "Contact Name", "Display Name")))
# And these, where given or family name have columns of their own
_PERSONAL_BESIDE_PARTS = frozenset(map(folded, ("Name", "名称", "File As")))
# Which columns no other program writes beside each other
_TELLING = frozenset(("number", "name", "company_phone", "person_name", "person_phone", "point_labels"))
_REACHING = frozenset(("phone", "mobile", "email", "fax"))
_LAST_CONTACT = frozenset(map(folded, SYNONYMS["last_contact"]))


def _text(name: str, model: Any = Customer, column: str = "", label: Any = None) -> Field:
    column = column or name
    return Field(name, label or LABELS[column], SYNONYMS[name], convert=cells.line(model, column))


def _code(name: str) -> Field:
    return Field(name, LABELS[name], SYNONYMS[name], convert=cells.code(name))


def _points(name: str, kind: str, label: Any = None, fits: Callable[[str], bool] | None = None) -> Field:
    words = SYNONYMS[name]
    read, counted = cells.points(kind), kind in rules.PHONE_KINDS
    return Field(name, label or POINT_KINDS[kind], words, many=True, convert=read, fits=fits, counted=counted)


def _days(name: str, label: Any) -> Field:
    return Field(name, label, SYNONYMS[name], many=True, convert=cells.special_days)


def _person(name: str, label: Any) -> Field:
    return Field(name, label, SYNONYMS[name], convert=cells.name(Person, "name"))


def _of_person(name: str, label: Any) -> Field:
    return _text(name, Person, name.removeprefix("person_"), label)


FIELDS: tuple[Field, ...] = (
    Field("name", LABELS["name"], SYNONYMS["name"], required=True, convert=cells.name(Customer, "name")),
    _text("short_name"),
    _text("number"),
    _code("kind"),
    _code("relationship"),
    _code("tier"),
    _code("intent"),
    replace(_code("status"), closed=True),  # every system has a column of that name
    _code("lost_reason"),
    Field("owner", LABELS["owner_id"], SYNONYMS["owner"]),
    Field("team", _l("Owner's team"), SYNONYMS["team"]),
    Field("helpers", _l("Helpers"), SYNONYMS["helpers"], many=True, convert=cells.colleagues),
    Field(
        "editing_helpers",
        _l("Helpers who may edit"),
        SYNONYMS["editing_helpers"],
        many=True,
        convert=cells.colleagues,
    ),
    Field("source", LABELS["source"], SYNONYMS["source"], convert=cells.source),
    Field("tags", _l("Tags"), SYNONYMS["tags"], many=True, convert=cells.tags),
    Field(
        "do_not_contact",
        _l("Do not contact"),
        SYNONYMS["do_not_contact"],
        many=True,
        convert=cells.wishes_said,
    ),
    _points("phone", "phone", _l("Phone")),
    _points("mobile", "mobile", fits=cells.is_mobile),
    _points("email", "email", fits=cells.is_mail),
    _points("wechat", "wechat"),
    _points("wecom", "wecom"),
    _points("qq", "qq"),
    _points("fax", "fax"),
    _person("person_name", LABELS["person_id"]),
    _person("person_family_name", _l("Contact person, family name")),
    _person("person_given_name", _l("Contact person, given name")),
    _person("person_middle_name", _l("Contact person, middle name")),
    _text("person_title", Person, "form_of_address"),
    _text("person_position", Affiliation, "position"),
    _text("person_department", Affiliation, "department"),
    Field(
        "person_role",
        LABELS["decision_role"],
        SYNONYMS["person_role"],
        convert=cells.coded("person_role", DECISION_ROLES),
    ),
    _points("person_mobile", "mobile", _l("Contact person, mobile")),
    _points("person_phone", "phone", _l("Contact person, phone")),
    _points("person_email", "email", _l("Contact person, mail")),
    _points("person_wechat", "wechat", _l("Contact person, WeChat")),
    _points("person_wecom", "wecom", _l("Contact person, WeCom")),
    _points("person_qq", "qq", _l("Contact person, QQ")),
    _points("person_fax", "fax", _l("Contact person, fax")),
    Field(
        "person_preferred_channel",
        _l("Contact person, preferred channel"),
        SYNONYMS["person_preferred_channel"],
        convert=cells.coded("preferred_channel", CHANNELS),
    ),
    _of_person("person_preferred_time", _l("Contact person, preferred time")),
    _of_person("person_language", _l("Contact person, spoken language")),
    _of_person("person_likes", _l("Contact person, likes")),
    _of_person("person_taboos", _l("Contact person, taboos")),
    Field("person_note", _l("Contact person, remark"), SYNONYMS["person_note"], convert=cells.note),
    _points("company_mobile", "mobile", _l("Own mobile")),
    _points("company_phone", "phone", _l("Own landline")),
    _points("company_email", "email", _l("Own mail address")),
    _points("company_wechat", "wechat", _l("Own WeChat")),
    _points("company_wecom", "wecom", _l("Own WeCom")),
    _points("company_qq", "qq", _l("Own QQ")),
    _points("company_fax", "fax", _l("Own fax")),
    Field(
        "point_labels",
        _l("Labels of numbers"),
        SYNONYMS["point_labels"],
        many=True,
        convert=cells.entries,
    ),
    Field(import_labels.FIELD, _l("Label of the number beside it"), many=True, convert=cells.label),
    Field("bad_points", _l("Bad numbers"), SYNONYMS["bad_points"], many=True, convert=cells.entries),
    Field(
        "point_accounts",
        _l("Accounts that hold the friend"),
        SYNONYMS["point_accounts"],
        many=True,
        convert=cells.entries,
    ),
    _text("industry"),
    _text("size"),
    Field("website", LABELS["website"], SYNONYMS["website"], convert=cells.website),
    replace(_text("credit_code"), fits=cells.is_credit_code),
    _text("country"),
    _text("province"),
    _text("city"),
    _text("district"),
    _text("address"),
    _text("postal_code"),
    Field(
        import_addresses.LINE,
        _l("Address, further line"),
        many=True,
        convert=cells.further_address,
    ),
    Field(
        import_addresses.FIELD,
        _l("Another address (into the remark)"),
        many=True,
        convert=cells.further_address,
    ),
    _code("gender"),
    Field("birthday", LABELS["birthday"], SYNONYMS["birthday"], convert=cells.birthday, dated=True),
    _days("special_days", _l("Special days")),
    _days("person_special_days", _l("Contact person, special days")),
    _code("preferred_channel"),
    _text("preferred_time"),
    _text("language"),
    _text("likes"),
    _text("taboos"),
    Field("note", LABELS["note"], SYNONYMS["note"], convert=cells.note),
)


def _of_further(number: int) -> Iterator[Field]:
    """The fields of a second or further contact person in a row, without words of their own: `import_people` tells."""
    first = {
        target.name.removeprefix("person_"): target for target in FIELDS if target.name.startswith("person_")
    }
    labels = {**{kind: POINT_KINDS[kind] for kind in import_people.POINTS}, "note": LABELS["note"]}
    for what in ("name", *import_people.DETAILS, *import_people.POINTS):
        label = _l("Contact person %(n)s: %(what)s", n=number, what=labels.get(what, first[what].label))
        label = _l("Contact person %(n)s", n=number) if what == "name" else label
        yield replace(first[what], name=f"{import_people.prefix_of(number)}{what}", label=label, synonyms=())


FURTHER = tuple(target for number in import_people.NUMBERS for target in _of_further(number))
# What is mapped may lack a name where there is a person to call the customer after.
READ = tuple(replace(target, required=False) for target in (*FIELDS, *FURTHER))


def known(by: Viewer | None = None) -> list[Field]:
    """All fields that a column can fill, custom ones too, and what a person may bring along beside them."""
    return [*FIELDS, *FURTHER, *import_custom.fields(), *(importextras.fields(by) if by else ())]


def narrowed(fields: Sequence[Field], header: Sequence[str]) -> list[Field]:
    """The fields to choose from: those of a fourth and further contact person only where a column is of that one."""
    theirs = import_people.of_others(header).values()
    return [target for target in fields if import_people.is_offered(target.name, theirs)]


def readable() -> list[Field]:
    """The fields as rows are read by them."""
    return [*map(_knowing, READ), *import_custom.readable(), *importextras.fields()]


def _knowing(target: Field) -> Field:
    """The field with a reader that knows what is on file: a tag of the house stays whole (A/B)."""
    if target.name != "tags":
        return target
    return replace(target, convert=partial(cells.tags, known=tagging.with_slashes()))


def mappable() -> list[Field]:
    """The fields that a mapping may name."""
    return [*READ, *import_custom.fields(), *importextras.fields()]


def suggested(
    header: Sequence[str], samples: Mapping[str, Sequence[str]], by: Viewer | None = None
) -> dict[str, str]:
    """The field that each known column fills; columns that are not known are left out."""
    own = _own(header)
    others = import_people.of_others(header)
    further = [column for column in header if column not in own and column not in others]
    fields = [target for target in known(by) if target.many or target.name not in own.values()]
    fields = [target for target in fields if target not in FURTHER]
    found = others | own | suggest(further, fields, samples)
    found |= _titles(found, samples)
    known_ones = {column: name or "" for column, name in found.items() if name or column in others}
    found |= import_addresses.left_over(header, known_ones)
    reached = [column for column, name in found.items() if name in _REACHING]
    found |= import_labels.suggested((column for column in header if not found.get(column)), reached)
    return {column: name for column in header if (name := found.get(column))}


def _titles(found: Mapping[str, str | None], samples: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A column of titles that are positions: in one program Title says Mr., in the next Sales Manager."""
    free = (None, "person_title")
    column = next(
        (column for column, name in found.items() if folded(column) == "title" and name in free), ""
    )
    said = [cell for cell in samples.get(column, ()) if cell.strip()]
    if not said or "person_position" in found.values():
        return {}
    return {} if 2 * sum(map(cells.is_courtesy, said)) >= len(said) else {column: "person_position"}


def _own(header: Sequence[str]) -> dict[str, str]:
    """What fills what in a file that this program wrote, in whichever language: there is nothing to guess."""
    for named in _own_headers():
        if {column for column, name in named.items() if name in _TELLING} <= set(header):
            return {column: named[column] for column in header if column in named}
    return {}


@cache
def _own_headers() -> list[dict[str, str]]:
    """The field by its header, for each language and for programs."""
    every = (*FIELDS, *FURTHER)
    found = [{target.name: target.name for target in every}]
    for language in languages.LANGUAGES:
        with force_locale(language):
            found.append({str(target.label): target.name for target in every})
    return found


@cache
def taken_words() -> frozenset[str]:
    """All that a header may say and mean a field of ours by, in the form in which headers are compared."""
    words = {word for target in FIELDS for word in target.synonyms}
    return frozenset(folded(word) for word in words.union(*_own_headers()))


def checked(wanted: Any, header: Sequence[str], way: Way) -> Columns:
    """A mapping, from {column: field} or its JSON. Raises MappingProblem, also if nothing gives a name."""
    columns = Columns.check(wanted, header, mappable())
    check_named(columns, way)
    return columns


def check_named(columns: Columns, way: Way) -> None:
    """Raises MappingProblem if nothing gives a name, and the rows need one."""
    if not {"name", *NAMED_AFTER, *way.telling()} & set(columns.columns.values()):
        raise MappingProblem(_l("No column is mapped to “%(field)s”.", field=LABELS["name"]))


def is_personal(column: str, filled: Collection[str] = ()) -> bool:
    """Whether a column that fills the name is headed as one of people, beside columns that fill these fields."""
    heading = folded(column)
    return heading in _PERSONAL or (heading in _PERSONAL_BESIDE_PARTS and not _OF_A_NAME.isdisjoint(filled))


def is_last_contact(column: str) -> bool:
    """Whether a column tells when somebody was last talked to, which is no field of a customer."""
    return folded(column) in _LAST_CONTACT
