"""The records of a CSV text, one by one with the line where each begins; finds broken quotation. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.delimiters import Layout
from core.errors import Problem
from core.words import _l

LINE = 1_000_000
_BREAK = re.compile(r"\r\n|\r|\n")


class FileProblem(Problem):
    """The whole file cannot be read, or not beyond `line` (the file's first is 1)."""

    status = 422

    def __init__(self, message: Any, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Record(NamedTuple):
    """The cells of one record as written; `problem` says why they cannot be told apart.

    `numbers` are the positions of cells that are long numbers to calculate with; None where the file does not tell.
    `unread` are those of formulas whose result the file does not hold.
    """

    line: int
    cells: list[str]
    problem: Any | None = None
    numbers: Sequence[int] | None = None
    unread: Sequence[int] = ()


def records(lines: Iterator[str], layout: Layout) -> Iterator[Record]:
    """The records that hold anything, in order. Behind a stray quotation mark it goes on with the next line.

    Raises FileProblem for a quotation mark that is never closed and for a cell beyond all measure.
    """
    feed = _Feed(lines, skip=layout.announced)
    reader = csv.reader(feed, delimiter=layout.delimiter, skipinitialspace=layout.padded, strict=True)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(feed, error, layout)
        else:
            if any(cell.strip() for cell in cells):
                yield Record(feed.begun, cells)


class _Feed:
    """Hands lines to the csv module, and remembers those of the record under way."""

    def __init__(self, lines: Iterator[str], skip: bool) -> None:
        self.lines = lines
        self.count = self.begun = 0
        self.ended = False
        self.taken: list[str] = []
        if skip:
            next(self)

    def begin(self) -> None:
        self.begun, self.taken = self.count + 1, []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        try:
            line = next(self.lines)
        except StopIteration:
            self.ended = True
            raise
        self.count += 1
        self.taken.append(line)
        if len(line) >= LINE:
            raise _at(self.count, _l("Line %(line)s is too long to be part of a table.", line=self.count))
        return line


def _at(line: int, message: Any) -> FileProblem:
    return FileProblem(message, line)


def _broken(feed: _Feed, error: csv.Error, layout: Layout) -> Record:
    if feed.ended:
        line = _opening(feed.begun, feed.taken, layout)
        raise _at(line, _l("The quotation mark that opens in line %(line)s is never closed.", line=line))
    if "field limit" in str(error):
        line = _opening(feed.begun, feed.taken[:-1], layout)
        raise _at(
            line,
            _l(
                "The cell that begins in line %(line)s is too long, or its quotation mark is open.", line=line
            ),
        )
    text = "".join(feed.taken).rstrip("\r\n")
    return Record(feed.begun, [text], _l("A quotation mark in this row is in the wrong place."))


def _opening(begun: int, lines: list[str], layout: Layout) -> int:
    """The line in which the last, unfinished cell of these lines begins."""
    cells = next(csv.reader(iter(lines), delimiter=layout.delimiter, skipinitialspace=layout.padded), [""])
    return begun + _breaks("".join(lines)) - _breaks(cells[-1])


def _breaks(text: str) -> int:
    return len(_BREAK.findall(text))
