"""Which of the first rows of a table is its header, where a title, a date or headings of groups stand above; or
whether it has none. Pure.

A list that somebody laid out for the eye has such rows. They are passed over only for a row that says much more than
they do: most files have their header in the first row, and those are never read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from core import phones
from core.dates import DAY_FIRST, day
from core.errors import RuleBroken
from core.suggesting import is_known

LOOKED_AT = 20  # rows: what stands above a header is short
_PHONE = 8  # digits of a number that is no year, count or postal code
_MAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_DAY = re.compile(r"\d{1,4}[-/.年]\d")
_SURE = 3  # known words in a row that is a header whatever stands above it


def rows_above(rows: Sequence[Sequence[str]], words: Collection[str]) -> int:
    """How many of these rows stand above the header. `words` are the headers that are known, by `known_words`.

    The header is the row with the most known words. What stands above it holds at most half as many cells or, where
    the header is sure, fewer cells and at most half as many known words: 公司, 微信 and 官网 are words of rows as well.
    """
    known = [_known(row, words) for row in rows[:LOOKED_AT]]
    place = known.index(max(known)) if known else 0
    if not place or known[place] < 2:
        return 0
    filled = [_filled(row) for row in rows[: place + 1]]
    sure = is_header(rows[place], words)
    slight = all(
        2 * filled[above] <= filled[place]
        or (sure and filled[above] < filled[place] and 2 * known[above] <= known[place])
        for above in range(place)
    )
    return place if slight else 0


def is_headless(rows: Sequence[Sequence[str]], words: Collection[str]) -> bool:
    """Whether the first of these rows is a row as any other: none of the rows names columns, and what stands in the
    first is a number or an address of somebody or, as below it, a day.
    """
    if not rows or any(_known(row, words) for row in rows[:1]) or rows_above(rows, words):
        return False
    below = rows[1:LOOKED_AT]
    return any(
        _reaches(cell) or (_is_day(cell) and any(_is_day(row[place]) for row in below if place < len(row)))
        for place, cell in enumerate(rows[0])
    )


def _reaches(cell: str) -> bool:
    """Whether a cell is a phone number or a mail address, which no heading is."""
    if _MAIL.fullmatch(cell.strip()):
        return True
    digits = phones.digits(cell)
    return len(digits) >= _PHONE and 2 * len(digits) > len(cell.strip()) and phones.normalise(cell).valid


def _is_day(cell: str) -> bool:
    if not _DAY.match(cell.strip()):
        return False
    try:
        return day(cell.strip(), DAY_FIRST) is not None
    except RuleBroken:
        return False


def is_header(row: Sequence[str], words: Collection[str]) -> bool:
    """Whether a row is a header beyond doubt."""
    known = _known(row, words)
    return known >= _SURE and 2 * known >= _filled(row)


def _known(row: Sequence[str], words: Collection[str]) -> int:
    return len({cell.strip() for cell in row if cell.strip() and is_known(cell, words)})


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
