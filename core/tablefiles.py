"""Tables as people take them with them. Each is made of the lines of the CSV file that `core.csvfiles` writes, so that
every cell that a spreadsheet might run is harmless in all of them, and our import gives all of them back alike. Pure.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from xlsxwriter import Workbook

from core.words import _l

MOST_ROWS = 1_048_574  # of an XLSX sheet, between its header and the line that says whose it is
_LONGEST = 32_767  # characters in a cell of it
_WIDTH = 18  # of a column, in characters
CSV = "csv"


@dataclass(frozen=True)
class Format:
    """A kind of file, which `convert(lines, target)` makes of the lines of a CSV file, header first."""

    label: Any
    suffix: str
    mimetype: str
    most_rows: int | None = None
    convert: Callable[[Iterable[str], IO[bytes]], None] | None = None


def _gb18030(lines: Iterable[str], target: IO[bytes]) -> None:
    for line in lines:
        target.write(line.encode("gb18030"))


def _xlsx(lines: Iterable[str], target: IO[bytes]) -> None:
    """One sheet of texts, its header in sight: nothing is taken for a number, a date, a link or a formula."""
    with Workbook(target, {"constant_memory": True}) as book:
        sheet, plain = book.add_worksheet(), book.add_format({"num_format": "@"})
        bold = book.add_format({"num_format": "@", "bold": True})
        for number, row in enumerate(csv.reader(lines)):
            if not number:
                sheet.set_column(0, len(row) - 1, _WIDTH, plain)
                sheet.freeze_panes(1, 0)
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, cell[:_LONGEST], plain if number else bold)


FORMATS = {
    CSV: Format(_l("CSV in UTF-8"), "csv", "text/csv; charset=utf-8"),
    "csv-gb18030": Format(
        _l("CSV in GB18030, for older programs"), "csv", "text/csv; charset=gb18030", convert=_gb18030
    ),
    "xlsx": Format(
        _l("Excel"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        most_rows=MOST_ROWS,
        convert=_xlsx,
    ),
}
