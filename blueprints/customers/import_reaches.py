"""The contact points of a row: whose they are, and how numbers of other countries are written. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from blueprints.customers import import_cells, search
from blueprints.customers.models import ContactPoint
from blueprints.customers.rules import PHONE_KINDS
from blueprints.customers.search import Typed
from core import phones
from core.rowkeys import Key


class Reach(NamedTuple):
    """A contact point, not yet in any file, and whose it is: the shadow of a contact person's name, if one's own.

    `national`: how a number of another country is matched where nobody knows of which.
    """

    point: Typed
    whose: str
    national: str = ""

    @property
    def earlier(self) -> tuple[str, str]:
        """The mark that it has on file where its country was not known when it came there."""
        return mark_of(self.point.kind, self.national) if self.national else self.mark

    @property
    def mark(self) -> tuple[str, str]:
        """By what it is told from other points: a landline and a mobile of one number are the same."""
        return mark_of(self.point.kind, self.point.normal)


def mark_of(kind: str, normal: str) -> tuple[str, str]:
    """The mark of a contact point, see `Reach.mark`."""
    return "phone" if kind in ("phone", "mobile") else kind, normal


def read_abroad(reaches: list[Reach], region: str) -> None:
    """Write the national numbers among these as they are dialled from here."""
    for place, reach in enumerate(reaches):
        point = reach.point
        written = phones.abroad(point.value, region) if point.kind in PHONE_KINDS else point.value
        if written == point.value or len(written) > import_cells.length(ContactPoint, "value"):
            continue
        fresh = Typed(point.kind, label=point.label, bad=point.bad, added_by=point.added_by)
        search.fill_point(fresh, written)
        reaches[place] = reach._replace(point=fresh, national=point.normal)


def keys_abroad(keys: Iterable[Key], reaches: Iterable[Reach]) -> list[Key]:
    """The keys by which a customer is recognised, with either form of a number: that may be on file which was read
    without its country.
    """
    forms = {reach.national: reach.point.normal for reach in reaches if reach.national}
    found: dict[Key, None] = {}
    for key in keys:
        if key.kind == "phone" and key.point in forms:
            found[key._replace(point=forms[key.point])] = None
        found[key] = None
    return list(found)
