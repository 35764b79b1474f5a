"""Contact cards (vCard 2.1, 3.0 and 4.0) as rows of a table, read leniently: as clients write them, not as they should.

All of it is bytes until a property is whole, for cards of 2.1 may say the encoding of each.
"""

from __future__ import annotations

import base64
import json
import quopri
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from core import converting, encodings
from core.cells import restore
from core.csvrecords import LINE, FileProblem
from core.csvtables import Limits, lines_of
from core.folding import HAN
from core.words import _l

_PROPERTY = re.compile(r'((?:[^:";]|;|"[^"]*")+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';((?:[^;"]|"[^"]*")*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SERVICE = re.compile(r"(?:x-)?(qq|wechat|weixin|wecom)", re.IGNORECASE)
_HAN = re.compile(f"[{HAN}]")
# What is never read, and may be large
_LEFT_OUT = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "LABEL", "X-MS-OL-DESIGN", "X-MS-CARDPICTURE"})
_QUOTED = "QUOTED-PRINTABLE"
_SEVERAL = "\n"
MOST_NESTED = 5
_WIDEST = 12  # bytes that one character takes in quoted-printable
# Of cards that this program wrote: the number of the customer, and what no property of a card is for
OWN, DISTRICT = "X-HUIFANG-NUMBER", "X-HUIFANG-DISTRICT"
_BOX = 40  # characters of a post-office box; what is longer is a label that runs into the address


class Property(NamedTuple):
    """One property of a card: its name, its types in capitals, its other parameters, and its value, still escaped."""

    name: str
    types: frozenset[str]
    parameters: Mapping[str, str]
    value: str

    @property
    def text(self) -> str:
        """The whole value."""
        return _plain(self.value)

    @property
    def parts(self) -> list[str]:
        """The parts of the value between semicolons."""
        return [_plain(part) for part in _split(self.value, ";")]


@dataclass
class Card:
    """One card, and the line where it begins; `problem` says why it is to be refused."""

    line: int
    properties: list[Property] = field(default_factory=list)
    problem: str | None = None

    @cached_property
    def _by_name(self) -> dict[str, list[Property]]:
        """To be asked for only once the card is whole."""
        found: dict[str, list[Property]] = {}
        for one in self.properties:
            found.setdefault(one.name, []).append(one)
        return found

    def all(self, *names: str) -> list[Property]:
        """The properties of these names, the preferred first."""
        found = [one for name in names for one in self._by_name.get(name, ())]
        if len(names) > 1:
            found = [one for one in self.properties if one.name in names] if found else []
        return sorted(found, key=lambda one: "PREF" not in one.types and "PREF" not in one.parameters)

    def first(self, *names: str) -> Property:
        """The first property of the first of these names that says anything, else an empty one."""
        found = (one for name in names for one in self.all(name) if one.text.strip(" ;"))
        return next(found, Property(names[0], frozenset(), {}, ""))


def read(source: Path, target: Path, limits: Limits) -> None:
    """Write a row for each card to a file for `rowfiles.open_rows`."""
    rows = 1
    with target.open("w", encoding="ascii") as out:
        _write(out.write, [0, 0, list(COLUMNS)])
        for card in cards(source, limits.cell):
            told = COLUMNS.values() if card.properties else ()
            cells = [_kept(" ".join(find(card).split(" ")))[: limits.cell + 1] for find in told]
            if any(cells) or card.problem:
                _write(out.write, [0, card.line, cells, *([card.problem] if card.problem else ())])
                rows += 1
        _write(out.write, {"sheets": [["", rows]]})


def _kept(cell: str) -> str:
    """The cell such that it is itself again when, as in a spreadsheet, what guards a formula is taken off."""
    return cell if restore(cell) == cell else f"'{cell}"


def _write(write: Callable[[str], int], thing: object) -> None:
    write(json.dumps(thing, separators=(",", ":")) + "\n")


def cards(source: Path, most: int) -> Iterator[Card]:
    """The cards of a file, one by one; of a property no more than `most` characters, by far, are kept.

    Raises FileProblem where cards begin within each other, which no program writes.
    """
    with source.open("rb") as stream:
        encoding = encodings.detect(stream)
    card: Card | None = None
    agents = 0  # cards of an assistant, within a card
    empty = 0  # begun one after another, with nothing in between
    for number, line in _unfolded(_lines(source, encoding), _WIDEST * most):
        found = _property(line, encoding)
        if found is None:
            continue
        what = (found.name, found.value.strip().upper())
        if what == ("BEGIN", "VCARD"):
            if card is not None and card.properties and card.properties[-1].name == "AGENT":
                agents += 1
                continue
            if card is not None:
                yield _open(card)
            empty = empty + 1 if card is not None and not card.properties else 0
            if empty > MOST_NESTED:
                raise FileProblem(
                    _l("Line %(line)s begins yet another card, and none of them has ended.", line=number)
                )
            card, agents = Card(number), 0
        elif what == ("END", "VCARD"):
            if card is not None and not agents:
                yield card if not _is_group(card) else Card(card.line, card.properties, "group")
                card = None
            agents = max(0, agents - 1)
        elif card is not None and not agents:
            card.properties.append(found)
    if card is not None:
        yield _open(card)


def _open(card: Card) -> Card:
    return Card(card.line, card.properties, "open")


def _is_group(card: Card) -> bool:
    return card.first("KIND", "X-ADDRESSBOOKSERVER-KIND").text.casefold() == "group"


def _lines(source: Path, encoding: str) -> Iterator[bytes]:
    """The lines without their ends; those of a text in UTF-16 as UTF-8."""
    if encodings.is_utf_16(encoding):
        yield from (
            line.rstrip("\r\n").encode("utf-8", "surrogateescape") for line in lines_of(source, encoding)
        )
        return
    with source.open("rb") as stream:
        while line := stream.readline(LINE):
            yield from line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n").split(b"\r")


def _unfolded(lines: Iterable[bytes], most: int) -> Iterator[tuple[int, bytes]]:
    """Whole properties, each with the number of its first line; of one that is left out, no more than its name."""
    begun, size, pieces = 0, 0, list[bytes]()
    left_out = quoted = soft = False  # soft: the line before ended in a soft break of quoted-printable
    for number, line in enumerate(chain(lines, [b""]), 1):
        goes_on = begun and (soft or line[:1] in (b" ", b"\t"))
        if not goes_on:
            if begun:
                yield begun, b"".join(pieces)
            name, _colon, _value = line.partition(b":")
            begun, size, pieces = number, 0, []
            left_out = name.partition(b";")[0].decode("latin-1").upper() in _LEFT_OUT
            quoted = _QUOTED.encode() in name.upper()
        piece = line[1:] if goes_on and not soft else line
        soft = quoted and piece.endswith(b"=")
        if not left_out and size < most:
            pieces.append(piece[:-1] if soft else piece[:most])
            size += len(piece)
    yield begun, b"".join(pieces)


def _property(line: bytes, encoding: str) -> Property | None:
    """A property of its line, None for what is none."""
    file = encodings.UTF_8 if encodings.is_utf_16(encoding) else encoding
    match = _PROPERTY.fullmatch(line.decode("latin-1"))
    if match is None:
        return None
    head, value = match[1], match[2].encode("latin-1")
    name = head.partition(";")[0].rpartition(".")[2].strip().upper()
    types, parameters = _parameters(head)
    written = parameters.get("ENCODING", "").upper()
    if written == _QUOTED:
        value = quopri.decodestring(value)
    elif written in ("B", "BASE64"):
        value = _decoded(value)
    return Property(name, types, parameters, _text(value, parameters.get("CHARSET", ""), file))


def _parameters(head: str) -> tuple[frozenset[str], dict[str, str]]:
    types: set[str] = set()
    parameters: dict[str, str] = {}
    for written in _PARAMETER.findall(head):
        name, equals, value = written.partition("=")
        name, value = name.strip().upper(), value.strip().strip('"')
        if not equals and name in (_QUOTED, "BASE64", "8BIT", "7BIT"):
            parameters["ENCODING"] = name
        elif not equals or name == "TYPE":
            types.update((value if equals else name).upper().replace(" ", "").split(","))
        else:
            parameters[name] = value
    return frozenset(types), parameters


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(value)
    except ValueError:
        return b""


def _text(value: bytes, charset: str, encoding: str) -> str:
    """The value in the encoding that it names, else that of the file; what cannot be read are lone surrogates."""
    try:
        named = encodings.named(charset) if charset and charset.upper() != "US-ASCII" else encoding
        return value.decode(named, "surrogateescape")
    except (LookupError, UnicodeError):
        return value.decode(encoding, "surrogateescape")


def _split(value: str, separator: str) -> list[str]:
    """At the separators that are not escaped."""
    if not value:
        return [""]
    return re.findall(rf"((?:\\.|[^\\{separator}]|\\$)*)(?:{separator}|$)", value, re.DOTALL)


def _plain(value: str) -> str:
    if not value:
        return ""
    text = _ESCAPED.sub(lambda mark: "\n" if mark[1] in "nN" else mark[1], value)
    return text.replace("\r\n", "\n").strip()


def _company(card: Card) -> str:
    found = card.first("ORG").parts[0]
    return found or (card.first("FN").text if _is_company(card) else "")


def _is_company(card: Card) -> bool:
    return "COMPANY" in card.first("X-ABSHOWAS").text.upper() or card.first("KIND").text.casefold() == "org"


def _person(card: Card) -> str:
    """The name without titles, in the order of its language: 王敏, Maria Anders."""
    shown = card.first("FN").text
    family, given, more, *_titles = [*card.first("N").parts, "", "", ""]
    if _is_company(card) or (shown == _company(card) and not (family or given)):
        return ""
    if _HAN.search(shown) or not (family or given):
        return shown
    return family + given if _HAN.search(family + given) else " ".join(f"{given} {more} {family}".split())


def _department(card: Card) -> str:
    return " ".join(filter(None, card.first("ORG").parts[1:]))


def _is_own(card: Card) -> bool:
    return bool(card.first(OWN).text)


def _numbers(wanted: str, *, own: bool = False) -> Callable[[Card], str]:
    """The numbers for a use; `own`: those of a contact person, on whose card of ours nothing else stands."""

    def find(card: Card) -> str:
        theirs = _is_own(card) and bool(_company(card) and _person(card))
        found = [one.text for one in card.all("TEL") if theirs == own and _use(one) == wanted]
        if _is_own(card):
            return converting.joined(found, converting.numbers)
        return _joined(map(_number, found))

    return find


def _contact_numbers(card: Card) -> str:
    return _numbers("work", own=True)(card) or _numbers("home")(card)


def _use(number: Property) -> str:
    """What a number is for; one of an own word, or of none, is of the company."""
    types = number.types
    if "FAX" in types:
        return "fax"
    if types & {"CELL", "IPHONE"}:
        return "mobile"
    if "PAGER" in types:
        return ""
    return "home" if "HOME" in types and "WORK" not in types else "work"


def _number(text: str) -> str:
    """A number, also where it is written as an address: tel:+1-418-656-9254;ext=102."""
    number, _semicolon, rest = text.partition(";")
    extension = re.search(r"ext=(\d+)", rest)
    plain = number.removeprefix("tel:")
    return f"{plain} ext. {extension[1]}" if extension else plain


def _messenger(*services: str) -> Callable[[Card], str]:
    names = [f"X-{service.upper()}" for service in services]

    def find(card: Card) -> str:
        told = (one.text.partition(":") for one in card.all("IMPP"))
        addresses = (rest for scheme, _colon, rest in told if _service(scheme) in services)
        values = [*(one.text for one in card.all(*names)), *addresses]
        return converting.joined(values) if _is_own(card) else _joined(values)

    return find


def _service(scheme: str) -> str:
    match = _SERVICE.fullmatch(scheme)
    return match[1].casefold() if match else ""


def _address(*positions: int) -> Callable[[Card], str]:
    """These parts of the address at work, else of the first.

    They are: 0 box, 1 room, 2 street, 3 town, 4 region, 5 code, 6 country.
    """

    def find(card: Card) -> str:
        every = sorted(card.all("ADR"), key=lambda one: "WORK" not in one.types)
        box, *others = [*(every[0].parts if every else []), *[""] * 7]
        parts = [box if len(box) <= _BOX else "", *others]
        return " ".join(filter(None, (parts[position] for position in positions)))

    return find


def _birthday(card: Card) -> str:
    found = card.first("BDAY")
    day = found.text.partition("T")[0]
    year = found.parameters.get("X-APPLE-OMIT-YEAR")
    return f"--{day[5:]}" if year and day.startswith(year) else day


def _gender(card: Card) -> str:
    code = card.first("GENDER", "X-GENDER").parts[0].upper()
    return code if code in ("F", "M", "FEMALE", "MALE") else ""


def _text_of(*names: str) -> Callable[[Card], str]:
    return lambda card: card.first(*names).text


def _all_of(name: str, separator: str = _SEVERAL) -> Callable[[Card], str]:
    return lambda card: _joined((one.text for one in card.all(name)), separator)


def _mails(card: Card) -> str:
    mails = [one.text for one in card.all("EMAIL")]
    return converting.joined(mails) if _is_own(card) else _joined(mails)


def _tags(card: Card) -> str:
    tags = [_plain(tag) for one in card.all("CATEGORIES") for tag in _split(one.value, ",")]
    return converting.joined([tag for tag in tags if tag]) if _is_own(card) else _joined(tags)


def _street(card: Card) -> str:
    """The street; on a card of ours without the district that it begins with."""
    return _address(2, 1, 0)(card).removeprefix(card.first(DISTRICT).text)


def _called(*, own: bool) -> Callable[[Card], str]:
    """The nickname, which is the customer's on a card of ours."""
    return lambda card: _all_of("NICKNAME", ", ")(card) if _is_own(card) == own else ""


def _joined(values: Iterable[str], separator: str = _SEVERAL) -> str:
    return separator.join(dict.fromkeys(filter(None, values)))


# What a card tells, under headers that an import knows
COLUMNS: Mapping[str, Callable[[Card], str]] = {
    "Company": _company,
    "Contact Person": _person,
    "Salutation": lambda card: [*card.first("N").parts, "", "", "", ""][3],
    "Job Title": _text_of("TITLE", "ROLE"),
    "Department": _department,
    "Mobile": _numbers("mobile"),
    "Contact Mobile": _numbers("mobile", own=True),
    "Phone": _numbers("work"),
    "Contact Phone": _contact_numbers,
    "Fax": _numbers("fax"),
    "Contact Fax": _numbers("fax", own=True),
    "Email": _mails,
    "WeChat": _messenger("wechat", "weixin"),
    "WeCom": _messenger("wecom"),
    "QQ": _messenger("qq"),
    "Website": _text_of("URL"),
    "Country": _address(6),
    "Province": _address(4),
    "City": _address(3),
    "District": _text_of(DISTRICT),
    "Street Address": _street,
    "Postal Code": _address(5),
    "Gender": _gender,
    "Birthday": _birthday,
    "Categories": _tags,
    "Note": _all_of("NOTE"),
    "Nickname": _called(own=False),
    "Short Name": _called(own=True),
    "Customer Number": _text_of(OWN),
}
