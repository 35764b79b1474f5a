"""Contact cards (vCard 2.1, 3.0 and 4.0), read leniently: as clients write them, not as they should.

All of it is bytes until a property is whole, for cards of 2.1 may say the encoding of each.
"""

from __future__ import annotations

import base64
import quopri
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from core import encodings
from core.csvrecords import LINE, FileProblem
from core.csvtables import lines_of
from core.words import _l

_PROPERTY = re.compile(r'((?:[^:";]|;|"[^"]*")+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';((?:[^;"]|"[^"]*")*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# What is never read, and may be large
_LEFT_OUT = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "LABEL", "X-MS-OL-DESIGN", "X-MS-CARDPICTURE"})
_QUOTED = "QUOTED-PRINTABLE"
MOST_NESTED = 5
MOST_PROPERTIES = 5_000  # of one card; those of people have some dozens
_WIDEST = 12  # bytes that one character takes in quoted-printable


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

    @property
    def items(self) -> list[str]:
        """The items of the value between commas."""
        return [_plain(item) for item in _split(self.value, ",")]


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


def cards(source: Path, most: int, seconds: float | None = None) -> Iterator[Card]:
    """The cards of a file, one by one; of a property no more than `most` characters, by far, are kept.

    Raises FileProblem where cards begin within each other, or one does not end, which no program writes; and where it
    takes longer than `seconds`, with what is done with the cards meanwhile.
    """
    with source.open("rb") as stream:
        encoding = encodings.detect(stream)
    card: Card | None = None
    agents = 0  # cards of an assistant, within a card
    empty = 0  # begun one after another, with nothing in between
    for number, line in _unfolded(_in_time(_lines(source, encoding), seconds), _WIDEST * most):
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
            if len(card.properties) == MOST_PROPERTIES:
                raise FileProblem(
                    _l("The card that begins in line %(line)s is longer than any card.", line=card.line)
                )
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


def _in_time(lines: Iterable[bytes], seconds: float | None) -> Iterator[bytes]:
    """The lines, as long as there is time."""
    begun = time.monotonic()
    for number, line in enumerate(lines, 1):
        if seconds is not None and number % 1_000 == 0 and time.monotonic() - begun > seconds:
            raise FileProblem(
                _l(
                    "The file holds too many cards to be read while you wait. Split it, or ask your administrator "
                    "to import it with flask customers import."
                ),
                number,
            )
        yield line


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
