"""A file that was opened as a table: its header, and its rows as a stream. Pure."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from core import encodings
from core.config import MAX_FILE_MEGABYTES
from core.csvheaders import NO_HEADER, unreadable
from core.csvrecords import LINE, FileProblem, Record
from core.watermarks import is_watermark
from core.words import _l


@dataclass(frozen=True)
class Limits:
    """How much one file may hold: bytes, rows under the header, columns, characters in a cell; and for how many seconds
    somebody waits for it to be read.
    """

    bytes: int = 1_000_000_000
    rows: int = 1_000_000
    columns: int = 200
    cell: int = 32_768
    seconds: float | None = None


IN_A_REQUEST = Limits(bytes=MAX_FILE_MEGABYTES * 1_000_000, seconds=10)
ON_DISK = Limits()


class Row(NamedTuple):
    """One row under the header: the line where it begins (the file's first is 1) and its cells by column.

    `problem` says why it is to be refused, if so; `written` are its cells as they stand in the file. `numbers` are the
    columns with long numbers to calculate with; None where the file does not tell, as no text table does. `unread` are
    the columns with formulas whose result the file does not hold. `from_1904`: a plain number of days counts from then.
    """

    line: int
    cells: dict[str, str]
    written: list[str]
    problem: Any | None = None
    numbers: Collection[str] | None = None
    unread: Collection[str] = ()
    from_1904: bool = False


@dataclass(frozen=True)
class Table:
    """An opened file. `header` holds distinct names: trimmed, `#3` for a third column without one.

    `records` reads them anew at each call: so many as stand `above` the header, then the header, which begins in the
    line `begins`; both are NO_HEADER where the file has none. A workbook has `sheets`, and the number of the one that
    this is in place of a delimiter.
    """

    encoding: str
    delimiter: str
    header: list[str]
    limits: Limits
    records: Callable[[], Iterator[Record]]
    begins: int = 1
    sheets: Sequence[str] = ()
    from_1904: bool = False
    above: int = 0

    @property
    def is_headless(self) -> bool:
        """Whether all rows are rows, and the columns are called by their places."""
        return self.above == NO_HEADER

    def rows(self) -> Iterator[Row]:
        """The rows that hold anything, read anew at each call; a row with too few cells is filled up.

        A row in another encoding, with too many cells, a huge one or a stray quotation mark has a `problem`.
        Raises FileProblem where the file cannot be read any further, and at the first row too many.
        """
        records = (
            record
            for record in islice(self.records(), self.above + 1, None)
            if not is_watermark(record.cells)
        )
        for count, record in enumerate(records):
            if count == self.limits.rows:
                message = _l("The file has more than %(count)s rows. Split it.", count=f"{count:,}")
                raise FileProblem(message, record.line)
            yield self._row(record)

    def first_lines(self, count: int) -> dict[int, list[str]]:
        """The line and the cells that hold anything of the first records, whatever stands in them, fit to be shown."""
        return {
            record.line: [encodings.legible(cell) for cell in record.cells if cell.strip()]
            for record in islice(self.records(), count)
        }

    def samples(self, count: int = 20) -> dict[str, list[str]]:
        """The first values of each column, fit to be shown, to judge a mapping by."""
        rows = list(islice(self.rows(), count))
        return {column: [encodings.legible(row.cells[column]) for row in rows] for column in self.header}

    def _row(self, record: Record) -> Row:
        written = [encodings.repaired(cell) for cell in record.cells]
        missing = [""] * (len(self.header) - len(written))
        cells = dict(zip(self.header, written + missing, strict=False))
        problem = record.problem or self._problem(record.cells)
        numbers = None if record.numbers is None else self._columns(record.numbers)
        unread = self._columns(record.unread)
        return Row(record.line, cells, written, problem, numbers, unread, self.from_1904)

    def _columns(self, positions: Sequence[int]) -> Collection[str]:
        return [self.header[place] for place in positions if place < len(self.header)]

    def _problem(self, cells: Sequence[str]) -> Any | None:
        if any(encodings.damaged(cell) for cell in cells):
            return _l(
                "This row cannot be read as %(encoding)s. Choose another encoding, or correct the row.",
                encoding=self.encoding,
            )
        if any(cell.strip() for cell in cells[len(self.header) :]):
            return _too_wide(cells, len(self.header), headless=self.is_headless)
        if any(len(cell) > self.limits.cell for cell in cells):
            return _l("A cell of this row is longer than %(limit)s characters.", limit=self.limits.cell)
        return None


def _too_wide(cells: Sequence[str], columns: int, *, headless: bool) -> Any:
    """Names the cell that lacks quotation marks, where the blanks behind its delimiters give it away."""
    if headless:
        return _l(
            "This row has %(count)s cells, those before have %(columns)s.", count=len(cells), columns=columns
        )
    torn = [position for position, cell in enumerate(cells) if position and cell[:1] == " "]
    if len(torn) != len(cells) - columns or torn != list(range(torn[0], torn[0] + len(torn))):
        return _l(
            "This row has %(count)s cells, the header has %(columns)s.", count=len(cells), columns=columns
        )
    return _l(
        "This row has %(count)s cells, the header has %(columns)s: “%(cell)s” needs quotation marks.",
        count=len(cells),
        columns=columns,
        cell=",".join(cells[torn[0] - 1 : torn[-1] + 1])[:60],
    )


def check_size(stream: BinaryIO, limits: Limits) -> None:
    """Raises FileProblem for a file of more bytes than it may have; leaves it at its start."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > limits.bytes:
        raise FileProblem(
            _l("The file is larger than %(size)s MB. Split it.", size=limits.bytes // 1_000_000)
        )


def stream_of(source: bytes | Path) -> BinaryIO:
    """The bytes of a file in memory or on disk, from their start."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def lines_of(source: bytes | Path, encoding: str) -> Iterator[str]:
    """The lines with their ends, none longer than LINE; bytes not of the encoding become lone surrogates."""
    try:
        with io.TextIOWrapper(stream_of(source), encoding, errors="surrogateescape", newline="") as text:
            yield text.readline(LINE).lstrip("\ufeff")
            while line := text.readline(LINE):
                yield line
    except UnicodeError:
        raise FileProblem(unreadable(encoding)) from None
