"""What a file of customers holds beside HEADER: what the list tells of each, and custom fields; and in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Select, select

from blueprints.customers import custom_values, parted_order, queries
from blueprints.customers.custom_order import ByValue
from blueprints.customers.models import Customer
from blueprints.customers.owner_order import ByOwner
from blueprints.customers.parted_order import ByParts
from blueprints.customers.wanted import Wanted
from core import columns, lists
from core.db import db
from core.lists import Count, Order, Page
from core.rights import Right, Viewer

COMPLETENESS = "completeness"
FEW = Count(
    0, capped=False, many=False
)  # a longer file is made behind the page, in the order of their making
ORDERING = (Customer.id, Customer.name_key)


class Rows(Protocol):
    """Which customers a file holds, and in which order."""

    @property
    def order(self) -> Order: ...

    @property
    def by_value(self) -> ByValue | ByParts | ByOwner | None: ...

    def select(self, viewer: Viewer, right: Right = ...) -> Select[Any]: ...


def names(viewer: Viewer) -> list[str]:
    """The columns that a file has beside HEADER: what somebody would see in the list, and all custom fields."""
    return [COMPLETENESS, *columns.further("customers", viewer), *custom()]


def custom() -> list[str]:
    """The columns of custom fields."""
    return [field.name for field in custom_values.fields()]


def cells(
    customers: Sequence[Customer],
    wanted: Sequence[str],
    clear: Collection[int],
    viewer: Viewer,
    *,
    codes: bool = False,
) -> dict[int, list[str]]:
    """Customer id → its cells in these columns; empty where it is not theirs to see, or was retired meanwhile."""
    ids = [customer.id for customer in customers]
    told: dict[str, Mapping[int, Any]] = {COMPLETENESS: {c.id: c.completeness for c in customers}}
    for name, column in columns.further("customers", viewer).items():
        if name in wanted and column.plain:
            told[name] = column.plain(ids, viewer)
    known = {field.name: field for field in custom_values.fields() if field.name in wanted}
    values = custom_values.of_many(ids, [field.id for field in known.values()])

    def cell(name: str, id: int) -> str:
        if name in told:
            return str(told[name].get(id, ""))
        if (field := known.get(name)) is None:
            return ""
        return custom_values.cell(field, values[id][field.id], clear=id in clear, codes=codes)

    return {id: [cell(name, id) for name in wanted] for id in ids}


def page(asked: Rows, viewer: Viewer, after: str | None, size: int) -> Page[Customer]:
    """A page of whole customers in the order of the list. Where that lies in other tables, first which they are."""
    wanted = asked.select(viewer, Right.CUSTOMERS_EXPORT)
    if asked.by_value is None:
        return lists.page(wanted.options(*queries.OF_FILE), Customer, asked.order, after, size)
    found = asked.by_value.page(Wanted(wanted, viewer, FEW, _placed, whole=False), after, size)
    ids = [row.id for row in found.rows]
    rows = db.session.scalars(select(Customer).where(Customer.id.in_(ids)).options(*queries.OF_FILE))
    held = {customer.id: customer for customer in rows.unique()}
    return Page([held[id] for id in ids], found.after)


def _placed(statement: Select[Any]) -> Select[Any]:
    """Of customers what says where they stand."""
    return statement.with_only_columns(*ORDERING, *parted_order.columns_of_rows(), maintain_column_froms=True)
