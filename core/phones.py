"""Phone numbers: what was typed is kept by the caller, here is what it means. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from core.folding import fold

Kind = Literal["mobile", "landline", "other"]

LONGEST = 100  # signs of a text that may still be one number
SHORTEST = 5  # digits of the shortest number that stands alone in a cell of several (95588)
COMPLETE = 7  # digits of the shortest number that needs no other group of digits

_KINDS: dict[int, Kind] = {PhoneNumberType.MOBILE: "mobile", PhoneNumberType.FIXED_LINE: "landline"}
_EXTENSION = re.compile(r"(?:转接?|分机号?|内线|extension|ext\.?|x|#|\*|,)[\s:.]*(\d{1,6})\s*$")
_DASHED_EXTENSION = re.compile(r"[-–—]\s*(\d{1,6})\s*$")
_FLOAT = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?\s*e\s*\+?\d+\s*")
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
_POWER = re.compile(r"(\d)[.,](\d+)e\+?(\d\d?)")
_FLOAT_ENDING = re.compile(r"(?<=\d)\.0+\s*$")
_NUMBER = re.compile(r"[+(]*\d[\d\s().–—-]*")
# What most cells hold: numbers that need no parser, which takes a hundred times as long
_CHINESE_MOBILE = re.compile(r"1(?:3[0-9]|4[57]|5[0-35-9]|6[25-7]|7[0-35-8]|8[0-9]|9[0-35-9])[0-9]{8}")
_NO_DIGITS = re.compile("[^0-9]+")
_BETWEEN = re.compile(r"([/\\、，,;；|\n\r\t或和]|\bor\b)")


class Normalised(NamedTuple):
    """E.164 where the number is valid, its digits where it is not, "" where a spreadsheet lost them."""

    number: str
    extension: str | None
    kind: Kind
    valid: bool


def digits(text: str) -> str:
    """The digits of a text, of any width or script, as 0-9."""
    return _NO_DIGITS.sub("", fold(text))


@lru_cache(maxsize=4096)
def normalise(text: str, region: str = "CN") -> Normalised:
    """What a typed number means; without a leading + it is one of `region`."""
    if region == "CN" and is_mobile(text):
        return Normalised(f"+86{text}", None, "mobile", True)
    if spoiled(text):
        return Normalised("", None, "other", False)
    main, extension = split_extension(text)
    number = _valid(main, region)
    if number is None and (dashed := _DASHED_EXTENSION.search(main)):
        number = _valid(main[: dashed.start()], region)
        extension = dashed[1] if number else extension
    if number is None:
        return Normalised(digits(main), extension, "other", False)
    kind = _KINDS.get(phonenumbers.number_type(number), "other")
    return Normalised(phonenumbers.format_number(number, PhoneNumberFormat.E164), extension, kind, True)


def abroad(text: str, region: str) -> str:
    """A national number of another country, written so that it is read alike everywhere: 030 901820 of DE becomes
    +49 30 901820, and what stands around it stays. Anything else is answered as it is; so is a mobile number of China,
    which people abroad have too.
    """
    if region in ("", "CN") or is_mobile(text) or fold(text).lstrip("( ").startswith(("+", "00")):
        return text
    found = [number for number in _NUMBER.findall(text) if len(digits(number)) >= SHORTEST]
    written = [number.rstrip(" (.–—-") for number in found]
    if len(written) != 1 or (number := _valid(written[0], region)) is None or spoiled(text):
        return text
    return text.replace(written[0], phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL), 1)


def is_mobile(text: str) -> bool:
    """Whether a text is a mobile number of China and nothing else, as most are: there is nothing to make out."""
    return _CHINESE_MOBILE.fullmatch(text) is not None


def spoiled(text: str) -> bool:
    """Whether a spreadsheet turned the number into 1.38E+10: its last digits are gone."""
    return _FLOAT.fullmatch(fold(text)) is not None


def mended(text: str, counted: bool | None = None) -> str | None:
    """The number that a spreadsheet took for one to calculate with, where it is certain: 13800138000.0,
    1.3800138123E+10, a landline of China without its zero (2088886666). None for all others.

    `counted` says whether it is one to calculate with. Who cannot know (None) gives no zero to what may be a whole
    number of North America, which has ten digits.
    """
    folded = fold(text).strip()
    if whole := _WHOLE.fullmatch(folded):
        lost = counted if counted is not None else _valid(whole[1], "US") is None
        return (lost and _with_zero(whole[1])) or (whole[1] if whole[1] != folded else None)
    power = _POWER.fullmatch(folded)
    return power[1] + power[2] if power and len(power[2]) == int(power[3]) else None


def _with_zero(number: str) -> str | None:
    """The landline with the zero that begins it in China, if it is one without."""
    if number.startswith("0") or not 9 <= len(number) <= 11 or is_mobile(number):
        return None
    meant = normalise(f"0{number}")
    return f"0{number}" if meant.kind == "landline" and meant == normalise(number) else None


def split_extension(text: str) -> tuple[str, str | None]:
    """The folded number and its extension, where one is written with 转, 分机, ext, x, # or the like."""
    folded = _FLOAT_ENDING.sub("", fold(text))
    if found := _EXTENSION.search(folded):
        return folded[: found.start()].rstrip(), found[1]
    return folded.strip(), None


def split_many(text: str) -> list[str]:
    """The numbers of a cell with several, as typed; a short ending (88886666/7) stays with its number."""
    numbers: list[str] = []
    joint = ""
    for piece, separator in _pieces(text):
        if numbers and (_is_short(piece) or _is_short(numbers[-1])):
            numbers[-1] += joint + piece
        else:
            numbers.append(piece)
        joint = separator
    return [number for each in numbers for number in _at_blanks(each.strip()) if number]


def _valid(text: str, region: str) -> PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(_without_label(text), region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _without_label(text: str) -> str:
    """The number alone where words stand around it: 13800138000 (张三)."""
    numbers = [number for number in _NUMBER.findall(text) if digits(number)]
    return numbers[0] if len(numbers) == 1 else text


def _pieces(text: str) -> list[tuple[str, str]]:
    parts = [*_BETWEEN.split(text), ""]
    return [
        (piece, separator) for piece, separator in zip(parts[::2], parts[1::2], strict=True) if piece.strip()
    ]


def _is_short(piece: str) -> bool:
    return len(digits(piece)) < SHORTEST


def _at_blanks(number: str) -> list[str]:
    parts = number.split()
    return parts if all(len(digits(part)) >= COMPLETE for part in parts) else [number]
