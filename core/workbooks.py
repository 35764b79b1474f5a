"""Workbooks of Excel (XLSX) on their way in: looked at from outside, then read by a process under limits."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from core.csvrecords import LINE, FileProblem
from core.csvtables import Limits
from core.words import _l

_PROGRAM = Path(__file__).with_name("workbook_reader.py")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PARTS = 2_000
_UNPACKED = 1_000_000_000
_SMALL = 10_000_000  # bytes of a part whose ratio does not matter
_RATIO = 250  # the tables of real programs are packed 5 to 50 times
_PROLOG = 8192
_DTD = (b"<!DOCTYPE", b"<!ENTITY")
_DAMAGED = _l("This Excel file is damaged. Open it in Excel, save it anew, and choose that.")
_PASSWORD = _l("This Excel file is protected by a password. Save it without one, and choose that.")
_XLS = _l(
    "This is a file of an old Excel (.xls), or of another program. Open it, save it as XLSX or CSV, and choose that."
)
_turn = threading.Lock()  # one at a time in each process, for it may take much memory


class Bounds(NamedTuple):
    """How much the process that reads a workbook may take."""

    memory: int = 1_500_000_000
    seconds: int = 60
    output: int = 1_000_000_000


def read(source: Path, target: Path, limits: Limits, bounds: Bounds = Bounds()) -> None:  # noqa: B008
    """Write the rows of all sheets of a workbook to a file for `rowfiles.open_rows`.

    Raises FileProblem for what is no sound workbook, or too large, and says which sheet or part.
    """
    with source.open("rb") as stream:
        look(stream)
    with _turn:
        told, code = _run(source, target, limits, bounds)
    fault = told.get("fault") or _fault(code)
    if fault is not None:
        raise FileProblem(_sentence(fault, told.get("sheet")))


def look(stream: BinaryIO) -> None:
    """Raises FileProblem for an archive that no spreadsheet program writes; only its beginnings are unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            for part in parts:
                _check_prolog(archive, part)
            if "xl/workbook.xml" not in archive.namelist():
                raise FileProblem(_XLS)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise FileProblem(_DAMAGED) from None


def refuse_old(stream: BinaryIO) -> None:
    """Raises FileProblem that says what to do with an old .xls file, or a workbook under a password."""
    tail = b""
    while block := stream.read(1 << 20):
        if _ENCRYPTED in tail + block:
            raise FileProblem(_PASSWORD)
        tail = block[-len(_ENCRYPTED) :]
    raise FileProblem(_XLS)


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > _PARTS:
        raise FileProblem(_l("This Excel file consists of more than %(count)s parts.", count=f"{_PARTS:,}"))
    for part in parts:
        if part.flag_bits & 1:
            raise FileProblem(_PASSWORD)
        if part.file_size > _SMALL and part.file_size > _RATIO * part.compress_size:
            raise FileProblem(
                _l(
                    "The part “%(part)s” of this Excel file is packed so tightly that it cannot be a table.",
                    part=part.filename[:60],
                )
            )
    if sum(part.file_size for part in parts) > _UNPACKED:
        raise FileProblem(
            _l("This Excel file is larger than %(size)s MB when unpacked. Split it.", size=_UNPACKED // 10**6)
        )


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        head = stream.read(_PROLOG).replace(b"\0", b"").upper()
    if any(mark in head for mark in _DTD):
        raise FileProblem(
            _l(
                "The part “%(part)s” of this Excel file declares entities of its own, which no spreadsheet needs.",
                part=part.filename[:60],
            )
        )


def _run(source: Path, target: Path, limits: Limits, bounds: Bounds) -> tuple[dict[str, str], int]:
    """What the process told last, and its exit status: negative for a signal that ended it."""
    allowed = {**bounds._asdict(), "cell": limits.cell, "columns": limits.columns, "line": LINE}
    program = [sys.executable, "-I", str(_PROGRAM), str(source), str(target), json.dumps(allowed)]
    try:
        done = subprocess.run(
            program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=2 * bounds.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as ended:
        return _told(ended.stdout or b""), -signal.SIGXCPU
    return _told(done.stdout), done.returncode


def _told(lines: bytes) -> dict[str, str]:
    told: dict[str, str] = {}
    for line in lines.splitlines():
        told |= json.loads(line)
    return told


def _fault(code: int) -> str | None:
    if code == 0:
        return None
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    return "memory" if code == -signal.SIGABRT else "damaged"


def _sentence(fault: str, sheet: str | None) -> Any:
    name = (sheet or "–")[:60]
    if fault == "memory":
        return _l(
            "The sheet “%(sheet)s” would take too much memory. Something stands far from its table (Ctrl+End leads "
            "there), or it must be split.",
            sheet=name,
        )
    if fault == "time":
        return _l("The sheet “%(sheet)s” takes too long to read. Split it, or save it as CSV.", sheet=name)
    if fault == "large":
        return _l("The sheet “%(sheet)s” is too large. Split it, or save it as CSV.", sheet=name)
    if fault == "password":
        return _PASSWORD
    return (
        _DAMAGED
        if sheet is None
        else _l(
            "The sheet “%(sheet)s” of this Excel file is damaged. Open it in Excel, save it anew, and choose that.",
            sheet=name,
        )
    )
