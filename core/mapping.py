"""Which column of a file fills which field of a record. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.words import _l


@dataclass(frozen=True)
class Field:
    """What a record kind lets an import fill.

    `synonyms` are the headers that known programs write, the preferred first. `many` takes several columns,
    and several values from a cell. `convert` makes the value of a cleaned cell that is not empty (a list
    where it holds several), raises RuleBroken to refuse it, or answers a `Doubt` to take it with a warning.
    `fits` tells whether a cell looks like this field, for columns whose header says nothing. `dated`: `convert` takes
    the order of day and month as well (core/dates.py); `counted`: it takes whether the cell is a number to calculate
    with, None where the file does not tell. `closed`: it takes but a few words; a column none of whose cells is one of
    them holds something else under the same heading.
    """

    name: str
    label: Any
    synonyms: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    convert: Callable[..., Any] = str
    fits: Callable[[str], bool] | None = None
    dated: bool = False
    counted: bool = False
    closed: bool = False


class MappingProblem(Problem):
    """The mapping names something that the file or the record does not have; `column` is where it does so."""

    status = 422

    def __init__(self, message: Any, column: str | None = None) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Mapping:
    """A checked mapping: field names by column, in the order of the header."""

    columns: dict[str, str]

    @classmethod
    def check(cls, wanted: Any, header: Sequence[str], fields: Iterable[Field]) -> Mapping:
        """From {column: field or nothing}, data or JSON text; raises MappingProblem naming what is wrong."""
        by_name = {field.name: field for field in fields}
        chosen = {column.strip(): name for column, name in _pairs(wanted).items() if name}
        for column, name in chosen.items():
            if column not in header:
                raise MappingProblem(_l("The file has no column “%(column)s”.", column=column))
            if name not in by_name:
                raise MappingProblem(_l("There is no field “%(field)s” to import into.", field=name), column)
        ordered = {column: chosen[column] for column in header if column in chosen}
        _check_counts(ordered, by_name.values())
        return cls(ordered)


def _pairs(wanted: Any) -> dict[str, str | None]:
    if isinstance(wanted, str | bytes):
        try:
            wanted = json.loads(wanted)
        except ValueError:
            raise MappingProblem(_l("The mapping is not valid JSON.")) from None
    if not isinstance(wanted, dict) or not all(isinstance(name, str | None) for name in wanted.values()):
        raise MappingProblem(_l("The mapping must have the form {column: field}."))
    return wanted


def _check_counts(chosen: dict[str, str], fields: Iterable[Field]) -> None:
    for field in fields:
        columns = [column for column, name in chosen.items() if name == field.name]
        if len(columns) > 1 and not field.many:
            raise MappingProblem(_l("Two columns are mapped to “%(field)s”.", field=field.label), columns[1])
        if field.required and not columns:
            raise MappingProblem(_l("No column is mapped to “%(field)s”.", field=field.label))
