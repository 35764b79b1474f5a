"""The rows of an import: what each becomes, why it is refused, and the account of it all. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.cells import clean, restore
from core.converting import Doubt
from core.csvfiles import Row
from core.dates import counted_from_1900, is_nothing
from core.errors import RuleBroken
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.words import _l

SHOWN = 50
_UNREAD = _l(
    "This cell holds a formula, and the file does not hold its result. It is taken as empty. Open the file in Excel, "
    "save it, and choose it once more."
)


class Action(StrEnum):
    """What a row does."""

    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    REFUSE = "refuse"


class Severity(StrEnum):
    """Whether a finding stops its row."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """What is wrong or doubtful in a row; without a column it concerns the whole row.

    `again` is what the cell is to say in a file that is sent again, where as it stands it would mean something else.
    """

    message: Any
    column: str | None = None
    field: str | None = None
    severity: Severity = Severity.REFUSED
    again: str | None = None


@dataclass(frozen=True)
class Change:
    """What a row changes: a field by its label, what stands there so far, and what is to."""

    field: Any
    old: Any = ""
    new: Any = ""


@dataclass
class Outcome:
    """What becomes of the row that begins in this line of the file.

    `changes` are told of the first rows only, and of each the first few; `more` counts the others.
    """

    line: int
    action: Action
    label: str = ""
    findings: Sequence[Finding] = ()
    changes: Sequence[Change] = ()
    more: int = 0


@dataclass
class Report:
    """The account of an import: how many rows do what, the first outcomes with findings, all refused rows."""

    counts: Counter[Action] = field(default_factory=Counter)
    shown: list[Outcome] = field(default_factory=list)
    refused: list[tuple[Outcome, Row]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every row was taken."""
        return not self.refused

    def add(self, outcome: Outcome, row: Row) -> None:
        """Count one row in."""
        self.counts[outcome.action] += 1
        if outcome.findings and len(self.shown) < SHOWN:
            self.shown.append(outcome)
        if outcome.action is Action.REFUSE:
            self.refused.append((outcome, row))

    def refused_rows(self) -> Iterator[list[str]]:
        """The refused rows for `write_csv`: line, reasons, then the cells, to correct and send again."""
        return (refused_row(outcome, row) for outcome, row in self.refused)


def refused_row(outcome: Outcome, row: Row) -> list[str]:
    """A refused row for `write_csv`: line, reasons, then the cells, to correct and send again."""
    reasons = "\n".join(_sentence(finding) for finding in outcome.findings)
    again = {finding.column: finding.again for finding in outcome.findings if finding.again}
    columns = [*row.cells, *[""] * len(row.written)]
    cells = [again.get(column) or cell for column, cell in zip(columns, row.written, strict=False)]
    return [str(outcome.line), reasons, *map(restore, cells)]


def read_row(
    row: Row, columns: Columns, fields: Sequence[Field], days: str = ""
) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a row by field, and what is wrong with it. Only mapped fields occur.

    An empty cell gives None, or an empty list for a field that takes several. Text is restored and cleaned; `days` is
    the order of day and month where a date leaves it open.
    """
    if row.problem is not None:
        return {}, [Finding(row.problem)]
    by_name = {target.name: target for target in fields}
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    for column, name in columns.columns.items():
        value = _convert(row, by_name[name], column, days, findings)
        values[name] = _merged(values.get(name, []), value) if by_name[name].many else value
    findings.extend(_missing(values, fields, findings))
    findings.extend(_unread(row, columns))
    return values, findings


def emptied(row: Row, columns: Columns) -> set[str]:
    """The mapped fields of which the row holds nothing at all: all their cells are empty."""
    filled = {
        name for column, name in columns.columns.items() if text_of(row, column) or column in row.unread
    }
    return set(columns.columns.values()) - filled


def text_of(row: Row, column: str) -> str:
    """What a cell says, restored and cleaned."""
    return clean(restore(row.cells[column]))


def _convert(row: Row, target: Field, column: str, days: str, findings: list[Finding]) -> Any:
    cell = text_of(row, column)
    nothing: Any = [] if target.many else None
    if not cell or (target.dated and is_nothing(cell)):
        return nothing
    try:
        value = (
            _day(row, cell, target, days)
            if target.dated
            else target.convert(cell, *_hints(row, target, column))
        )
    except RuleBroken as refusal:
        findings.append(Finding(refusal.message, column, target.name))
        return nothing
    if isinstance(value, Doubt):
        again = str(value.value) if target.dated and row.from_1904 else None
        findings.append(Finding(value.message, column, target.name, Severity.WARNING, again))
        value = value.value
    if not target.many:
        return value
    return value if isinstance(value, list) else [] if value is None else [value]


def _day(row: Row, cell: str, target: Field, days: str) -> Any:
    """What a field of days makes of a cell, which tells if its number counts from 1904. `days`: see `read_row`."""
    number = counted_from_1900(cell) if row.from_1904 else cell
    value = target.convert(number, days)
    if number == cell or not isinstance(value, Doubt):
        return value
    return Doubt(
        value.value,
        _l(
            "“%(value)s” is a number of days. This workbook counts them from 1904: it is taken as %(day)s.",
            value=cell,
            day=value.value,
        ),
    )


def _hints(row: Row, target: Field, column: str) -> Iterator[Any]:
    """What the reader of a field takes beside the cell."""
    if target.counted:
        yield None if row.numbers is None else column in row.numbers


def _unread(row: Row, columns: Columns) -> Iterator[Finding]:
    """Cells that look empty and are not. They are named without their field, which may be wrong in its own way."""
    for column in row.unread:
        if column in columns.columns:
            yield Finding(_UNREAD, column, None, Severity.WARNING)


def _merged(before: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys([*before, *more]))


def _missing(
    values: Mapping[str, Any], fields: Sequence[Field], findings: Sequence[Finding]
) -> Iterator[Finding]:
    told = {finding.field for finding in findings}
    for target in fields:
        empty = target.name in values and not values[target.name]
        if target.required and empty and target.name not in told:
            yield Finding(_l("“%(field)s” is empty.", field=target.label), None, target.name)


def _sentence(finding: Finding) -> str:
    return f"{finding.column}: {finding.message}" if finding.column else str(finding.message)
