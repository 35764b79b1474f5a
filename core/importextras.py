"""What other areas let a list of customers bring along beside the file itself: past contacts, for instance.

An area declares the fields and how a row is read; what a customer has already, and writing, are its own as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.mapping import Field
from core.rights import Right, Viewer


class Item(Protocol):
    """One thing that a row brings along; `mark` tells it from others of the same customer."""

    @property
    def mark(self) -> Hashable: ...


class Bringing(Protocol):
    """What the rows of one import bring along, as the person who imports them."""

    def read(self, values: Mapping[str, Any]) -> Item | None:
        """What a row brings; None for nothing. Raises RuleBroken."""

    def held(self, ids: Collection[int]) -> Mapping[int, set[Any]]:
        """Customer id → the marks of what is on file."""

    def write(self, items: Sequence[tuple[int, Any]]) -> None:
        """Write what was brought along: customer id and item."""


@dataclass(frozen=True)
class Extra:
    """A group of fields beside those of customers, offered to whoever holds the right."""

    name: str
    right: Right
    fields: Callable[[], Sequence[Field]]
    begin: Callable[[Viewer], Bringing]
    tables: tuple[str, ...] = ()  # what `held` goes by


_extras: dict[str, Extra] = {}


def declare(extra: Extra) -> None:
    """Make a group of fields known to the import of customers."""
    _extras[extra.name] = extra


def extras() -> Sequence[Extra]:
    """All groups of fields, in the order of the areas."""
    return list(_extras.values())


def fields(by: Viewer | None = None) -> list[Field]:
    """What columns can fill beside the fields of customers; as far as a person may, if one is named."""
    offered = [extra for extra in extras() if by is None or by.may(extra.right)]
    return [field for extra in offered for field in extra.fields()]
