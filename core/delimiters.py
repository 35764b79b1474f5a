"""Which character separates the cells of a text table, found from its first lines. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
# Among equally good ones the one that text seldom holds by chance.
_BY_RARITY = ("\t", "|", ";", ",")


class Layout(NamedTuple):
    """How cells are separated; `padded`: a blank follows each; `announced`: by a first line `sep=;`."""

    delimiter: str
    padded: bool = False
    announced: bool = False


def sniff(lines: Sequence[str], delimiter: str | None = None, above: int = 0) -> Layout:
    """The layout of a table from its first lines (header first); a delimiter that is given is believed.

    So many lines `above` the header are no part of it.
    """
    announced = _announced(lines[0]) if lines else None
    body = lines[max(above, 1 if announced else 0) :]
    chosen = delimiter or announced or _most_regular(body)
    return Layout(chosen, _is_padded(body, chosen), announced is not None)


def _announced(line: str) -> str | None:
    name, _, value = line.rstrip("\r\n").partition("=")
    return value if name.lower() == "sep" and len(value) == 1 else None


def _most_regular(lines: Sequence[str]) -> str:
    regularity = {candidate: _regularity(lines, candidate) for candidate in _BY_RARITY}
    best = max(_BY_RARITY, key=lambda candidate: regularity[candidate])
    return best if regularity[best] > (0, 0) else _absent(lines)


def _regularity(lines: Iterable[str], delimiter: str) -> tuple[float, int]:
    """The share of rows as wide as the header, then that width; nothing if the header is one cell."""
    widths = _widths(lines, delimiter)
    if not widths or widths[0] < 2:
        return (0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])


def _widths(lines: Iterable[str], delimiter: str) -> list[int]:
    widths = []
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            if row:
                widths.append(len(row))
    except csv.Error:
        pass
    # The last row may be cut off where the sample ends.
    return widths[:-1] if len(widths) > 2 else widths


def _absent(lines: Iterable[str]) -> str:
    """For a table of one column: a delimiter that splits nothing, the comma if possible."""
    text = "".join(lines)
    return next((candidate for candidate in DELIMITERS if candidate not in text), ",")


def _is_padded(lines: Sequence[str], delimiter: str) -> bool:
    header = lines[0] if lines else ""
    return delimiter in header and header.count(delimiter) == header.count(delimiter + " ")
