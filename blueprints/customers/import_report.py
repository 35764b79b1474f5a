"""The account of an import or of its dry run, as it is kept and shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import Any

from core import uploads
from core.csvfiles import Row, Table, write_csv
from core.importing import SHOWN, Action, Change, Finding, Outcome, Severity, refused_row
from core.words import _, kept, told

PAGE = 200
FIRST = SHOWN


@dataclass
class Tally:
    """How many rows did what, how many have findings, are taken with a warning, and what each column has of both."""

    counts: Counter[Action] = field(default_factory=Counter)
    listed: int = 0
    warned: int = 0
    refusing: Counter[str] = field(default_factory=Counter)
    warning: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count a row in."""
        self.counts[outcome.action] += 1
        self.listed += bool(outcome.findings)
        self.warned += bool(outcome.findings) and outcome.action is not Action.REFUSE
        for finding in outcome.findings:
            if finding.column:
                by_column = self.refusing if finding.severity is Severity.REFUSED else self.warning
                by_column[finding.column] += 1

    def as_json(self) -> dict[str, Any]:
        """What is kept."""
        return {
            "counts": {str(action): count for action, count in self.counts.items()},
            "listed": self.listed, "warned": self.warned,
            "refusing": dict(self.refusing), "warning": dict(self.warning),
        }  # fmt: skip

    @classmethod
    def stored(cls, kept: Mapping[str, Any]) -> Tally:
        """The tally that `as_json` was made of; an empty one for nothing."""
        if not kept:
            return cls()
        counts = Counter({Action(name): count for name, count in kept["counts"].items()})
        columns = Counter(kept["refusing"]), Counter(kept["warning"])
        return cls(counts, kept["listed"], kept["warned"], *columns)


class Lines:
    """Outcomes with findings as lines of a file, in the order of the rows."""

    def __init__(self, path: Path, count: int) -> None:
        self._path, self._count = path, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Outcome]:
        # A job that goes on replaces the file while somebody reads the page of the one before
        with suppress(FileNotFoundError), self._path.open(encoding="utf-8") as lines:
            yield from (_outcome(*json.loads(line)) for line in islice(lines, self._count))

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> bytes:
        """The lines of those outcomes that have findings."""
        lines = [json.dumps(_plain_outcome(o), ensure_ascii=False) + "\n" for o in outcomes if o.findings]
        return "".join(lines).encode()


@dataclass(frozen=True)
class Account:
    """How many rows did what, and the outcomes of those with findings, in the order of the file.

    `head` tells of the first rows what they change.
    """

    tally: Tally
    problems: Sequence[Outcome] | Lines
    head: Sequence[Outcome] = ()

    @classmethod
    def of(cls, outcomes: Iterable[tuple[Outcome, Row]]) -> Account:
        """The account of a plan."""
        return cls._of([outcome for outcome, _row in outcomes])

    @classmethod
    def _of(cls, outcomes: Sequence[Outcome]) -> Account:
        tally = Tally()
        for outcome in outcomes:
            tally.add(outcome)
        return cls(tally, [outcome for outcome in outcomes if outcome.findings], outcomes[:FIRST])

    @classmethod
    def stored(cls, report: Mapping[str, Any]) -> Account:
        """The account that `as_json` or `in_file` was made of; an empty one for nothing."""
        if name := report.get("file"):
            tally = Tally.stored(report["tally"])
            path = uploads.path_of(name)
            return cls(tally, Lines(path, tally.listed) if path.exists() else [], _head(report))
        account = cls._of([_outcome(*problem) for problem in report.get("problems", ())])
        counts = {Action(name): count for name, count in report.get("counts", {}).items()}
        account.tally.counts = Counter(counts)
        return replace(account, head=_head(report))

    def as_json(self) -> dict[str, Any]:
        """What is kept. What is said of a row is told in the language of whoever reads it later."""
        counts = {str(action): count for action, count in self.counts.items()}
        problems = [_plain_outcome(outcome) for outcome in self.problems]
        return {"counts": counts, "problems": problems, "head": head((), self.head)}

    @staticmethod
    def in_file(tally: Tally, name: str, head: Sequence[Any] = ()) -> dict[str, Any]:
        """What is kept where the outcomes with findings are `Lines` of an upload of this name."""
        return {"tally": tally.as_json(), "file": name, "head": list(head)}

    @property
    def counts(self) -> Counter[Action]:
        """How many rows did what."""
        return self.tally.counts

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
    def rows(self) -> int:
        """How many rows were looked at."""
        return self.counts.total()

    @property
    def taken(self) -> int:
        """How many rows make or change a customer."""
        return self.created + self.updated

    @property
    def warned(self) -> int:
        """How many rows are taken with a warning."""
        return self.tally.warned

    @property
    def first(self) -> Sequence[Outcome]:
        """The first outcomes with findings."""
        return list(islice(self.problems, FIRST))

    def page(self, after: int, size: int = PAGE) -> tuple[Sequence[Outcome], int | None]:
        """The outcomes with findings behind a line, and the line behind which the next page begins."""
        rest = list(islice((o for o in self.problems if o.line > after), size + 1))
        return rest[:size], rest[size - 1].line if len(rest) > size else None

    @property
    def refusing(self) -> Counter[str]:
        """How many rows each column has refused."""
        return self.tally.refusing

    @property
    def warning(self) -> Counter[str]:
        """How many warnings each column has."""
        return self.tally.warning


def refused_file(account: Account, table: Table, names: Sequence[str]) -> Iterator[bytes]:
    """The refused rows as they were sent, behind line and reasons, to correct and send again, under these names."""
    return write_csv([_("Line"), _("Reason"), *names], _refused(account, table))


def _refused(account: Account, table: Table) -> Iterator[list[str]]:
    refused = (outcome for outcome in account.problems if outcome.action is Action.REFUSE)
    outcome = next(refused, None)
    for row in table.rows():
        if outcome is not None and row.line == outcome.line:
            yield refused_row(outcome, row)
            outcome = next(refused, None)


def head(kept: Sequence[Any], outcomes: Iterable[Outcome]) -> list[Any]:
    """The first rows of a file, in its order, with what they change, as they are kept; `kept` is what is so far."""
    fresh = map(_plain_row, nsmallest(FIRST, outcomes, key=lambda outcome: outcome.line))
    return sorted([*kept, *fresh], key=lambda row: row[0])[:FIRST]


def _plain_row(outcome: Outcome) -> list[Any]:
    changes = [[kept(change.field), kept(change.old), kept(change.new)] for change in outcome.changes]
    return [outcome.line, str(outcome.action), outcome.label, changes, outcome.more]


def _head(report: Mapping[str, Any]) -> list[Outcome]:
    """The first rows; reports of earlier releases have none."""
    return [
        Outcome(line, Action(action), label, changes=[Change(*map(told, one)) for one in changes], more=more)
        for line, action, label, changes, more in report.get("head", ())
    ]


def _plain_outcome(outcome: Outcome) -> list[Any]:
    return [outcome.line, str(outcome.action), outcome.label, [_plain(f) for f in outcome.findings]]


def _outcome(line: int, action: str, label: str, findings: Iterable[Sequence[Any]]) -> Outcome:
    """Reports of earlier releases hold finished sentences, which are told as they are."""
    return Outcome(
        line,
        Action(action),
        label,
        [Finding(told(m), c, f, Severity(s), *again) for s, c, f, m, *again in findings],
    )


def _plain(finding: Finding) -> list[Any]:
    again = [finding.again] if finding.again else []
    return [str(finding.severity), finding.column, finding.field, kept(finding.message), *again]
