"""What a cleaned cell means: a choice, yes or no, several values, a name. Nothing is guessed in silence.

Each converter takes a cell that is not empty, and raises RuleBroken for one that it cannot take. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from core import phones
from core.errors import RuleBroken
from core.folding import letters
from core.names import looks_unreadable, nfc
from core.words import _l, listed

_SEVERAL = re.compile(r" ?::: ?|[;；、|\n]|[,，]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"(?:、"(?:[^"]|"")*")*')
_ONE_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SLASHES = re.compile(r"(?<!\d)\s*[/／]\s*|\s*[/／]\s*(?!\d)")  # not those of 24/7
_RANK_WORDS = re.compile("(级|类|等)?(客户)?$")
_YES = frozenset(["yes", "y", "true", "t", "1", "x", "是", "有", "对", "真", "√", "✓", "✔", "☑"])
_NO = frozenset(["no", "n", "false", "f", "0", "否", "无", "错", "假", "×", "✗", "✘", "☐"])


class Doubt(NamedTuple):
    """A value (None: nothing) that is taken with a warning."""

    value: Any
    message: Any


def choice(spellings: Mapping[str, Sequence[str]], labels: Mapping[str, Any]) -> Callable[[str], str]:
    """A converter to a code, from it or its spellings, with or without 级, 类, 客户 ("A级客户")."""
    codes = {_folded(word): code for code, words in spellings.items() for word in (code, *words)}

    def convert(cell: str) -> str:
        text = _folded(cell)
        code = codes.get(text) or codes.get(_RANK_WORDS.sub("", text))
        if code is None:
            choices = listed(labels.values())
            raise RuleBroken(_l("“%(value)s” is none of: %(choices)s.", value=cell[:60], choices=choices))
        return code

    return convert


def yes_no(cell: str) -> bool:
    """是, yes, true, 1, √ … against 否, no, false, 0, × …"""
    text = cell.casefold()
    if text not in _YES | _NO:
        raise RuleBroken(_l("“%(value)s” is neither yes nor no.", value=cell[:60]))
    return text in _YES


def several(cell: str) -> list[str]:
    """The values of a cell that holds more than one: by comma, semicolon, 、, bar, line or ` ::: `; see `joined`."""
    parts = quoted(cell) or _SEVERAL.split(cell)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def quoted(cell: str) -> list[str] | None:
    """The values of a cell that `joined` had to quote, as they were; None for any other cell."""
    if not _QUOTED.fullmatch(cell):
        return None
    return [part.replace('""', '"') for part in _ONE_QUOTED.findall(cell)]


def joined(values: Sequence[str], read: Callable[[str], Any] = several) -> str:
    """Values as one cell, such that `read` gives them back: with 、 between, quoted where they would fall apart."""
    plain = "、".join(values)
    if not values or (quoted(plain) is None and read(plain) == list(values)):
        return plain
    return "、".join('"' + value.replace('"', '""') + '"' for value in values)


def parted(cell: str, is_one: Callable[[str], bool], fits: Callable[[str], bool] = bool) -> list[str]:
    """The same, parted at slashes too: where all parts fit, and what stands there is not one thing as it is."""
    if is_one(cell):
        return [cell]
    found: list[str] = []
    for value in several(cell):
        parts = [part.strip() for part in _SLASHES.split(value) if part.strip()]
        found += [value] if is_one(value) or not all(map(fits, parts)) else parts
    return list(dict.fromkeys(found))


def numbers(cell: str, counted: bool | None = None) -> list[str] | Doubt:
    """The phone numbers of a cell, as typed. What is none, or lost its last digits, is left out and told.

    What a spreadsheet made a number of is put right where that is certain, and told too; `counted` says whether the
    cell is a number to calculate with, None where nobody knows.
    """
    if phones.is_mobile(cell):
        return [cell]
    if own := quoted(cell):
        return own
    found = [number for part in cell.split(":::") for number in phones.split_many(part)]
    mended = {number: phones.mended(number, counted) or number for number in found}
    kept = [mended[n] for n in found if phones.digits(n) and not phones.spoiled(mended[n])]
    left = next((number for number in found if mended[number] not in kept), None)
    if left is None:
        return _told_of_mending(mended, kept)
    if phones.spoiled(left):
        return Doubt(
            kept, _l("“%(value)s” lost its last digits in a spreadsheet. It is left out.", value=left)
        )
    return Doubt(kept, _l("“%(value)s” is no phone number. It is left out.", value=left[:60]))


def _told_of_mending(mended: Mapping[str, str], kept: list[str]) -> list[str] | Doubt:
    for typed, number in mended.items():
        if typed != number:
            return Doubt(
                kept,
                _l(
                    "“%(value)s” was made a number by a spreadsheet. It is taken as %(number)s.",
                    value=typed[:60],
                    number=number,
                ),
            )
    return kept


def name(cell: str) -> str | Doubt:
    """A name on one line; one that another program spoiled ("????") is taken with a warning."""
    text = nfc(cell)
    if looks_unreadable(text):
        return Doubt(text, _l("“%(value)s” cannot be read: another program spoiled it.", value=text[:60]))
    return text


def _folded(text: str) -> str:
    return letters(text).replace(" ", "")
