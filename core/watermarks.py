"""Who took it and when: the line under an exported table, which our own import passes over, and the text across a
page on which numbers stand. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.words import _

MARK = "#huifang"  # in every language, so that any installation knows it again


def watermark(name: str, username: str, moment: str, rows: int, width: int) -> list[str]:
    """The line as cells, as many as the table is wide."""
    said = _(
        "exported by %(name)s (%(username)s) at %(moment)s, %(rows)s rows",
        name=name, username=username, moment=moment, rows=f"{rows:,}",
    )  # fmt: skip
    return [f"{MARK} {said}", *[""] * (width - 1)]


def across_page(name: str, username: str, moment: str) -> str:
    """What stands across a page with numbers: the reader, their sign-in name, which often is the staff number, and the
    minute.
    """
    return f"{name} {username} {moment}"


def is_watermark(cells: Sequence[str]) -> bool:
    """Whether the cells of a row are such a line, and no record."""
    return bool(cells) and cells[0].startswith(f"{MARK} ") and not any(cell.strip() for cell in cells[1:])
