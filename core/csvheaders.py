"""The header of a CSV file: distinct names for its columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core import encodings
from core.cells import clean
from core.csvrecords import FileProblem, Record
from core.words import _l

NO_HEADER = -1  # in place of the line of the header
_NAMELESS = re.compile(r"#(\d+)")


def read_header(record: Record | None, encoding: str, most: int) -> list[str]:
    """The distinct column names that the first record gives; raises FileProblem for one that cannot serve."""
    if record is None:
        raise FileProblem(_l("The file is empty."))
    if record.problem is not None:
        raise FileProblem(record.problem, record.line)
    if any(encodings.damaged(cell) for cell in record.cells):
        raise FileProblem(unreadable(encoding), record.line)
    if len(record.cells) > most:
        raise FileProblem(_l("The file has more than %(count)s columns.", count=most), record.line)
    return _distinct(record.cells)


def nameless(records: Sequence[Record], most: int) -> list[str]:
    """The names of the columns of a file without a header, whose first records these are: #1, #2 …"""
    if not records:
        raise FileProblem(_l("The file is empty."))
    width = max(len(record.cells) for record in records)
    if width > most:
        raise FileProblem(_l("The file has more than %(count)s columns.", count=most), records[0].line)
    return _distinct([""] * width)


def lettered(column: str) -> Any:
    """What a column without a name is called for who reads it: Column C for #3, as in a spreadsheet."""
    match = _NAMELESS.fullmatch(column)
    return _l("Column %(letter)s", letter=_letter(int(match[1]))) if match else column


def _letter(position: int) -> str:
    before, last = divmod(position - 1, 26)
    return (_letter(before) if before else "") + chr(ord("A") + last)


def _distinct(cells: Sequence[str]) -> list[str]:
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = wanted = " ".join(clean(cell).split()) or f"#{position}"
        repeat = 1
        while name in names:
            repeat += 1
            name = f"{wanted} ({repeat})"
        names.append(name)
    return names


def unreadable(encoding: str) -> Any:
    """The sentence for a file in another encoding than believed."""
    return _l("The file cannot be read as %(encoding)s. Choose another encoding.", encoding=encoding)
