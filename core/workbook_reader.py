"""The rows of a workbook as lines of JSON, by a program of its own: `python workbook_reader.py SOURCE TARGET LIMITS`.

A small workbook can make its reader ask for any amount of memory and abort. So it is read here, under limits of the
operating system, by a process that has nothing else to lose; `core/workbooks.py` starts it and says what it found. It
imports nothing of ours. On standard output it tells, a line of JSON each, which sheet it is at, and its fault.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BufferedWriter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import python_calamine

_EXACT = 10**15  # a spreadsheet keeps no more digits of a number
_FROM_1904 = re.compile(
    rb"""<(?:\w+:)?workbookPr\s[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""", re.IGNORECASE
)
_BLOCK, _LONGEST = 1 << 20, 1 << 14  # bytes that are looked through at once, and more than a formula takes
_FORMULA = re.compile(
    rb"<(?:\w{1,9}:)?c\b([^>]{0,300})>\s*<(?:\w{1,9}:)?f\b(?:[^>]{0,300}/>|[^>]{0,300}>[^<]{0,9000}</(?:\w{1,9}:)?f>)"
    rb"\s*(<(?:\w{1,9}:)?v\s*/>|<(?:\w{1,9}:)?v>\s*</(?:\w{1,9}:)?v>)?\s*</(?:\w{1,9}:)?c>"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


def main(source: str, target: str, limits: dict[str, int]) -> None:
    """Write the rows of all sheets, those that can be seen first, then a line that lists the sheets."""
    _confine(limits)
    try:
        with Path(target).open("wb") as out:
            book = python_calamine.CalamineWorkbook.from_path(source)
            sheets = sorted(_worksheets(book), key=lambda sheet: not _is_visible(sheet))
            parts = _parts(source)
            listed = [
                [
                    sheet.name,
                    _write(
                        out,
                        number,
                        book.get_sheet_by_name(sheet.name),
                        _unread(source, parts.get(sheet.name)),
                        limits,
                    ),
                ]
                for number, sheet in enumerate(sheets)
                if _tell(sheet=sheet.name)
            ]
            counted = {"from_1904": True} if _is_from_1904(source) else {}
            out.write(_line({"sheets": listed, **counted}))
    except MemoryError:
        _tell(fault="memory")
    except python_calamine.PasswordError:
        _tell(fault="password")
    except OSError:  # the target would grow beyond its limit, or the disk is full
        _tell(fault="large")
    except BaseException:  # the reader's own panics are no Exception
        _tell(fault="damaged")


def _confine(limits: dict[str, int]) -> None:
    seconds = limits["seconds"]
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _is_from_1904(source: str) -> bool:
    """Whether the workbook counts days from 1904, as those of an old Mac do. What is shown as a day is read right; it
    matters for plain numbers.
    """
    with zipfile.ZipFile(source) as archive:
        return _FROM_1904.search(archive.read("xl/workbook.xml")) is not None


def _worksheets(book: Any) -> Iterator[Any]:
    return (sheet for sheet in book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _is_visible(sheet: Any) -> bool:
    return bool(sheet.visible == python_calamine.SheetVisibleEnum.Visible)


def _write(
    out: BufferedWriter, number: int, sheet: Any, unread: dict[int, list[int]], limits: dict[str, int]
) -> int:
    """Write the rows of a sheet that hold anything; answers how many. The first is as wide as the widest."""
    titles = {first[0] for first, last in sheet.merged_cell_ranges or () if last[1] > first[1]}
    width = sheet.end[1] + 1 if sheet.end else 0
    count = 0
    for position, row in enumerate(sheet.iter_rows()):
        cells = [_text(cell)[: limits["cell"] + 1] for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        formulas = unread.get(position + 1, [])
        if not (cells or formulas) or (count == 0 and position in titles and sum(map(bool, cells)) == 1):
            continue  # empty, or the title of the whole table
        if count == 0 and width <= limits["columns"]:
            cells += [""] * (width - len(cells))
        counted = [place for place, cell in enumerate(row) if _is_long(cell)]
        marks = [None, counted, formulas] if counted or formulas else []
        line = _line([number, position + 1, cells, *marks])
        if len(line) > limits["line"] and cells:
            line = _line([number, position + 1, [cells[0][:100]], "long"])
        out.write(line)
        count += 1
    return count


def _parts(source: str) -> dict[str, str]:
    """The part of each sheet by its name; nothing where the workbook does not say it as it should."""
    try:
        with zipfile.ZipFile(source) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    found = {}
    for sheet in book.iter():
        target = next((targets.get(value) for name, value in sheet.items() if name.endswith("}id")), None)
        if sheet.tag.endswith("}sheet") and target:
            found[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return found


def _unread(source: str, part: str | None) -> dict[int, list[int]]:
    """The columns, by row, of formulas whose result the file does not hold: the reader takes them for empty cells."""
    found: dict[int, list[int]] = {}
    with zipfile.ZipFile(source) as archive:
        if part not in archive.namelist():
            return {}
        with archive.open(part) as stream:
            before = b""
            while block := stream.read(_BLOCK):
                text = before + block
                for cell in _FORMULA.finditer(text):
                    place = _PLACE.search(cell[1])
                    if place is None or (cell[2] and b't="str"' in cell[1]):
                        continue  # its result is an empty text
                    columns = found.setdefault(int(place[2]), [])
                    if _position(place[1]) not in columns:
                        columns.append(_position(place[1]))
                before = text[-_LONGEST:]
    return found


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _is_long(cell: Any) -> bool:
    """Whether a cell is a number that may have been one to call, without the zeros that began it."""
    return isinstance(cell, float) and 10**8 <= cell < _EXACT


def _text(cell: Any) -> str:
    """What a cell says, as it would be written in a text table: whole numbers without a point, days as ISO dates."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else format(cell, ".15g")
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _line(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _tell(**what: str) -> bool:
    print(json.dumps(what), flush=True)
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
