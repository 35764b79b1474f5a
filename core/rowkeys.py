"""By which marks a row is recognised as one that came before, in the same file or in the database. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from core.names import nfc, shadow
from core.phones import normalise


class Key(NamedTuple):
    """One mark. `kind` is number, phone, mail or name; `value` the number or the shadow of the name."""

    kind: str
    value: str
    point: str = ""


def keys_of(
    values: Mapping[str, Any],
    number: str = "number",
    name: str = "name",
    phones: Sequence[str] = ("phone", "mobile"),
    mails: Sequence[str] = ("email",),
) -> list[Key]:
    """The marks of a row's values, the strongest first; the first that a living record has decides.

    The number; the name with each phone in its normal form; the name with each mail address. A name alone
    counts only where the row has none of these, so that the same file twice makes nothing twice. Who finds a
    record by name compares the numbers: two different ones are two records.
    """
    keys = list(_keys(values, number, name, phones, mails))
    alone = shadow(values.get(name) or "")
    return keys if keys or not alone else [Key("name", alone)]


def _keys(
    values: Mapping[str, Any], number: str, name: str, phones: Sequence[str], mails: Sequence[str]
) -> Iterator[Key]:
    if values.get(number):
        yield Key("number", str(values[number]))
    who = shadow(values.get(name) or "")
    if who:
        numbers = (normalise(phone).number for phone in _all(values, phones))
        yield from (Key("phone", who, number) for number in numbers if number)
        yield from (Key("mail", who, nfc(mail).casefold()) for mail in _all(values, mails))


def _all(values: Mapping[str, Any], fields: Sequence[str]) -> Iterator[str]:
    for field in fields:
        value = values.get(field) or []
        yield from [value] if isinstance(value, str) else value
