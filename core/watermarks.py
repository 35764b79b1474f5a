"""The line under an exported table: who took it, when, and how many rows. Our own import passes over it. Pure."""

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


def is_watermark(cells: Sequence[str]) -> bool:
    """Whether the cells of a row are such a line, and no record."""
    return bool(cells) and cells[0].startswith(f"{MARK} ") and not any(cell.strip() for cell in cells[1:])
