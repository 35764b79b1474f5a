"""Files that hold rows already told apart, as lines of JSON: what is kept of a workbook or of contact cards. Pure.

A line is [sheet, line in what was sent, cells], then why the row is to be refused or null, then the positions of long
numbers, then those of formulas without a result; what is nothing may be missing at the end. The last is
{"sheets": [[name, rows]]}, with "from_1904" where numbers of days count from then.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from core import filetypes, titles
from core.csvheaders import NO_HEADER, nameless, read_header, unreadable
from core.csvrecords import FileProblem, Record
from core.csvtables import Limits, Table, stream_of
from core.words import _l

_FOOT = 256 * 1024
_PROBLEMS = {
    "long": _l("This row is too long to be part of a table."),
    "group": _l("This card is a group of others, not somebody."),
    "open": _l("This card has no end (END:VCARD)."),
}


def open_rows(
    source: bytes | Path,
    kind: str,
    sheet: str | None,
    limits: Limits,
    header: int = 0,
    words: Collection[str] = (),
) -> Table:
    """The table of a sheet, by its number; without one the first that has rows.

    `header` and `words`: see `open_csv`. Raises FileProblem where no sheet has any, or where the file is none of ours.
    """
    try:
        with stream_of(source) as stream:
            foot = _foot(stream)
        sheets = list(foot["sheets"])
        number = _chosen(sheets, sheet)
        top = list(islice(_records(source, number), titles.LOOKED_AT))
    except (ValueError, TypeError, KeyError):
        raise FileProblem(unreadable(kind)) from None
    above = _above(top, header, words if kind == filetypes.XLSX else ())
    if above == NO_HEADER:
        columns, begins = nameless(top, limits.columns), NO_HEADER
    else:
        first = _as_wide(top[above], top[0]) if above < len(top) else None
        columns, begins = read_header(first, kind, limits.columns), first.line if first else 1
    names = tuple(name for name, _rows in sheets)
    table = Table(
        kind, str(number), columns, limits, lambda: _records(source, number), begins, names,
        from_1904=bool(foot.get("from_1904")), above=above,
    )  # fmt: skip
    if next(table.rows(), None) is None:
        raise FileProblem(_l("The file has a header but no rows."))
    return table


def _above(top: list[Record], header: int, words: Collection[str]) -> int:
    if header:
        return NO_HEADER if header == NO_HEADER else sum(record.line < header for record in top)
    rows = [record.cells for record in top]
    if words and titles.is_headless(rows, words):
        return NO_HEADER
    return titles.rows_above(rows, words) if words else 0


def _as_wide(header: Record, first: Record) -> Record:
    """The header, as wide as the first row, which is as wide as the sheet."""
    return header._replace(cells=[*header.cells, *[""] * (len(first.cells) - len(header.cells))])


def _chosen(sheets: list[Any], wanted: str | None) -> int:
    if wanted is not None:
        return range(len(sheets)).index(int(wanted))  # ValueError for one that is not there
    return next((number for number, (_name, rows) in enumerate(sheets) if rows > 1), 0)


def _foot(stream: BinaryIO) -> dict[str, Any]:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _FOOT))
    return dict(json.loads(stream.read().rstrip(b"\n").rpartition(b"\n")[2]))


def _records(source: bytes | Path, sheet: int) -> Iterator[Record]:
    mine = b"[%d," % sheet
    with stream_of(source) as stream:
        for text in stream:
            if text.startswith(mine):
                _sheet, line, cells, why, numbers, unread = [*json.loads(text), None, None, None][:6]
                yield Record(line, cells, _PROBLEMS.get(why), numbers or (), unread or ())
