"""Customers as contact cards (vCard 3.0, RFC 2426) for telephones and mail programs, made of the lines of our CSV.

What is masked is left out: nobody can call it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from core.cells import restore
from core.folding import HAN
from core.phones import normalise, split_extension
from core.tablefiles import FORMATS as TABLES
from core.tablefiles import Format
from core.watermarks import is_watermark
from core.words import _l

SEVERAL = "、"
MASKED = "***"  # what stands in every masked value
_TEXTS = {"NICKNAME": "short_name", "TITLE": "person_position", "URL": "website", "NOTE": "note"}
_HAN = re.compile(f"[{HAN}]")
_OCTETS = 75  # of a line, its break not counted


def write(lines: Iterable[str], target: IO[bytes]) -> None:
    """Write a card for each row of the lines of a CSV file of customers, header first."""
    for row in csv.DictReader(lines):
        if is_watermark(list(row.values())):
            continue
        cells = {name: restore(cell) for name, cell in row.items()}
        for line in ("BEGIN:VCARD", "VERSION:3.0", *_properties(cells), "END:VCARD"):
            target.write(_folded(line))


FORMATS = {
    **TABLES,
    "vcard": Format(_l("Contact cards (vCard)"), "vcf", "text/vcard; charset=utf-8", convert=write),
}


def _properties(cells: Mapping[str, str]) -> Iterator[str]:
    human = cells["kind"] == "person"
    person = cells["name"] if human else cells["person_name"]
    yield f"N:{_name(person)}"
    yield f"FN:{_escaped(person or cells['name'])}"
    if not human:
        yield f"ORG:{_escaped(cells['name'])}"
        if not person:
            yield "X-ABShowAs:COMPANY"
    for name, column in _TEXTS.items():
        if cells[column]:
            yield f"{name}:{_escaped(cells[column])}"
    for number in _clear(cells["phone"]):
        yield f"TEL;TYPE={_type(number)}:{_escaped(number)}"
    for mail in _clear(cells["email"]):
        yield f"EMAIL;TYPE=INTERNET:{_escaped(mail)}"
    for account in _clear(cells["wechat"]):
        yield f"X-WECHAT:{_escaped(account)}"
    street = cells["district"] + cells["address"]
    parts = ["", "", street, cells["city"], cells["province"], cells["postal_code"], cells["country"]]
    if any(parts):
        yield f"ADR;TYPE=WORK:{';'.join(map(_escaped, parts))}"
    if tags := cells["tags"]:
        yield f"CATEGORIES:{','.join(map(_escaped, tags.split(SEVERAL)))}"
    yield f"UID:{_escaped(cells['number'])}"


def _name(person: str) -> str:
    """Surname and given names, where a blank tells them apart; a Chinese name as a whole, as telephones show it."""
    given, _blank, family = person.rpartition(" ")
    if _HAN.search(person):
        given, family = "", person
    return f"{_escaped(family)};{_escaped(given)};;;"


def _clear(cell: str) -> list[str]:
    return [value for value in cell.split(SEVERAL) if value and MASKED not in value]


def _type(number: str) -> str:
    return "CELL" if normalise(split_extension(number)[0]).kind == "mobile" else "WORK"


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
