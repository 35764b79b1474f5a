"""The customers that the rows of an import meet: those on file, and those that earlier rows of the file make."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from blueprints.customers.import_rows import mark_of
from blueprints.customers.models import ContactPoint, Customer
from core.names import shadow
from core.rights import Right

RIGHTS = (Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS, Right.CUSTOMERS_CLEAR, Right.CUSTOMERS_ASSIGN)


@dataclass
class News:
    """What is to be written to one customer: `people` and whose a point is by the shadow of the person's name."""

    values: dict[str, Any] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: list[tuple[ContactPoint, str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.people or self.points or self.tags)


@dataclass(eq=False)
class Target:
    """A customer as it will be after the rows so far. `customer` is the record, None while it is still to be made.

    `values` are attributes of Customer, `people` details by the shadow of the name, `points` marks, `tags` shadows.
    `news` is what the rows make, add or change; `line` the row that makes the customer. `rights` are those that the
    importer holds over the record.
    """

    values: dict[str, Any]
    customer: Customer | None = None
    line: int | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: set[tuple[str, str]] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    rights: frozenset[Right] = frozenset(RIGHTS)
    news: News = field(default_factory=News)

    @cached_property
    def shadow(self) -> str:
        """The form of the name by which it is recognised; on file that of the name before the import."""
        return shadow(self.values["name"])

    @property
    def is_in_bin(self) -> bool:
        return self.customer is not None and self.customer.deleted_at is not None

    def take(self, more: News) -> None:
        """Let a row add to the customer."""
        self.values.update(more.values)
        self.news.values.update(more.values)
        for name, details in more.people.items():
            self.people.setdefault(name, {}).update(details)
            self.news.people.setdefault(name, {}).update(details)
        self.points.update(mark_of(point) for point, _whose in more.points)
        self.news.points += more.points
        self.tags.update(more.tags)
        self.news.tags.update(more.tags)
