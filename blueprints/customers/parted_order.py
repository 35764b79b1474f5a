"""Orders of the list of customers in which one part stands behind another, each with an order of its own.

So a list by status has its codes in the order of a customer's life, and within each the names, without an index for
it; and one by city has those without at its end, which no column could say that may hold nothing. Columns of other
areas order likewise: who may not know what stands there has the customer among those without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, false, not_, or_, select

from blueprints.customers import rules
from blueprints.customers.models import Customer
from blueprints.customers.wanted import Wanted
from core import columns, lists
from core.columns import Column, Sorting
from core.conditions import tried
from core.db import db
from core.lists import Order, Page
from core.rights import Viewer

BY_NAME = Order(Customer.name_key)


@dataclass(frozen=True)
class Part:
    """Some customers of a list, in an order; `condition`, if any, finds them by an index for somebody.

    `seen`: the order is of what only some may know: the condition for the customers of whom somebody may.
    """

    order: Order
    holds: Callable[[Customer, Viewer], bool]
    condition: Callable[[Viewer], ColumnElement[bool]] | None = None
    seen: Callable[[Viewer], ColumnElement[bool]] | None = None

    def select(self, wanted: Wanted) -> Select[Any]:
        """Those of them. Where nothing finds the wanted, this condition may."""
        statement, viewer = wanted.statement, wanted.viewer
        if self.seen is not None:
            statement = statement.where(tried(self.seen(viewer)))
        if self.condition is None:
            return statement
        condition = self.condition(viewer)
        if not wanted.whole or statement.whereclause is None:
            return statement.where(tried(condition))
        return select(Customer).where(condition, tried(statement.whereclause))


def _by_city() -> tuple[Part, Part]:
    """Those with a city along its index, behind them those without one."""
    bare = or_(Customer.city.is_(None), Customer.city == "")
    return (
        Part(Order(Customer.city, above=""), lambda customer, viewer: bool(customer.city)),
        Part(BY_NAME, lambda customer, viewer: not customer.city, lambda viewer: bare),
    )


def _of_status(code: str) -> Part:
    return Part(
        BY_NAME, lambda customer, viewer: customer.status == code, lambda viewer: Customer.status == code
    )


PARTS: Mapping[str, Sequence[Part]] = {
    "status": [_of_status(code) for code in rules.STATUSES],
    "city": _by_city(),
}


def _by_column(column: Column, sorting: Sorting) -> tuple[Part, Part]:
    """Those of whom somebody may know a value along its index, behind them all others."""
    held: Any = sorting.column

    def seen(viewer: Viewer) -> ColumnElement[bool]:
        return sorting.within(viewer) if viewer.may(column.right) else false()

    def holds(customer: Customer, viewer: Viewer) -> bool:
        there = getattr(customer, held.key) is not None
        mine = select(Customer.id).where(Customer.id == customer.id, seen(viewer))
        return there and db.session.scalar(mine) is not None

    def others(viewer: Viewer) -> ColumnElement[bool]:
        """Who may know it of everybody has no need to ask of each."""
        return or_(held.is_(None), not_(seen(viewer)))

    return (
        Part(Order(held, above=sorting.nothing), holds, seen=seen),
        Part(BY_NAME, lambda customer, viewer: not holds(customer, viewer), others),
    )


def further() -> dict[str, Sorting]:
    """The columns of other areas by which a list can be sorted."""
    return {name: column.sorting for name, column in columns.of("customers").items() if column.sorting}


def sortable(viewer: Viewer) -> list[str]:
    """The orders that somebody has."""
    declared = columns.of("customers")
    return [*PARTS, *(name for name in further() if viewer.may(declared[name].right))]


def columns_of_rows() -> list[Any]:
    """The columns that rows must have for their place in an order."""
    return [Customer.owner_id, Customer.city, *(sorting.column for sorting in further().values())]


def named(sort: str | None) -> tuple[str, ByParts] | None:
    """The order that an address names, if it is one of parts."""
    name = (sort or "").removeprefix("-")
    if name not in PARTS and name not in further():
        return None
    return sort or "", ByParts(tuple(_parts(name, (sort or "").startswith("-"))))


def _parts(name: str, descending: bool) -> Iterator[Part]:
    """In reverse the codes stand in reverse, names do not; what has no value stays at the end."""
    if name == "status":
        return reversed(PARTS[name]) if descending else iter(PARTS[name])
    first, rest = PARTS[name] if name in PARTS else _by_column(columns.of("customers")[name], further()[name])
    return iter((replace(first, order=replace(first.order, descending=descending)), rest))


@dataclass(frozen=True)
class ByParts:
    """The order of a list that has parts."""

    parts: tuple[Part, ...]

    def page(self, wanted: Wanted, after: str | None, size: int = lists.PAGE_SIZE) -> Page[Any]:
        """The page of those wanted that follows a cursor. Two statements for each part at most."""
        start, place = self._place(after)
        rows: list[Any] = []
        for number in range(start, len(self.parts)):
            part, missing = self.parts[number], size - len(rows)
            order, most = part.order, max(missing, 1)
            found = page_of(part, order, wanted, place, most)
            place = None
            if missing == 0 and found.rows:
                return Page(rows, f"{number}.")
            rows += found.rows if missing else ()
            if found.after:
                return Page(rows, f"{number}.{found.after}")
        return Page(rows, None)

    def around(self, wanted: Wanted, customer: Customer) -> tuple[Any, Any]:
        """The rows of those wanted that stand before and behind a customer; None where there is none."""
        here = next(number for number, part in enumerate(self.parts) if part.holds(customer, wanted.viewer))

        def first(numbers: Sequence[int], *, back: bool) -> Any:
            for number in numbers:
                part = self.parts[number]
                order = replace(part.order, descending=part.order.descending != back)
                place = lists.cursor(customer, order) if number == here else None
                found = page_of(part, order, wanted, place, 1)
                if found.rows:
                    return found.rows[0]
            return None

        return first(range(here, -1, -1), back=True), first(range(here, len(self.parts)), back=False)

    def _place(self, after: str | None) -> tuple[int, str | None]:
        """Part and place in it; the beginning for what cannot be read."""
        number, _sep, place = (after or "").partition(".")
        if number in map(str, range(len(self.parts))):
            return int(number), place or None
        return 0, None


def page_of(
    part: Part,
    order: Order,
    wanted: Wanted,
    after: str | None,
    size: int,
) -> Page[Any]:
    """A page of one part of a list."""
    mine, total, loading = part.select(wanted), wanted.total, wanted.loading
    if part.condition is not None:
        total = lists.count(mine, further=lists.SORTED)
    elif wanted.whole:
        return lists.page(loading(lists.quick(mine, Customer, total)), Customer, order, after, size)
    return lists.page_of_many(mine, Customer, order, after, total, loading, size)
