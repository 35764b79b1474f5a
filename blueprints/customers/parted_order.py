"""Orders of the list of customers in which one part stands behind another, each with an order of its own.

So a list by status has its codes in the order of a customer's life, and within each the names, without an index for
it; and one by owner or city has those without at its end, which no column could say that may hold nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from blueprints.customers import rules
from blueprints.customers.models import Customer
from core import lists
from core.conditions import tried
from core.lists import Count, Order, Page
from core.rights import Viewer

Loading = Callable[[Select[Any]], Select[Any]]
BY_NAME = Order(Customer.name_key)


@dataclass(frozen=True)
class Part:
    """Some customers of a list, in an order; `condition`, if any, finds them by an index."""

    order: Order
    holds: Callable[[Customer], bool]
    condition: ColumnElement[bool] | None = None

    def select(self, statement: Select[Any], *, whole: bool) -> Select[Any]:
        """Those of a select. `whole`: nothing finds its rows, so this condition may."""
        if self.condition is None:
            return statement
        if not whole or statement.whereclause is None:
            return statement.where(tried(self.condition))
        return select(Customer).where(self.condition, tried(statement.whereclause))


def _with(column: Any, then: Any, nothing: Any) -> tuple[Part, Part]:
    """Those with a value along its index, behind them those without one."""
    key = column.key
    return (
        Part(Order(column, then=then, above=nothing), lambda customer: bool(getattr(customer, key))),
        Part(BY_NAME, lambda customer: not getattr(customer, key), or_(column.is_(None), column == nothing)),
    )


def _of_status(code: str) -> Part:
    return Part(BY_NAME, lambda customer: customer.status == code, Customer.status == code)


PARTS: Mapping[str, Sequence[Part]] = {
    "status": [_of_status(code) for code in rules.STATUSES],
    "owner": _with(Customer.owner_id, Customer.name_key, 0),
    "city": _with(Customer.city, None, ""),
}
COLUMNS = (Customer.owner_id, Customer.city)  # that rows must have for their place in an order


def named(sort: str | None) -> tuple[str, ByParts] | None:
    """The order that an address names, if it is one of parts."""
    name = (sort or "").removeprefix("-")
    descending = (sort or "").startswith("-")
    return (sort or "", ByParts(tuple(_parts(name, descending)))) if name in PARTS else None


def _parts(name: str, descending: bool) -> Iterator[Part]:
    """In reverse the codes stand in reverse, names do not; what has no value stays at the end."""
    if name == "status":
        return reversed(PARTS[name]) if descending else iter(PARTS[name])
    first, rest = PARTS[name]
    return iter((replace(first, order=replace(first.order, descending=descending)), rest))


@dataclass(frozen=True)
class ByParts:
    """The order of a list that has parts."""

    parts: tuple[Part, ...]

    def page(
        self,
        statement: Select[Any],
        viewer: Viewer,
        after: str | None,
        total: Count,
        loading: Loading,
        *,
        whole: bool,
    ) -> Page[Any]:
        """The page of a select of customers that follows a cursor; `loading` says what is read with them.

        `whole`: no index finds them. Two statements for each part at most.
        """
        start, place = self._place(after)
        rows: list[Any] = []
        for number in range(start, len(self.parts)):
            part, missing = self.parts[number], lists.PAGE_SIZE - len(rows)
            found = _page(part, part.order, statement, total, loading, place, max(missing, 1), whole=whole)
            place = None
            if missing == 0 and found.rows:
                return Page(rows, f"{number}.")
            rows += found.rows if missing else ()
            if found.after:
                return Page(rows, f"{number}.{found.after}")
        return Page(rows, None)

    def around(
        self,
        statement: Select[Any],
        viewer: Viewer,
        customer: Customer,
        total: Count,
        loading: Loading,
        *,
        whole: bool,
    ) -> tuple[Any, Any]:
        """The rows of a select of customers that stand before and behind a customer; None where there is none."""
        here = next(number for number, part in enumerate(self.parts) if part.holds(customer))

        def first(numbers: Sequence[int], *, back: bool) -> Any:
            for number in numbers:
                part = self.parts[number]
                order = replace(part.order, descending=part.order.descending != back)
                place = lists.cursor(customer, order) if number == here else None
                found = _page(part, order, statement, total, loading, place, 1, whole=whole)
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


def _page(
    part: Part,
    order: Order,
    statement: Select[Any],
    total: Count,
    loading: Loading,
    after: str | None,
    size: int,
    *,
    whole: bool,
) -> Page[Any]:
    wanted = part.select(statement, whole=whole)
    if part.condition is not None:
        total = lists.count(wanted, further=lists.SORTED)
    elif whole:
        return lists.page(loading(lists.quick(wanted, Customer, total)), Customer, order, after, size)
    return lists.page_of_many(wanted, Customer, order, after, total, loading, size)
