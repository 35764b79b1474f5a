"""The list of customers by their owners: one after another by name, behind them the customers without.

The names stand with the people, so the people are gone through along the index of their names, and of each the
customers along that of owner and name: nothing has to be written when somebody is called otherwise.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, tuple_

from blueprints.access.models import User
from blueprints.customers import parted_order
from blueprints.customers.models import Customer
from blueprints.customers.parted_order import BY_NAME, Part
from blueprints.customers.wanted import Wanted
from core import lists
from core.conditions import unindexed
from core.db import db
from core.lists import LARGEST, Order, Page

WITHOUT = Part(
    BY_NAME, lambda customer, viewer: customer.owner_id is None, lambda v: Customer.owner_id.is_(None)
)


class Place(NamedTuple):
    """Where a customer stands: the sort key and the id of the owner, nothing without one, then its own."""

    owner_key: str | None
    owner_id: int | None
    name_key: str
    id: int


class Stretch(Enum):
    """What lies behind a place, piece by piece: the same owner's, other owners', those without an owner."""

    SAME = 1
    OTHERS = 2
    WITHOUT = 3


@dataclass(frozen=True)
class ByOwner:
    """The order of a list by the names of owners; in reverse the owners stand in reverse, their customers do not."""

    descending: bool

    def page(self, wanted: Wanted, after: str | None, size: int = lists.PAGE_SIZE) -> Page[Any]:
        """The page of those wanted that follows a cursor; a statement for each stretch, two where it may have to be
        found in another way.
        """
        found = self._rows(wanted, _place(after), size + 1, back=False)
        rows = [row for row, _place in found[:size]]
        return Page(rows, _cursor(found[size - 1][1]) if len(found) > size else None)

    def around(self, wanted: Wanted, customer: Customer) -> tuple[Any, Any]:
        """The rows of those wanted that stand before and behind a customer; None where there is none."""
        key = customer.owner.name_key if customer.owner else None
        here = Place(key, customer.owner_id, customer.name_key, customer.id)
        found = [self._rows(wanted, here, 1, back=back) for back in (True, False)]
        before, behind = (rows[0][0] if rows else None for rows in found)
        return before, behind

    def _rows(self, wanted: Wanted, place: Place | None, size: int, *, back: bool) -> list[tuple[Any, Place]]:
        found: list[tuple[Any, Place]] = []
        for stretch, here in _stretches(place, back=back):
            if len(found) < size:
                found += self._of(stretch, wanted, here, size - len(found), back=back)
        return found

    def _of(
        self, stretch: Stretch, wanted: Wanted, here: Place | None, size: int, *, back: bool
    ) -> list[tuple[Any, Place]]:
        if stretch is Stretch.OTHERS:
            rows = self._of_others(wanted, here, size, descending=self.descending != back, back=back)
            return [(row, Place(row.owner_key, row.owner_id, row.name_key, row.id)) for row in rows]
        part, key, owner_id = WITHOUT, None, None
        if stretch is Stretch.SAME:
            assert here is not None
            key, owner_id = here.owner_key, here.owner_id
            part = _of_owner(owner_id)
        order = Order(Customer.name_key, descending=back)
        after = lists.cursor(here, order) if here is not None else None
        page = parted_order.page_of(part, order, wanted, after, size)
        return [(row, Place(key, owner_id, row.name_key, row.id)) for row in page.rows]

    def _of_others(
        self, wanted: Wanted, here: Place | None, size: int, *, descending: bool, back: bool
    ) -> list[Any]:
        """The customers of other people, along the index of their names where that is soon done."""

        def read(statement: Select[Any], walked: bool) -> list[Any]:
            all_keys: list[Any] = [User.name_key, User.id, Customer.name_key, Customer.id]
            all_keys = all_keys if walked else [unindexed(key) for key in all_keys]
            user_keys, keys = all_keys[:2], all_keys[2:]
            rows = wanted.loading(statement.join(User, User.id == Customer.owner_id))
            rows = rows.add_columns(User.name_key.label("owner_key"))
            if here is not None:
                rows = rows.where(_beyond(user_keys, here, descending=descending))
            by = [key.desc() if descending else key.asc() for key in user_keys]
            by += [key.desc() if back else key.asc() for key in keys]
            return list(db.session.execute(rows.order_by(*by).limit(size)))

        return wanted.soonest(read)


def named(sort: str | None) -> tuple[str, ByOwner] | None:
    """The order that an address names, if it is that of owners."""
    return (sort, ByOwner(sort.startswith("-"))) if sort in ("owner", "-owner") else None


def _stretches(place: Place | None, *, back: bool) -> Iterator[tuple[Stretch, Place | None]]:
    """What lies behind a place, or before it: which stretch, and the place from which it is read."""
    if place is None or place.owner_id is None:
        if place is None:
            yield Stretch.OTHERS, None
        yield Stretch.WITHOUT, place
        if back:
            yield Stretch.OTHERS, None
        return
    yield Stretch.SAME, place
    yield Stretch.OTHERS, place
    if not back:
        yield Stretch.WITHOUT, None


def _of_owner(id: int | None) -> Part:
    return Part(BY_NAME, lambda customer, viewer: customer.owner_id == id, lambda v: Customer.owner_id == id)


def _beyond(keys: list[Any], here: Place, *, descending: bool) -> ColumnElement[bool]:
    there, mine = tuple_(*keys), tuple_(here.owner_key, here.owner_id)
    return there < mine if descending else there > mine


def _cursor(place: Place) -> str:
    text = json.dumps(place, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(after: str | None) -> Place | None:
    """The place that a cursor stands for; the beginning for what cannot be read."""
    if not after or len(after) > 4_000:
        return None
    try:
        place = Place(*json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))))
    except (ValueError, TypeError, RecursionError):
        return None
    texts = [place.name_key] if place.owner_id is None else [place.name_key, place.owner_key]
    numbers = [place.id] if place.owner_id is None else [place.id, place.owner_id]
    is_text = all(type(text) is str and "\0" not in text for text in texts)
    is_number = all(type(number) is int and abs(number) < LARGEST for number in numbers)
    return place if is_text and is_number else None
