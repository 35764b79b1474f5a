"""Files with a list in them: a text table, a workbook, contact cards. All become one stream of rows.

What a file is, is told by its content, never by its name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from core import cardrows, filetypes, rowfiles, workbooks
from core.csvfiles import open_csv
from core.csvheaders import NO_HEADER, lettered
from core.csvtables import IN_A_REQUEST, Limits, Table, check_size, stream_of

READERS = {filetypes.XLSX: workbooks.read, filetypes.VCARD: cardrows.read}


@contextmanager
def taken_in(
    source: bytes | Path, limits: Limits = IN_A_REQUEST
) -> Iterator[tuple[bytes | Path, str | None]]:
    """The file as one that `open_table` can open again and again, to be kept instead, and what it was.

    A text table is itself, and None. Raises FileProblem for what is neither that nor one of READERS.
    """
    with stream_of(source) as stream:
        check_size(stream, limits)
        kind = filetypes.kind_of(stream)
        if kind == filetypes.OLD_OFFICE:
            workbooks.refuse_old(stream)
    if kind is None:
        yield source, None
        return
    with tempfile.TemporaryDirectory(prefix="huifang-") as folder:
        whole, rows = Path(folder, "whole"), Path(folder, "rows")
        if isinstance(source, bytes):
            whole.write_bytes(source)
        READERS[kind](whole if isinstance(source, bytes) else source, rows, limits)
        yield rows, kind


def open_table(
    source: bytes | Path,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = IN_A_REQUEST,
    header: int = 0,
    words: Collection[str] = (),
) -> Table:
    """Open what `taken_in` answered, with its kind as the encoding, else as `open_csv` does. Raises FileProblem.

    In place of a delimiter a workbook has the number of the sheet. `header` and `words`: see `open_csv`.
    """
    if encoding in READERS:
        return rowfiles.open_rows(source, encoding, delimiter, limits, header, words)
    return open_csv(source, encoding, delimiter, limits, header, words)


def column_name(encoding: str, header: int, column: str) -> str:
    """What a column is called for who reads it: those of a file by its header or, without one (`header`), by their
    places, those of cards by what they hold.
    """
    if header == NO_HEADER:
        return str(lettered(column))
    return str(cardrows.LABELS.get(column, column)) if encoding == filetypes.VCARD else column
