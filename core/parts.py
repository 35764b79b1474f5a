"""The rows that are seen through a record (its phone numbers, its contacts), in words for its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core import kinds


@dataclass(frozen=True)
class Part:
    """The words of one table. Columns without a label are technical and are not shown.

    `by_row` says the words of values that depend on the rest of the row: column → (value, row) → words. So do
    `named` what such a row is called, and `masks` the mask of a sensitive column, None for a row that has nothing
    to hide.
    """

    table: str
    label: Any
    field_labels: Mapping[str, Any] = field(default_factory=dict)
    value_labels: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    by_row: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = field(default_factory=dict)
    named: Callable[[Mapping[str, Any]], Any] | None = None
    masks: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = field(default_factory=dict)

    def title(self, row: Mapping[str, Any]) -> Any:
        """What a row is called."""
        return self.named(row) if self.named is not None else self.label


_parts: dict[str, Part] = {}


def declare(*parts: Part) -> None:
    """Make the words of parts known."""
    _parts.update((part.table, part) for part in parts)


def words_of(table: str, root_table: str) -> Part:
    """The words for rows of a table: as declared for a part, else those of the kind of its record."""
    if table in _parts:
        return _parts[table]
    if kinds.is_kind(root_table):
        kind = kinds.kind_of(root_table)
        return Part(table, kind.label, kind.field_labels, kind.value_labels)
    return Part(table, table)
