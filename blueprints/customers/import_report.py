"""The account of an import or of its dry run, as it is kept and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.csvfiles import Row, Table, write_csv
from core.importing import Action, Finding, Outcome, Report, Severity
from core.words import _, kept, told

PAGE = 200


@dataclass(frozen=True)
class Account:
    """How many rows did what, and the outcomes of those with findings, in the order of the file."""

    counts: Counter[Action]
    problems: Sequence[Outcome]

    @classmethod
    def of(cls, outcomes: Iterable[tuple[Outcome, Row]]) -> Account:
        """The account of a plan."""
        found = [outcome for outcome, _row in outcomes]
        return cls(Counter(o.action for o in found), [outcome for outcome in found if outcome.findings])

    @classmethod
    def stored(cls, report: Mapping[str, Any]) -> Account:
        """The account that `as_json` was made of; an empty one for nothing."""
        counts = {Action(name): count for name, count in report.get("counts", {}).items()}
        return cls(Counter(counts), [_outcome(*problem) for problem in report.get("problems", ())])

    def as_json(self) -> dict[str, Any]:
        """What is kept. What is said of a row is told in the language of whoever reads it later."""
        problems = [[o.line, str(o.action), o.label, [_plain(f) for f in o.findings]] for o in self.problems]
        return {"counts": {str(action): count for action, count in self.counts.items()}, "problems": problems}

    @property
    def created(self) -> int:
        return self.counts[Action.CREATE]

    @property
    def updated(self) -> int:
        return self.counts[Action.UPDATE]

    @property
    def skipped(self) -> int:
        return self.counts[Action.SKIP]

    @property
    def refused(self) -> int:
        return self.counts[Action.REFUSE]

    @property
    def taken(self) -> int:
        """How many rows make or change a customer."""
        return self.created + self.updated

    @property
    def warned(self) -> int:
        """How many rows are taken with a warning."""
        return sum(outcome.action is not Action.REFUSE for outcome in self.problems)

    def page(self, after: int, size: int = PAGE) -> tuple[Sequence[Outcome], int | None]:
        """The outcomes with findings behind a line, and the line behind which the next page begins."""
        rest = [outcome for outcome in self.problems if outcome.line > after]
        return rest[:size], rest[size - 1].line if len(rest) > size else None

    @property
    def refusing(self) -> Counter[str]:
        """How many rows each column has refused."""
        return self._by_column(Severity.REFUSED)

    @property
    def warning(self) -> Counter[str]:
        """How many warnings each column has."""
        return self._by_column(Severity.WARNING)

    def _by_column(self, severity: Severity) -> Counter[str]:
        found = (finding for outcome in self.problems for finding in outcome.findings)
        return Counter(f.column for f in found if f.column and f.severity is severity)


def refused_file(account: Account, table: Table) -> Iterator[bytes]:
    """The refused rows as they were sent, behind line and reasons, to correct and send again."""
    refused = {outcome.line: outcome for outcome in account.problems if outcome.action is Action.REFUSE}
    report = Report()
    report.refused = [(refused[row.line], row) for row in table.rows() if row.line in refused]
    return write_csv([_("Line"), _("Reason"), *table.header], report.refused_rows())


def _outcome(line: int, action: str, label: str, findings: Iterable[Sequence[Any]]) -> Outcome:
    """Reports of earlier releases hold finished sentences, which are told as they are."""
    return Outcome(
        line, Action(action), label, [Finding(told(m), c, f, Severity(s)) for s, c, f, m in findings]
    )


def _plain(finding: Finding) -> list[Any]:
    return [str(finding.severity), finding.column, finding.field, kept(finding.message)]
