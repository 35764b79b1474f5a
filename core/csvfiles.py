"""CSV files in and out. `open_csv` finds encoding and delimiter of what people really send, within limits;
`write_csv` writes what Excel opens rightly and cannot run as formulas. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from core import delimiters, encodings, filetypes, titles
from core.cells import neutralise
from core.csvheaders import NO_HEADER, nameless, read_header
from core.csvrecords import FileProblem, Record, records
from core.csvtables import IN_A_REQUEST, ON_DISK, Limits, Row, Table, check_size, lines_of, stream_of
from core.delimiters import Layout
from core.words import _l

__all__ = [
    "IN_A_REQUEST",
    "ON_DISK",
    "FileProblem",
    "Limits",
    "Row",
    "Table",
    "csv_lines",
    "open_csv",
    "write_csv",
]

_CHUNK = 64 * 1024


def open_csv(
    source: bytes | Path,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = IN_A_REQUEST,
    header: int = 0,
    words: Collection[str] = (),
) -> Table:
    """Open a CSV file, finding what is not given. `encoding` may be any name that Python knows (`gbk`).

    The header stands in the line `header`, NO_HEADER for a file that has none; without one, in the first that holds
    anything or, where `words` say which columns are known (core/titles.py), below a title or nowhere.
    Raises FileProblem for a file that is too large, not text, empty, or has a header only.
    """
    with stream_of(source) as stream:
        named = _named(encoding) if encoding else None
        _refuse_at_sight(stream, limits, named)
        found = named or encodings.detect(stream)
    _check(delimiter)
    layout, above = _laid_out(_first(lines_of(source, found)), delimiter, header, words)

    def read() -> Iterator[Record]:
        return records(lines_of(source, found), layout)

    if above == NO_HEADER:
        names, begins = nameless(list(islice(read(), titles.LOOKED_AT)), limits.columns), NO_HEADER
    else:
        first = next(islice(read(), above, None), None)
        names, begins = read_header(first, found, limits.columns), first.line if first else 1
    table = Table(found, layout.delimiter, names, limits, read, begins, above=above)
    if next(table.rows(), None) is None:
        raise FileProblem(_l("The file has a header but no rows."))
    return table


def _laid_out(
    lines: Sequence[str], delimiter: str | None, header: int, words: Collection[str]
) -> tuple[Layout, int]:
    """How the cells are separated, and how many records stand above the header, NO_HEADER if there is none."""
    if header == NO_HEADER:
        return delimiters.sniff(lines, delimiter), NO_HEADER
    if header:
        layout = delimiters.sniff(lines, delimiter, header - 1)
        return layout, sum(record.line < header for record in _top(lines, layout))
    for start in range(min(titles.LOOKED_AT, len(lines)) if words else 0):
        layout = delimiters.sniff(lines[: start + titles.LOOKED_AT], delimiter, start)
        top = _top(lines, layout)
        if above := titles.rows_above([record.cells for record in top], words):
            return delimiters.sniff(lines, delimiter, top[above].line - 1), above
        if start == 0 and top and titles.is_header(top[0].cells, words):
            break
    layout = delimiters.sniff(lines, delimiter)
    headless = words and titles.is_headless([record.cells for record in _top(lines, layout)], words)
    return layout, NO_HEADER if headless else 0


def _top(lines: Sequence[str], layout: Layout) -> list[Record]:
    """The first records, as far as they can be told apart."""
    found: list[Record] = []
    with suppress(FileProblem):  # told where all of the file is read
        found.extend(islice(records(iter(lines), layout), titles.LOOKED_AT))
    return found


def write_csv(header: Sequence[str] | None, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The table as UTF-8 with BOM and CRLF, in pieces of about 64 kB; each cell goes through `neutralise`.

    Without a header it is the continuation of a file, and has no BOM either.
    """
    buffer = io.StringIO("" if header is None else "\ufeff", newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    if header is not None:
        writer.writerow(map(neutralise, header))
    for row in rows:
        writer.writerow(map(neutralise, row))
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Further lines for a file that `write_csv` began."""
    return b"".join(write_csv(None, rows))


def _refuse_at_sight(stream: BinaryIO, limits: Limits, encoding: str | None) -> None:
    check_size(stream, limits)
    head = stream.read(filetypes.HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileProblem(_l("The file is empty."))
    sentence = filetypes.not_a_table(head, encoding)
    if sentence is not None:
        raise FileProblem(sentence)


def _named(encoding: str) -> str:
    try:
        return encodings.named(encoding)
    except LookupError:
        raise FileProblem(_l("There is no encoding %(encoding)s.", encoding=encoding)) from None


def _check(delimiter: str | None) -> None:
    if delimiter and (len(delimiter) > 1 or delimiter in '"\r\n'):
        raise FileProblem(_l("The separator must be one character."))


def _first(lines: Iterator[str]) -> list[str]:
    """Lines of about 64 kB in all: enough to tell the delimiter by."""
    taken: list[str] = []
    size = 0
    for line in lines:
        taken.append(line)
        size += len(line)
        if size > _CHUNK:
            break
    return taken
