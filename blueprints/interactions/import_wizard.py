"""Past contacts as a kind of list in the wizard of imports: each row names its customer by number or name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from blueprints.customers.models import Customer
from blueprints.interactions import import_contacts
from blueprints.interactions.import_contacts import VERB, Contacts, Said
from core import kinds
from core.bulk import chunks
from core.csvfiles import Row
from core.db import db
from core.errors import RuleBroken
from core.importing import Action, Finding, Outcome, Severity, read_row
from core.importkinds import Fact, ImportKind, Judged, declare
from core.importways import Way
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.names import nfc, shadow
from core.rights import Right, Viewer
from core.words import _l


@dataclass
class Line:
    """A row of the file, read; `places` tells which column fills a field."""

    row: Row
    places: Mapping[str, str]
    values: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


def fields() -> list[Field]:
    """The customer, and what was said."""
    customer = Field(
        "customer", _l("Customer"), ("客户编号", "客户", "客户名称", "公司名称", "Customer Number",
        "Customer", "Company"), required=True, convert=nfc,
    )  # fmt: skip
    return [customer, *import_contacts.fields(required=True)]


def _read(rows: Iterable[Row], columns: Columns, way: Way) -> list[Line]:
    places = {name: column for column, name in columns.columns.items()}
    known = fields()
    return [Line(row, places, *read_row(row, columns, known, way.days)) for row in rows]


def _judge(lines: list[Any], by: Viewer, _known: Collection[Fact]) -> Judged:
    contacts = Contacts(by)
    meant = _meant({line.values["customer"] for line in lines if line.values.get("customer")}, by)
    told = [(line, _told(line, contacts, meant)) for line in lines]
    found = [each for _line, each in told if each is not None]
    since = min((said.on_day for _id, said in found), default=None)
    held = Contacts.on_file({id for id, _said in found}, since) if since else {}
    fresh: list[tuple[int, Said]] = []
    outcomes = [(_outcome(line, each, held, fresh), line.row) for line, each in told]
    return Judged(outcomes, lambda: contacts.write(fresh))


def _told(line: Line, contacts: Contacts, meant: Mapping[str, Sequence[int]]) -> tuple[int, Said] | None:
    """Customer and contact of a row; None, with what is wrong, for one that is refused."""
    if any(finding.severity is Severity.REFUSED for finding in line.findings):
        return None
    try:
        said = contacts.said(line.values)
        ids = meant.get(line.values["customer"], ())
        if not ids:
            raise RuleBroken(_l("No such customer is on file, or none of yours."), "customer")
        if len(ids) > 1:
            raise RuleBroken(_l("Several customers have this name. Write the number."), "customer")
    except RuleBroken as broken:
        line.findings.append(Finding(broken.message, line.places.get(broken.field or ""), broken.field))
        return None
    return (ids[0], said) if said else None


def _outcome(
    line: Line, told: tuple[int, Said] | None, held: dict[int, set[Any]], fresh: list[tuple[int, Said]]
) -> Outcome:
    action = Action.REFUSE
    if told is not None:
        id, said = told
        known = held.setdefault(id, set())
        action = Action.SKIP if said.mark in known else Action.CREATE
        if action is Action.CREATE:
            known.add(said.mark)
            fresh.append(told)
    return Outcome(line.row.line, action, str(line.values.get("customer") or "")[:120], line.findings)


def _meant(named: set[str], by: Viewer) -> dict[str, list[int]]:
    """The customers that are written so, by number, else by name, of those whose contacts a person may import."""
    shadows: dict[str, set[str]] = defaultdict(set)
    for text in named:
        shadows[shadow(text)].add(text)
    numbers: dict[str, list[int]] = {}
    names: dict[str, list[int]] = defaultdict(list)
    held = kinds.reach(Customer, by, Right.INTERACTIONS_IMPORT)
    for some in chunks(sorted(named)):
        wanted = or_(Customer.number.in_(some), Customer.name_shadow.in_([shadow(text) for text in some]))
        rows = select(Customer.id, Customer.number, Customer.name_shadow).where(wanted, held)
        for id, number, key in db.session.execute(rows):
            numbers[number] = [id]
            for text in shadows.get(key, ()):
                if text in some:
                    names[text].append(id)
    return {text: numbers.get(text) or names[text] for text in named}


KIND = declare(
    ImportKind(
        name="contacts",
        blueprint="contact_imports",
        address="/interactions/import",
        title=_l("Import past contacts"),
        row=_l("Customer"),
        right=Right.INTERACTIONS_IMPORT,
        like=Right.INTERACTIONS_LOG,
        verb=VERB,
        fields=lambda _by: fields(),
        readable=fields,
        read=_read,
        judge=_judge,
        together="customer",
        back=("customers.index", _l("Customers")),
        back_right=Right.CUSTOMERS_SEE,
        shown=("customers.index", _l("Show the customers"), {"sort": "-last_contact"}),
        hint=_l(
            "Each row is one contact: the customer by number or name, the day, and who talked by staff number, user "
            "name or name. The same file twice makes nothing twice."
        ),
        none=_l("There is nothing to import: no row tells of a contact that is not on file."),
    )
)
