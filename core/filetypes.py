"""What a file is, told by its first bytes; of those that hold no table a sentence says what to do instead. Pure."""

from __future__ import annotations

import io
import re
from typing import Any, BinaryIO

from core.encodings import by_zeros
from core.words import _l

HEAD = 8192
_CATALOGUE = 65536  # an archive lists its parts at its end
XLSX, VCARD, OLD_OFFICE = "xlsx", "vcard", "ole"

_ARCHIVE = _l("This is an archive. Unpack it and choose the CSV file inside.")
_PAGE = _l("This is a web page, whatever its name says. Open it in Excel and save it as CSV.")
_PICTURE = _l("This is a picture, not a table. Choose a CSV file.")
_DOCUMENT = _l("This is a document, not a table. Choose a CSV file.")
_BINARY = _l("This is not a text file. Choose a CSV file.")

_SIGNATURES: tuple[tuple[bytes, Any], ...] = (
    (b"PK\x03\x04", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"%PDF", _DOCUMENT),
    (b"{\\rtf", _DOCUMENT),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")
_CARD = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:\s*VCARD", re.IGNORECASE)
_WORKBOOK = (b"xl/", b"[Content_Types].xml")


def kind_of(stream: BinaryIO) -> str | None:
    """The kind of a file, None for what may be a text or is nothing that we know; leaves it at its start."""
    head = stream.read(HEAD)
    stream.seek(max(0, stream.seek(0, io.SEEK_END) - _CATALOGUE))
    tail = stream.read()
    stream.seek(0)
    if head.startswith(b"PK\x03\x04") and any(part in head + tail for part in _WORKBOOK):
        return XLSX
    if _CARD.match(head.replace(b"\0", b"")):
        return VCARD
    return OLD_OFFICE if head.startswith(b"\xd0\xcf\x11\xe0") else None


def not_a_table(head: bytes, encoding: str | None = None) -> Any | None:
    """The sentence that refuses a file whose first HEAD bytes are not text, None for what may be a table.

    Only a text in UTF-16 may hold NUL: one with its mark, one that looks like it, or one said to be in this encoding.
    """
    for signature, sentence in _SIGNATURES:
        if head.startswith(signature):
            return sentence
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        return _PAGE
    wide = encoding is not None and encoding.startswith("utf-16")
    return _binary(head) if b"\0" in head and not wide else None


def _binary(head: bytes) -> Any | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return None if by_zeros(head) else _BINARY
