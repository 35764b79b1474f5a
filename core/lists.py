"""Lists: named orders with an index each, keyset paging, counts that stop at a cap."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal_column, select, tuple_

from core.budget import TooLong, within_budget
from core.conditions import tried, unindexed
from core.db import db, plan_anew

Row = TypeVar("Row")
PAGE_SIZE = 50
COUNT_CAP = 1_000
SORTED = 10_000  # rows that are sorted sooner than looked for along the index of their order
COUNT_MS, WALK_MS = 20, 100
LARGEST = 2**63 - 1  # of a whole number in a column


@dataclass(frozen=True)
class Order:
    """One way to sort: a NOT NULL column with an index; another of the same index, if any, and the id settle ties.

    Where the column may hold nothing, the rows are those that are `above` a value.
    """

    column: Any
    descending: bool = False
    walked: bool = True  # along an index, if there is one
    then: Any = None
    above: Any = None

    def by(self, id_column: Any) -> list[Any]:
        columns = (*self._keys, id_column)
        return [c.desc() for c in columns] if self.descending else [c.asc() for c in columns]

    def within(self) -> ColumnElement[bool] | None:
        """The condition for what the order has a place for, if that is not all."""
        return None if self.above is None else self._keys[0] > self.above

    def after(self, id_column: Any, values: Sequence[Any], id: int) -> ColumnElement[bool]:
        """The condition for what comes behind a row."""
        here, there = tuple_(*self._keys, id_column), tuple_(*values, id)
        return here < there if self.descending else here > there

    @property
    def columns(self) -> Sequence[Any]:
        """What it sorts by, before the id."""
        return (self.column,) if self.then is None else (self.column, self.then)

    @property
    def _keys(self) -> Sequence[Any]:
        return self.columns if self.walked else [unindexed(column) for column in self.columns]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `after` is the cursor of the next, None on the last."""

    rows: Sequence[Row]
    after: str | None


@dataclass(frozen=True)
class Count:
    """A number of rows that counting stopped at a cap; `many` tells that they are too many to sort."""

    value: int
    capped: bool
    many: bool = True

    def __str__(self) -> str:
        return f"{self.value:,}+" if self.capped else f"{self.value:,}"


UNKNOWN = Count(0, capped=True)  # nobody could count so long


def order_named(name: str | None, orders: Mapping[str, Any], default: str) -> tuple[str, Order]:
    """The order that an address names (`-name` reverses); the default for anything unknown."""
    wanted = name if name and name.lstrip("-") in orders and not name.startswith("--") else default
    return wanted, Order(orders[wanted.lstrip("-")], wanted.startswith("-"))


def page(
    statement: Select[Any], model: Any, order: Order, after: str | None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The page that follows a cursor, of a select of one entity or of columns (its order's and `id` among them);
    an unreadable cursor is the first page."""
    return page_by(statement, model.id, order, after, size)


def page_by(
    statement: Select[Any], id_column: Any, order: Order, after: str | None, size: int = PAGE_SIZE
) -> Page[Any]:
    """The same, where ties are settled by a column that is equal to the `id` of the rows."""
    statement = statement.order_by(*order.by(id_column)).limit(size + 1)
    if (within := order.within()) is not None:
        statement = statement.where(within)
    if (place := _place(after, order)) is not None:
        statement = statement.where(order.after(id_column, *place))
    result = db.session.execute(statement)
    rows: Sequence[Any] = (result if len(result.keys()) > 1 else result.scalars().unique()).all()
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], cursor(rows[size - 1], order))


def page_of_many(
    statement: Select[Any],
    model: Any,
    order: Order,
    after: str | None,
    total: Count,
    loading: Callable[[Select[Any]], Select[Any]],
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """The page of a select whose rows were counted; `loading` says what is loaded with them.

    Of many rows the first are most often soon found along the index of the order. Few, and those that are far behind
    in it, are found by their own index and sorted.
    """
    if total.many:
        try:
            with within_budget(WALK_MS):
                return page(loading(quick(statement, model, total)), model, order, after, size)
        except TooLong:
            pass
    return page(loading(statement), model, replace(order, walked=False), after, size)


def count(statement: Select[Any], cap: int = COUNT_CAP, *, further: int = 0) -> Count:
    """How many rows a select has, counted no further than the cap; and `further`, if that is quick, to know of many."""
    found = _counted(statement, cap)
    many = found > cap and (further <= cap or _are_more(statement, further))
    return Count(min(found, cap), found > cap, many)


def _are_more(statement: Select[Any], most: int) -> bool:
    try:
        with within_budget(COUNT_MS):
            return _counted(statement, most) > most
    except TooLong:
        return True


def _counted(statement: Select[Any], most: int) -> int:
    plan_anew()
    inner: Select[Any] = (
        statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        .order_by(None)
        .limit(most + 1)
    )
    return db.session.scalar(select(func.count()).select_from(inner.subquery())) or 0


def quick(statement: Select[Any], model: Any, total: Count) -> Select[Any]:
    """The same rows of a select of one entity, in the form in which many of them are quick to page through."""
    if not total.capped or statement.whereclause is None:
        return statement
    return select(model).where(tried(statement.whereclause))


def cursor(row: Any, order: Order) -> str:
    """The cursor that stands behind a row."""
    return _cursor(row, order, row.id)


def cursor_to(row: Any, order: Order) -> str:
    """The cursor of a page that begins with a row."""
    return _cursor(row, order, row.id + 1 if order.descending else row.id - 1)


def _cursor(row: Any, order: Order, id: int) -> str:
    values = [getattr(row, column.key) for column in order.columns]
    texts = [value.isoformat() if isinstance(value, date | datetime) else value for value in values]
    place = json.dumps([*texts, id], ensure_ascii=False)
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(after: str | None, order: Order) -> tuple[Sequence[Any], int] | None:
    if not after or len(after) > 2_000:
        return None
    try:
        *values, id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        pairs = zip(values, order.columns, strict=True)
        return [_typed(value, column.type.python_type) for value, column in pairs], _typed(id, int)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _typed(value: Any, python_type: type[Any]) -> Any:
    """The value if a database could hold it in a column of that type: cursors come from outside."""
    if python_type is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if python_type is date:
        return date.fromisoformat(value)
    if type(value) is not python_type or (python_type is int and abs(value) > LARGEST):
        raise TypeError("a cursor of another order")
    if python_type is str and b"\0" in value.encode():
        raise TypeError("a cursor of another order")
    return value
