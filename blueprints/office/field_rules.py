"""Pure decisions about custom fields: how a value of each type is written, kept, found, and where a field is asked for.

Values are kept as text: a number with its decimals, money in minor units, a day as ISO, yes as 1 and no as 0, a choice
by its id. All that a field has are a sequence of these, empty for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from core.errors import RuleBroken
from core.names import shadow
from core.words import _l

TEXT, LONG_TEXT, NUMBER, MONEY, DATE = "text", "long_text", "number", "money", "date"
YES_NO, ONE, SEVERAL, LINK = "yes_no", "single_choice", "multiple_choice", "link"
TYPES = (TEXT, LONG_TEXT, NUMBER, MONEY, DATE, YES_NO, ONE, SEVERAL, LINK)
CHOOSING = frozenset({ONE, SEVERAL})
WORDED = frozenset({TEXT, LONG_TEXT, LINK})  # types whose values are words that one can look for
YES, NO = "1", "0"
ANY = ""
MOST_FIELDS, MOST_CHOICES, MOST_LABEL = 100, 200, 60
MOST_SIGNS = {TEXT: 200, LONG_TEXT: 4_000, LINK: 500}
YEARS = range(1900, 2201)
LONGEST_KEY = 120
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,4})?")
_MONEY = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,2})?")
_SCALE, _OFFSET = {NUMBER: 10_000, MONEY: 1}, 10**17  # what makes values whole numbers, and none below zero


def stored(type: str, typed: str) -> str:
    """The stored form of what was typed, for every type but the choices. Raises RuleBroken for what cannot be one."""
    if type == NUMBER:
        return _number(typed)
    if type == MONEY:
        return _money(typed)
    if type == DATE:
        return _day(typed)
    if type == YES_NO and typed not in (YES, NO):
        raise RuleBroken(_l("Choose one of these."))
    if type == LINK:
        _check_link(typed)
    if len(typed) > MOST_SIGNS.get(type, LONGEST_KEY):
        raise RuleBroken(_l("At most %(n)s characters.", n=MOST_SIGNS[type]))
    return typed


def _plain(typed: str) -> str:
    return re.sub(r"[\s,，¥]", "", unicodedata.normalize("NFKC", typed))


def _number(typed: str) -> str:
    text = _plain(typed)
    if not _NUMBER.fullmatch(text):
        raise RuleBroken(
            _l("Write a number like 1234.5, with at most 12 digits, and 4 behind the decimal point.")
        )
    return f"{Decimal(text).normalize() + 0:f}"


def _money(typed: str) -> str:
    text = _plain(typed)
    if not _MONEY.fullmatch(text):
        raise RuleBroken(
            _l("Write an amount like 1234.50, with at most 12 digits, and 2 behind the decimal point.")
        )
    return str(int(Decimal(text) * 100))


def _day(typed: str) -> str:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise RuleBroken(_l("Write the day like 2026-05-31.")) from None
    if found.year not in YEARS:
        raise RuleBroken(_l("The year lies between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1]))
    return found.isoformat()


def _check_link(typed: str) -> None:
    """A browser is led to this: nothing but a web address with a host."""
    message = _l("Write an address that begins with https:// or http://.")
    if any(sign.isspace() or not sign.isprintable() for sign in typed) or "\\" in typed:
        raise RuleBroken(message)
    try:
        parts = urlsplit(typed)
        host = parts.hostname
    except ValueError:
        raise RuleBroken(message) from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise RuleBroken(message)


def key_of(type: str, value: str) -> str:
    """The form by which a stored value is found and sorted: in the order of numbers, of days, of letters."""
    if type in (NUMBER, MONEY):
        return f"{int(Decimal(value) * _SCALE[type]) + _OFFSET:018d}"
    if type in CHOOSING:
        return value.rjust(6, "0")
    return shadow(value, company=False)[:LONGEST_KEY] if type in WORDED else value


def typed(type: str, value: str) -> str:
    """A stored value as one would type it."""
    if type == MONEY:
        sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
        return f"{sign}{digits.rjust(3, '0')[:-2]}.{digits.rjust(3, '0')[-2:]}"
    return value


def holds(shown_when: Mapping[str, Sequence[str]], facts: Mapping[str, Sequence[str]]) -> bool:
    """Whether a field is asked for, going by what the record has: column, or id of a custom field → values."""
    return all(_meets(facts.get(what, ()), wanted) for what, wanted in shown_when.items())


def _meets(present: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(present) if ANY in wanted else not set(present).isdisjoint(wanted)


def check_circle(id: str, conditions: Mapping[str, Iterable[str]]) -> None:
    """Raises RuleBroken if a field would wait for itself; `conditions` is what each waits for, by their ids."""
    waiting, seen = list(conditions.get(id, ())), set[str]()
    while waiting:
        other = waiting.pop()
        if other == id:
            raise RuleBroken(_l("These fields would wait for each other."), "of_field")
        if other not in seen:
            seen.add(other)
            waiting += conditions.get(other, ())


def choices_typed(text: str) -> list[tuple[str, str]]:
    """Chinese and English of each line, written "月结 | monthly"; where one is missing it is the other."""
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        zh, _bar, en = (part.strip() for part in unicodedata.normalize("NFKC", line).partition("|"))
        if zh or en:
            found.setdefault(zh or en, (zh or en, en or zh))
    return list(found.values())


def check_choices(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raises RuleBroken unless there are choices, not too many, none named twice: a file must say which is meant."""
    if all(row["retired"] for row in rows):
        raise RuleBroken(_l("Name at least one choice."), "more_choices")
    if len(rows) > MOST_CHOICES:
        raise RuleBroken(_l("A field has at most %(n)s choices.", n=MOST_CHOICES), "more_choices")
    taken: set[str] = set()
    for row in rows:
        if any(len(row[language]) > MOST_LABEL or "、" in row[language] for language in ("zh", "en")):
            raise RuleBroken(
                _l("A choice has at most %(n)s characters, and no “、” in it.", n=MOST_LABEL), "more_choices"
            )
        names = {row["zh"].casefold(), row["en"].casefold()}
        if names & taken:
            raise RuleBroken(_l("Two choices have the same name."), "more_choices")
        taken |= names
