"""The rows of a list of products or purchases, read, and what an import would write for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprints.sales.models import Product, Purchase, PurchaseLine
from core.csvfiles import Row
from core.importing import Action, Finding, Outcome, Report, Severity
from core.importways import BOTH


@dataclass
class Line:
    """A row of the file, read; `places` tells which column fills a field."""

    row: Row
    values: dict[str, Any]
    findings: list[Finding]
    places: Mapping[str, str] = field(default_factory=dict)
    mode: str = BOTH
    action: Action = Action.REFUSE

    @property
    def refused(self) -> bool:
        return any(each.severity is Severity.REFUSED for each in self.findings)

    def refuse(self, message: Any, target: str | None = None) -> None:
        """Note why it is not taken."""
        self.action = Action.REFUSE
        self.findings.append(Finding(message, self.places.get(target or ""), target))

    def warn(self, message: Any, target: str) -> None:
        """Note what is doubtful in it."""
        self.findings.append(Finding(message, self.places.get(target), target, Severity.WARNING))


@dataclass
class News:
    """What is to be written of a purchase, which may be on file.

    New `lines`, and those on file in whose place they stand (`gone`); the `total` that it comes to then; the `values`
    that change; a `payment`.
    """

    purchase: Purchase
    fresh: bool
    lines: list[dict[str, Any]] = field(default_factory=list)
    gone: list[PurchaseLine] = field(default_factory=list)
    total: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    payment: dict[str, Any] | None = None

    @property
    def says_nothing(self) -> bool:
        return not (self.fresh or self.lines or self.values or self.payment)


@dataclass
class Plan:
    """What an import would write: the outcome of each row, products, and what is new of purchases."""

    lines: list[Line]
    products: dict[str, Product] = field(default_factory=dict)
    changed: list[tuple[Product, dict[str, Any]]] = field(default_factory=list)
    purchases: list[News] = field(default_factory=list)

    def outcomes(self) -> list[tuple[Outcome, Row]]:
        """What becomes of each row."""
        named = ((line, str(line.values.get("number") or "")) for line in self.lines)
        return [
            (Outcome(line.row.line, line.action, label, line.findings), line.row) for line, label in named
        ]

    def report(self) -> Report:
        """The account of it."""
        report = Report()
        for outcome, row in self.outcomes():
            report.add(outcome, row)
        return report


def merged(group: Sequence[Line]) -> dict[str, Any]:
    """The values that the rows of a purchase say, of each field the first."""
    return {
        name: value for line in reversed(group) for name, value in line.values.items() if value is not None
    }


def warn_first(group: Sequence[Line], message: Any, target: str) -> None:
    """Note what is doubtful in the first row of a purchase that fills a field, else in its first."""
    line = next((line for line in group if line.values.get(target) is not None), group[0])
    line.warn(message, target)
