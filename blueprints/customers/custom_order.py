"""The list of customers in the order of a custom field: those with a value along its index, behind them all others.

Where the field is sensitive, the place in the list would tell what is masked: who does not see a value in clear has
the customer among those without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, select, true
from sqlalchemy.orm import aliased

from blueprints.customers import custom_values
from blueprints.customers.models import Customer, CustomerValue
from blueprints.office import field_rules
from blueprints.office.custom_fields import Definition
from core import kinds, lists
from core.budget import TooLong, within_budget
from core.conditions import unindexed
from core.db import db
from core.lists import Count, Order, Page
from core.rights import Right, Viewer

VALUE = aliased(CustomerValue)  # conditions may speak of other values
BEHIND = "."  # begins the cursor of a page of those without a value; no other does
Loading = Callable[[Select[Any]], Select[Any]]
Read = TypeVar("Read")


def sortable() -> dict[str, Definition]:
    """The fields that have an order: one value each."""
    return {field.name: field for field in custom_values.fields() if field.type != field_rules.SEVERAL}


def named(sort: str | None) -> tuple[str, ByValue] | None:
    """The order that an address names, if it is one of custom fields."""
    name = (sort or "").removeprefix("-")
    field = sortable().get(name) if name.startswith("custom_") else None
    return (sort or "", ByValue(field, (sort or "").startswith("-"))) if field else None


class _Place(NamedTuple):
    """Where a customer stands, for the cursor of an order by key."""

    key: str
    id: int


@dataclass(frozen=True)
class ByValue:
    """The order of what customers have in one custom field."""

    field: Definition
    descending: bool

    def page(
        self,
        statement: Select[Any],
        viewer: Viewer,
        after: str | None,
        total: Count,
        loading: Loading,
        *,
        whole: bool,
        size: int | None = None,
    ) -> Page[Any]:
        """The page of a select of customers that follows a cursor; `loading` says what is read with them.

        `whole`: no index finds them, so there is nothing but to go along that of the values.
        """
        most = size or lists.PAGE_SIZE

        def page(some: Select[Any], walked: bool) -> Page[Any]:
            return self._page(some, viewer, after, loading, most, walked=walked)

        return _soonest(page, statement, total, whole=whole)

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
        key = self._key_of(customer, viewer)

        def neighbours(some: Select[Any], walked: bool) -> tuple[Any, Any]:
            return self._around(some, viewer, (key, customer.id), loading, walked=walked)

        return _soonest(neighbours, statement, total, whole=whole)

    def _key_of(self, customer: Customer, viewer: Viewer) -> str | None:
        """By what a customer stands among those with a value; None for one that stands behind them."""
        mine = select(VALUE.key).join(Customer, Customer.id == VALUE.customer_id)
        mine = mine.where(VALUE.customer_id == customer.id, VALUE.field_id == self.field.id)
        return db.session.scalar(mine.where(self._seen(viewer)))

    def _around(
        self,
        statement: Select[Any],
        viewer: Viewer,
        place: tuple[str | None, int],
        loading: Loading,
        *,
        walked: bool,
    ) -> tuple[Any, Any]:
        def with_value(descending: bool, after: str | None) -> Any:
            order = Order(VALUE.key, descending, walked)
            return _first(self._with_value(statement, viewer, after, loading, order, 1))

        def without(descending: bool, after: str | None) -> Any:
            rest = loading(self._without_value(statement, viewer))
            return _first(lists.page(rest, Customer, Order(Customer.id, descending, walked), after, 1))

        key, id = place
        if key is None:
            here = lists.cursor(_Place("", id), Order(Customer.id))
            before = without(True, here) or with_value(not self.descending, None)
            return before, without(False, here)
        here = lists.cursor(_Place(key, id), Order(VALUE.key))
        behind = with_value(self.descending, here) or without(False, None)
        return with_value(not self.descending, here), behind

    def _page(
        self,
        statement: Select[Any],
        viewer: Viewer,
        after: str | None,
        loading: Loading,
        size: int,
        *,
        walked: bool,
    ) -> Page[Any]:
        in_order = Order(Customer.id, walked=walked)
        behind = loading(self._without_value(statement, viewer))
        if after and after.startswith(BEHIND):
            rest = lists.page(behind, Customer, in_order, after[1:], size)
            return Page(rest.rows, rest.after and BEHIND + rest.after)
        by_key = Order(VALUE.key, self.descending, walked)
        first = self._with_value(statement, viewer, after, loading, by_key, size)
        missing = size - len(first.rows)
        if first.after is not None:
            return first
        rest = lists.page(behind, Customer, in_order, None, max(missing, 1))
        if missing == 0:
            return Page(first.rows, BEHIND if rest.rows else None)
        return Page([*first.rows, *rest.rows], rest.after and BEHIND + rest.after)

    def _with_value(
        self,
        statement: Select[Any],
        viewer: Viewer,
        after: str | None,
        loading: Loading,
        order: Order,
        size: int,
    ) -> Page[Any]:
        joined = statement.join(VALUE, self._mine(walked=order.walked)).where(self._seen(viewer))
        wanted = loading(joined).add_columns(VALUE.key)
        return lists.page_by(wanted, VALUE.customer_id, order, after, size)

    def _without_value(self, statement: Select[Any], viewer: Viewer) -> Select[Any]:
        return statement.where(~and_(self._seen(viewer), exists().where(self._mine(walked=True))))

    def _mine(self, *, walked: bool) -> ColumnElement[bool]:
        """The value of a customer at hand; or, walked, the values in whose order the customers are taken."""
        field_id = VALUE.field_id if walked else unindexed(VALUE.field_id)
        return and_(VALUE.customer_id == Customer.id, field_id == self.field.id)

    def _seen(self, viewer: Viewer) -> ColumnElement[bool]:
        if not self.field.sensitive:
            return true()
        return kinds.reach(Customer, viewer, Right.CUSTOMERS_CLEAR)


def _soonest(
    read: Callable[[Select[Any], bool], Read], statement: Select[Any], total: Count, *, whole: bool
) -> Read:
    """What is read along the index of the values where that is soon done, else by the customers' own."""
    if whole:
        return read(lists.quick(statement, Customer, total), True)
    if total.many and total.capped:
        try:
            with within_budget(lists.WALK_MS):
                return read(lists.quick(statement, Customer, total), True)
        except TooLong:
            pass
    return read(statement, False)


def _first(page: Page[Any]) -> Any:
    return next(iter(page.rows), None)
