"""Customers as contact cards (vCard 3.0, RFC 2426) for telephones and mail programs, made of the lines of our CSV.

One card for each contact person, and one for the customer: always for a person, for a company where it has numbers of
its own or nobody to ask for. What is masked is left out: nobody can call it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from core import cardrows, converting
from core.cells import restore
from core.folding import HAN
from core.tablefiles import FORMATS as TABLES
from core.tablefiles import Format
from core.watermarks import is_watermark
from core.words import _l

CARDS = "vcard"
MASKED = "***"  # what stands in every masked value
_TEXTS = {"NICKNAME": "short_name", "URL": "website", "NOTE": "note"}
_POINTS = {
    "mobile": "TEL;TYPE=CELL", "phone": "TEL;TYPE=WORK", "fax": "TEL;TYPE=FAX", "email": "EMAIL;TYPE=INTERNET",
    "wechat": "X-WECHAT", "wecom": "X-WECOM", "qq": "X-QQ",
}  # fmt: skip
_GENDERS = {"female": "F", "male": "M"}
_BIRTH = re.compile(r"\bbirthday: (--\d\d-\d\d)")
_HAN = re.compile(f"[{HAN}]")
_OCTETS = 75  # of a line, its break not counted


def write(lines: Iterable[str], target: IO[bytes]) -> None:
    """Write the cards of the lines of a CSV file of customers in codes, header first."""
    customer: dict[str, str] = {}
    for row in csv.DictReader(lines):
        if is_watermark(list(row.values())):
            continue
        cells = {name: restore(cell) for name, cell in row.items()}
        if cells["kind"]:
            customer = cells
            if _has_card(cells):
                _write(_of_customer(cells), cells, target)
        if cells["person_name"]:
            _write(_of_person(cells, customer), customer, target)


FORMATS = {
    **TABLES,
    CARDS: Format(_l("Contact cards (vCard)"), "vcf", "text/vcard; charset=utf-8", convert=write),
}


def _write(own: Iterable[str], customer: Mapping[str, str], target: IO[bytes]) -> None:
    for line in ("BEGIN:VCARD", "VERSION:3.0", *own, *_shared(customer), "END:VCARD"):
        target.write(_folded(line))


def _has_card(customer: Mapping[str, str]) -> bool:
    own = any(_clear(customer[f"company_{kind}"], kind) for kind in _POINTS)
    return own or customer["kind"] == "person" or not customer["person_name"]


def _of_customer(cells: Mapping[str, str]) -> Iterator[str]:
    human = cells["kind"] == "person"
    yield f"N:{_name(cells['name'] if human else '')}"
    yield f"FN:{_escaped(cells['name'])}"
    if human:
        yield from _birth(cells)
    else:
        yield f"ORG:{_escaped(cells['name'])}"
        yield "X-ABShowAs:COMPANY"
    yield from _reached(cells, "company")
    yield f"UID:{_escaped(cells['number'])}"


def _of_person(cells: Mapping[str, str], customer: Mapping[str, str]) -> Iterator[str]:
    name, department = cells["person_name"], cells["person_department"]
    yield f"N:{_name(name)}"
    yield f"FN:{_escaped(name)}"
    yield "ORG:" + ";".join(map(_escaped, [customer["name"], *([department] if department else [])]))
    if cells["person_position"]:
        yield f"TITLE:{_escaped(cells['person_position'])}"
    yield from _reached(cells, "person")
    yield f"UID:{_escaped(customer['number'])}-{_escaped(name)}"


def _birth(cells: Mapping[str, str]) -> Iterator[str]:
    if cells["birthday"] and MASKED not in cells["birthday"]:
        yield f"BDAY:{cells['birthday']}"
    elif day := _BIRTH.search(cells["special_days"]):
        yield f"BDAY:{day[1]}"
    if gender := _GENDERS.get(cells["gender"]):
        yield f"X-GENDER:{gender}"


def _reached(cells: Mapping[str, str], whose: str) -> Iterator[str]:
    for kind, name in _POINTS.items():
        for value in _clear(cells[f"{whose}_{kind}"], kind):
            yield f"{name}:{_escaped(value)}"


def _shared(customer: Mapping[str, str]) -> Iterator[str]:
    """What stands on all cards of a customer."""
    for name, column in _TEXTS.items():
        if customer[column]:
            yield f"{name}:{_escaped(customer[column])}"
    yield from _address(customer)
    if tags := converting.several(customer["tags"]):
        yield f"CATEGORIES:{','.join(map(_escaped, tags))}"
    yield f"{cardrows.OWN}:{_escaped(customer['number'])}"


def _address(customer: Mapping[str, str]) -> Iterator[str]:
    street = customer["district"] + customer["address"]
    parts = ["", "", street, *(customer[name] for name in ("city", "province", "postal_code", "country"))]
    if any(parts):
        yield f"ADR;TYPE=WORK:{';'.join(map(_escaped, parts))}"
    if customer["district"]:
        yield f"{cardrows.DISTRICT}:{_escaped(customer['district'])}"


def _name(person: str) -> str:
    """Surname and given names, where a blank tells them apart; a Chinese name as a whole, as telephones show it."""
    given, _blank, family = person.rpartition(" ")
    if _HAN.search(person):
        given, family = "", person
    return f"{_escaped(family)};{_escaped(given)};;;"


def _clear(cell: str, kind: str) -> list[str]:
    """The values of a cell that was written by `converting.joined`."""
    values = converting.quoted(cell) or cell.split("、")
    return [value for value in values if value and MASKED not in value]


def _escaped(text: str) -> str:
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return marked.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> bytes:
    """The line, in pieces that each fit, none of which breaks a character."""
    pieces, piece = [], b""
    for sign in line:
        encoded = sign.encode()
        if len(piece) + len(encoded) > _OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
