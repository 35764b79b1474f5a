"""Contact points: the forms in which what was typed is kept, and by which it is matched."""

from __future__ import annotations

from dataclasses import dataclass

from blueprints.customers.models import ContactPoint
from blueprints.customers.rules import PHONE_KINDS
from core import phones
from core.errors import RuleBroken
from core.names import nfc
from core.words import _


@dataclass
class Typed:
    """A contact point that is in no file yet."""

    kind: str
    value: str = ""
    extension: str | None = None
    normal: str = ""
    reversed: str = ""
    label: str | None = None
    bad: bool = False
    added_by: str | None = None


def fill_point(point: ContactPoint | Typed, typed: str) -> None:
    """Fill a contact point from what was typed. Raises RuleBroken for what cannot be one."""
    point.value = nfc(typed)
    if point.kind in PHONE_KINDS:
        number = phones.normalise(point.value)
        if not phones.digits(point.value):
            raise RuleBroken(_("A phone number has digits."), "value")
        point.kind = "mobile" if number.kind == "mobile" and point.kind == "phone" else point.kind
        point.extension = number.extension
    elif point.kind == "email" and not _is_mail(point.value):
        raise RuleBroken(_("This is not a mail address."), "value")
    match_point(point)


def match_point(point: ContactPoint | Typed) -> None:
    """Fill the forms by which a contact point is matched."""
    phone = point.kind in PHONE_KINDS
    point.normal = (phones.normalise(point.value).number if phone else point.value.casefold())[:254]
    point.reversed = phones.digits(point.normal)[::-1] if phone else point.normal[::-1]


def normal_of(typed: str, kind: str) -> str:
    """The form by which a contact point is matched; empty for what is none."""
    point = Typed(kind)
    try:
        fill_point(point, typed)
    except RuleBroken:
        return ""
    return point.normal


def _is_mail(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and local and "." in host) and not any(c.isspace() or c in ",;<>" for c in text)
