"""A first mapping of columns to fields: by the headers of known programs, by likeness, by the cells. Pure.

A suggestion is always shown and correctable; when in doubt a column is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from core.cells import clean
from core.errors import RuleBroken
from core.folding import letters
from core.mapping import Field

ALIKE = 88
_SHORTEST_ALIKE = 4
_ENOUGH_SAMPLES = 3
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_DIGITS = re.compile(r"\d+")
_OWN, _ALIKE, _BY_CELLS = -1, 2, 3  # the grades around "same" (0) and "same but numbered" (1)


class _Match(NamedTuple):
    """A column that could fill a field; the least is the best."""

    grade: int
    empty: bool
    rank: float
    position: int
    column: str
    field: Field


def suggest(
    header: Sequence[str], fields: Sequence[Field], samples: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str | None]:
    """The field that each column probably fills, or None; one column at most where a field holds one value.

    A column with values goes before an empty one, an earlier synonym before a later; a column that is named as we name
    a field goes before both. A required field that came away empty-handed takes its column from another, which then
    looks for its own once more.
    """
    matches = sorted(_matches(header, fields, samples or {}), key=lambda match: match[:4])
    chosen = _assign(matches)
    for field in fields:
        best = next((match for match in matches if match.field is field), None)
        if field.required and best is not None and field.name not in chosen.values():
            matches.insert(0, best)
            chosen = _assign(matches)
    return {column: chosen.get(column) for column in header}


def folded(header: str) -> str:
    """The form in which headers are compared: `companyName`, `COMPANY_NAME` and `Company name:` share one."""
    return letters(header).replace(" ", "")


def known_words(fields: Iterable[Field]) -> frozenset[str]:
    """The headers by which fields are known, in the form in which `is_known` compares them."""
    words = {folded(word) for field in fields for word in _words(field)}
    return frozenset(words | {_DIGITS.sub("", word) for word in words}) - {""}


def is_known(header: str, words: Collection[str]) -> bool:
    """Whether a column names one of the fields of `known_words`, numbered or with something in brackets as well."""
    return folded(header) in words or _unnumbered(header) in words


def _assign(matches: Sequence[_Match]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for match in matches:
        if match.column not in chosen and (match.field.many or match.field.name not in chosen.values()):
            chosen[match.column] = match.field.name
    return chosen


def _matches(
    header: Sequence[str], fields: Sequence[Field], samples: Mapping[str, Sequence[str]]
) -> Iterator[_Match]:
    words = {field.name: [folded(word) for word in _words(field)] for field in fields}
    for position, column in enumerate(header):
        if own := _own(column, fields, words):
            yield _Match(_OWN, False, 0, position, column, own)
            continue
        cells = [cell for cell in samples.get(column, ()) if cell.strip()]
        empty = bool(samples) and not cells
        for field, grade, rank in _grades(column, cells, fields, words):
            yield _Match(grade, empty, rank, position, column, field)


def _own(column: str, fields: Sequence[Field], words: Mapping[str, Sequence[str]]) -> Field | None:
    """The field that is named like the column; none where others are known by that word too, as by `name`."""
    known = [field for field in fields if folded(column) in words[field.name]]
    return known[0] if len(known) == 1 and known[0].name == column else None


def _words(field: Field) -> tuple[str, ...]:
    return (*field.synonyms, str(field.label), field.name)


def _grades(
    column: str, cells: Sequence[str], fields: Sequence[Field], words: Mapping[str, Sequence[str]]
) -> list[tuple[Field, int, float]]:
    """The best sort of likeness that the column has to any field, and all fields it has that to."""
    for grade, likeness in enumerate((_same, _same_but_numbered, _alike)):
        ranks = {field.name: likeness(column, words[field.name]) for field in fields}
        found = [(field, grade, rank) for field in fields if (rank := ranks[field.name]) is not None]
        if found:
            return [m for m in found if (grade < _ALIKE or _fits(m[0], cells)) and _is_told(m[0], cells)]
    if len(cells) < _ENOUGH_SAMPLES:
        return []
    return [(field, _BY_CELLS, 0) for field in fields if field.fits and all(map(field.fits, cells))]


def _same(column: str, words: Sequence[str]) -> float | None:
    text = folded(column)
    return words.index(text) if text in words else None


def _same_but_numbered(column: str, words: Sequence[str]) -> float | None:
    """`电话2`, `Phone 2 - Value` and `客户名称（必填）` say the same as without the addition."""
    text = _unnumbered(column)
    bare = [_DIGITS.sub("", word) for word in words]
    return bare.index(text) if text and text in bare else None


def _unnumbered(column: str) -> str:
    return _DIGITS.sub("", folded(_BRACKETS.sub("", column)))


def _alike(column: str, words: Sequence[str]) -> float | None:
    text = folded(column)
    if len(text) < _SHORTEST_ALIKE:
        return None
    score = max(ratio(text, word) for word in words)
    return 100 - score if score >= ALIKE else None


def _is_told(field: Field, cells: Sequence[str]) -> bool:
    """Whether a column may be of a field that takes but a few words: one of its cells is among them, or it has few."""
    return (
        not field.closed
        or len(cells) < _ENOUGH_SAMPLES
        or any(_is_read(field, clean(cell)) for cell in cells)
    )


def _is_read(field: Field, cell: str) -> bool:
    try:
        field.convert(cell)
    except RuleBroken:
        return False
    return True


def _fits(field: Field, cells: Sequence[str]) -> bool:
    return field.fits is None or 2 * sum(map(field.fits, cells)) >= len(cells)
