"""Workbooks (XLSX) for tests, written part by part, so that they may also be what no program would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape

Cell = str | float | date | bool | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def workbook(rows: Iterable[Sequence[Cell]] | str, **sheets: Iterable[Sequence[Cell]] | str) -> bytes:
    """A workbook of a sheet `Sheet1` and further ones; one that is a text stands as it is in <sheetData>."""
    return packed(parts({"Sheet1": rows, **sheets}))


def parts(sheets: Mapping[str, Iterable[Sequence[Cell]] | str]) -> dict[str, str]:
    """The parts of a workbook by name, to be spoiled before they are packed."""
    numbered = list(enumerate(sheets.items(), 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for n, _sheet in numbered
    )
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _rows) in numbered
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _sheet in numbered
    )
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}<Relationship Id="rId0" '
            f'Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": sheet(rows) for n, (_name, rows) in numbered},
    }


def sheet(rows: Iterable[Sequence[Cell]] | str, before: str = "") -> str:
    """The part of one sheet."""
    data = rows if isinstance(rows, str) else "".join(_row(n, row) for n, row in enumerate(rows, 1))
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'


def from_1904(book: bytes, value: str = "1") -> bytes:
    """The same workbook, which says that it counts days from 1904."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    head = found["xl/workbook.xml"].decode()
    found["xl/workbook.xml"] = head.replace(
        "<sheets>", f'<workbookPr showObjects="all" date1904="{value}"/><sheets>'
    )
    return packed(found)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(f"{_column(n)}{number}", cell) for n, cell in enumerate(row, 1))
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{place}" s="1"><v>{(cell - date(1899, 12, 30)).days}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def _column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
