"""One cell of a spreadsheet or CSV file: cleaned on its way in, made harmless on its way out. Pure."""

from __future__ import annotations

import re
import unicodedata

# What databases and programs write for "nothing". "Null" and "None" are left alone: people have such names.
_NOTHING = frozenset({"NULL", "null", "\\N"})
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 and C1 without tab and line break
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"  # zero widths and directions
)
_LINE_BREAK = re.compile(r"\r\n?|\u0085|\u2028|\u2029")
# A spreadsheet takes these for the start of a formula, full width and behind blanks too.
_FORMULA = r"[\s\ufeff\x00-\x1f]*[=+\-@＝＋－＠]|[\t\r\n]"
_RUNS = re.compile(rf"'*(?:{_FORMULA})")
_GUARDED = re.compile(rf"'+(?:{_FORMULA})")


def clean(cell: str) -> str:
    """The text of a cell: NFC, trimmed, line breaks as LF, no control marks; NULL and \\N are empty."""
    # Nearly every cell is printable, that is without breaks and controls
    plain = cell if cell.isprintable() else _CONTROLS.sub("", _LINE_BREAK.sub("\n", cell))
    text = unicodedata.normalize("NFC", plain).strip()
    return "" if text in _NOTHING else text


def neutralise(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet may run it as a formula (`-5`, `+86 …` too)."""
    return "'" + cell if _RUNS.match(cell) else cell


def restore(cell: str) -> str:
    """The cell as it was before `neutralise`: restore(neutralise(x)) == x for every text.

    Apostrophes that guard nothing ('t Hart) stay.
    """
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
