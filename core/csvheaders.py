"""The header of a CSV file: distinct names for its columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core import encodings
from core.cells import clean
from core.csvrecords import FileProblem, Record
from core.words import _l


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
