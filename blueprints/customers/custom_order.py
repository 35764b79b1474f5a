"""The list of customers in the order of a custom field: those with a value along its index, behind them all others.

Where the field is sensitive, the place in the list would tell what is masked: who does not see a value in clear has
the customer among those without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, true
from sqlalchemy.orm import aliased

from blueprints.customers import custom_values
from blueprints.customers.models import Customer, CustomerValue
from blueprints.office import field_rules
from blueprints.office.custom_fields import Definition
from core import kinds, lists
from core.budget import TooLong, within_budget
from core.conditions import unindexed
from core.lists import Count, Order, Page
from core.rights import Right, Viewer

VALUE = aliased(CustomerValue)  # conditions may speak of other values
BEHIND = "."  # begins the cursor of a page of those without a value; no other does
Loading = Callable[[Select[Any]], Select[Any]]


def sortable() -> dict[str, Definition]:
    """The fields that have an order: one value each."""
    return {field.name: field for field in custom_values.fields() if field.type != field_rules.SEVERAL}


def named(sort: str | None) -> tuple[str, ByValue] | None:
    """The order that an address names, if it is one of custom fields."""
    name = (sort or "").removeprefix("-")
    field = sortable().get(name) if name.startswith("custom_") else None
    return (sort or "", ByValue(field, (sort or "").startswith("-"))) if field else None


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
    ) -> Page[Any]:
        """The page of a select of customers that follows a cursor; `loading` says what is read with them.

        `whole`: no index finds them, so there is nothing but to go along that of the values.
        """
        if whole:
            return self._page(lists.quick(statement, Customer, total), viewer, after, loading, walked=True)
        if total.many and total.capped:
            try:
                with within_budget(lists.WALK_MS):
                    return self._page(
                        lists.quick(statement, Customer, total), viewer, after, loading, walked=True
                    )
            except TooLong:
                pass
        return self._page(statement, viewer, after, loading, walked=False)

    def _page(
        self, statement: Select[Any], viewer: Viewer, after: str | None, loading: Loading, *, walked: bool
    ) -> Page[Any]:
        in_order = Order(Customer.id, walked=walked)
        behind = loading(statement.where(~and_(self._seen(viewer), exists().where(self._mine(walked=True)))))
        if after and after.startswith(BEHIND):
            rest = lists.page(behind, Customer, in_order, after[1:])
            return Page(rest.rows, rest.after and BEHIND + rest.after)
        first = self._with_value(statement, viewer, after, loading, walked=walked)
        missing = lists.PAGE_SIZE - len(first.rows)
        if first.after is not None:
            return first
        rest = lists.page(behind, Customer, in_order, None, max(missing, 1))
        if missing == 0:
            return Page(first.rows, BEHIND if rest.rows else None)
        return Page([*first.rows, *rest.rows], rest.after and BEHIND + rest.after)

    def _with_value(
        self, statement: Select[Any], viewer: Viewer, after: str | None, loading: Loading, *, walked: bool
    ) -> Page[Any]:
        joined = statement.join(VALUE, self._mine(walked=walked)).where(self._seen(viewer))
        wanted = loading(joined).add_columns(VALUE.key)
        order = Order(VALUE.key, self.descending, walked)
        return lists.page_by(wanted, VALUE.customer_id, order, after)

    def _mine(self, *, walked: bool) -> ColumnElement[bool]:
        """The value of a customer at hand; or, walked, the values in whose order the customers are taken."""
        field_id = VALUE.field_id if walked else unindexed(VALUE.field_id)
        return and_(VALUE.customer_id == Customer.id, field_id == self.field.id)

    def _seen(self, viewer: Viewer) -> ColumnElement[bool]:
        if not self.field.sensitive:
            return true()
        return kinds.reach(Customer, viewer, Right.CUSTOMERS_CLEAR)
