"""The list of customers in the order of a custom field: those with a value along its index, behind them all others.

Where the field is sensitive, the place in the list would tell what is masked: who does not see a value in clear has
the customer among those without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, select, true
from sqlalchemy.orm import aliased

from blueprints.customers import custom_values
from blueprints.customers.models import Customer, CustomerValue
from blueprints.customers.wanted import Wanted
from blueprints.office import field_rules
from blueprints.office.custom_fields import Definition
from core import kinds, lists
from core.conditions import unindexed
from core.db import db
from core.lists import Order, Page
from core.rights import Right, Viewer

VALUE = aliased(CustomerValue)  # conditions may speak of other values
BEHIND = "."  # begins the cursor of a page of those without a value; no other does


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

    def page(self, wanted: Wanted, after: str | None, size: int = lists.PAGE_SIZE) -> Page[Any]:
        """The page of those wanted that follows a cursor."""

        def page(some: Select[Any], walked: bool) -> Page[Any]:
            return self._page(some, wanted, after, size, walked=walked)

        return wanted.soonest(page)

    def around(self, wanted: Wanted, customer: Customer) -> tuple[Any, Any]:
        """The rows of those wanted that stand before and behind a customer; None where there is none."""
        key = self._key_of(customer, wanted.viewer)

        def neighbours(some: Select[Any], walked: bool) -> tuple[Any, Any]:
            return self._around(some, wanted, (key, customer.id), walked=walked)

        return wanted.soonest(neighbours)

    def _key_of(self, customer: Customer, viewer: Viewer) -> str | None:
        """By what a customer stands among those with a value; None for one that stands behind them."""
        mine = select(VALUE.key).join(Customer, Customer.id == VALUE.customer_id)
        mine = mine.where(VALUE.customer_id == customer.id, VALUE.field_id == self.field.id)
        return db.session.scalar(mine.where(self._seen(viewer)))

    def _around(
        self,
        statement: Select[Any],
        wanted: Wanted,
        place: tuple[str | None, int],
        *,
        walked: bool,
    ) -> tuple[Any, Any]:
        def with_value(descending: bool, after: str | None) -> Any:
            order = Order(VALUE.key, descending, walked)
            return _first(self._with_value(statement, wanted, after, order, 1))

        def without(descending: bool, after: str | None) -> Any:
            rest = wanted.loading(self._without_value(statement, wanted.viewer))
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
        wanted: Wanted,
        after: str | None,
        size: int,
        *,
        walked: bool,
    ) -> Page[Any]:
        in_order = Order(Customer.id, walked=walked)
        behind = wanted.loading(self._without_value(statement, wanted.viewer))
        if after and after.startswith(BEHIND):
            rest = lists.page(behind, Customer, in_order, after[1:], size)
            return Page(rest.rows, rest.after and BEHIND + rest.after)
        by_key = Order(VALUE.key, self.descending, walked)
        first = self._with_value(statement, wanted, after, by_key, size)
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
        wanted: Wanted,
        after: str | None,
        order: Order,
        size: int,
    ) -> Page[Any]:
        joined = statement.join(VALUE, self._mine(walked=order.walked)).where(self._seen(wanted.viewer))
        keyed = wanted.loading(joined).add_columns(VALUE.key)
        return lists.page_by(keyed, VALUE.customer_id, order, after, size)

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


def _first(page: Page[Any]) -> Any:
    return next(iter(page.rows), None)
