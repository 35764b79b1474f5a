"""The kinds of files that people may keep here, told by their content; the name has to agree. Pure.

Nothing is ever opened or decoded: of a file its first and last bytes are looked at, of an archive its list of parts.
Whatever a browser or a machine would run (pages, drawings with scripts, programs, macros) is none of them.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.errors import RuleBroken
from core.filetypes import HEAD
from core.names import nfc
from core.words import _, _l

MOST_NAME_BYTES = 200  # of a name in UTF-8: every file system takes it, with something added by a browser
MOST_PARTS_BYTES = 1024 * 1024  # of the list of parts of an archive
_TAIL = 65_557  # the end of an archive lies within so many bytes
_END = b"PK\x05\x06"


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its extensions, the first being its own, and as what it is served. `shown`: by a browser."""

    code: str
    label: Any
    mime: str
    extensions: tuple[str, ...]
    shown: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_ALL = (
    FileKind("pdf", _l("PDF"), "application/pdf", ("pdf",)),
    FileKind("jpg", _l("Picture"), "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), shown=True),
    FileKind("png", _l("Picture"), "image/png", ("png",), shown=True),
    FileKind("gif", _l("Picture"), "image/gif", ("gif",), shown=True),
    FileKind("webp", _l("Picture"), "image/webp", ("webp",), shown=True),
    FileKind("heic", _l("Picture"), "image/heic", ("heic", "heif")),
    FileKind("tif", _l("Picture"), "image/tiff", ("tif", "tiff")),
    FileKind("bmp", _l("Picture"), "image/bmp", ("bmp",)),
    FileKind("docx", _l("Text document"), _OOXML + "wordprocessingml.document", ("docx",)),
    FileKind("xlsx", _l("Workbook"), _OOXML + "spreadsheetml.sheet", ("xlsx",)),
    FileKind("pptx", _l("Presentation"), _OOXML + "presentationml.presentation", ("pptx",)),
    FileKind("odt", _l("Text document"), _ODF + "text", ("odt",)),
    FileKind("ods", _l("Workbook"), _ODF + "spreadsheet", ("ods",)),
    FileKind("odp", _l("Presentation"), _ODF + "presentation", ("odp",)),
    FileKind("doc", _l("Text document"), "application/msword", ("doc", "wps")),
    FileKind("xls", _l("Workbook"), "application/vnd.ms-excel", ("xls", "et")),
    FileKind("ppt", _l("Presentation"), "application/vnd.ms-powerpoint", ("ppt", "dps")),
    FileKind("txt", _l("Plain text"), "text/plain", ("txt",)),
    FileKind("csv", _l("Table"), "text/csv", ("csv",)),
    FileKind("zip", _l("Archive"), "application/zip", ("zip",)),
)  # fmt: skip
KINDS: Mapping[str, FileKind] = {kind.code: kind for kind in _ALL}
USUAL = tuple(code for code in KINDS if code != "zip")  # what an archive holds, nobody looks at
_BY_EXTENSION = {extension: kind.code for kind in _ALL for extension in kind.extensions}
_TEXTS = frozenset({"txt", "csv"})

_SIGNATURES = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"),
    (b"GIF89a", "gif"), (b"II*\0", "tif"), (b"MM\0*", "tif"),
)  # fmt: skip
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_PARTS = ((b"word/document.xml", "docx"), (b"xl/workbook.", "xlsx"), (b"ppt/presentation.xml", "pptx"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = tuple(
    (name.encode("utf-16-le"), code)
    for name, code in (
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("PowerPoint Document", "ppt"),
        ("Book\0", "xls"),
    )
)
_MACROS = b"vbaProject", "_VBA_PROJECT".encode("utf-16-le")
_PROGRAMS = (
    b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"dex\n", b"L\0\0\0\x01\x14\x02\0",
)  # fmt: skip
_MARKUP = re.compile(rb"<[!?/a-z]", re.IGNORECASE)
_PAGES = frozenset(["svg", "svgz", "html", "htm", "xhtml", "xht", "xml", "mht", "mhtml", "shtml", "hta"])
_RUN = frozenset(
    {
        "apk", "app", "bat", "cmd", "com", "cpl", "deb", "dll", "dmg", "exe", "hta", "jar", "js", "jse", "lnk", "msi",
        "php", "pif", "pkg", "pl", "ps1", "py", "rb", "reg", "rpm", "scr", "sh", "so", "vbe", "vbs", "wsf", "wsh",
    }
)  # fmt: skip
_WITH_MACROS = frozenset(["docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm"])

_A_PROGRAM = _l("This is a program. Programs are not kept here.")
_A_PAGE = _l("This is a web page or a drawing that can hold a script. Save it as PDF or as a picture.")
_HAS_MACROS = _l("This document holds macros. Save it without them, or as PDF.")


def kind_of(name: str, stream: BinaryIO, allowed: Collection[str]) -> FileKind:
    """What a file is. Raises RuleBroken, with a sentence, for one that is not kept; leaves the stream at its start."""
    extension = _extension(name)
    if extension in _RUN:
        raise RuleBroken(_A_PROGRAM)
    if extension in _PAGES:
        raise RuleBroken(_A_PAGE)
    if extension in _WITH_MACROS:
        raise RuleBroken(_HAS_MACROS)
    found, named = _told(stream), _BY_EXTENSION.get(extension)
    if found == "txt" and named in _TEXTS:
        found = named
    if found is None or found not in allowed or (extension and named is None):
        raise RuleBroken(
            _l("Files of this kind are not kept here. Choose one of: %(kinds)s.", kinds=said(allowed))
        )
    if extension and found != named:
        raise RuleBroken(
            _l(
                "Its name says .%(said)s, but its content is %(found)s. Give it its right name.",
                said=extension,
                found=f".{found}",
            )
        )
    return KINDS[found]


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def _told(stream: BinaryIO) -> str | None:
    """The kind that the content tells, None for one that is no kind of ours. Raises RuleBroken."""
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head):
            raise RuleBroken(_A_PROGRAM)
        for signature, code in _SIGNATURES:
            if head.startswith(signature):
                return code
        if head.startswith(b"BM") and head[6:10] == bytes(4):
            return "bmp"
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return "webp"
        if head[4:8] == b"ftyp":
            return "heic" if head[8:12] in _HEIC else None
        if head.startswith(b"PK\x03\x04"):
            return _archive(head, stream)
        if head.startswith(_OLE):
            return _old_office(stream)
        return _text(head, stream)
    finally:
        stream.seek(0)


def _archive(head: bytes, stream: BinaryIO) -> str | None:
    """A document of an office program, or any archive; the list of its parts tells, none of them is unpacked."""
    parts = _parts(stream)
    if parts is None:
        return None
    if _MACROS[0] in parts:
        raise RuleBroken(_HAS_MACROS)
    if b"[Content_Types].xml" in parts:
        return next((code for part, code in _PARTS if part in parts), "zip")
    if head[30:38] == b"mimetype":
        said = head[38:120].decode("latin-1")
        return next((code for code in ("odt", "ods", "odp") if said.startswith(KINDS[code].mime)), "zip")
    return "zip"


def _parts(stream: BinaryIO) -> bytes | None:
    """The list of parts at the end of an archive; None if there is none, or a longer one than any document has."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return None
    length, offset = struct.unpack("<II", tail[at + 12 : at + 20])
    if length > MOST_PARTS_BYTES or offset + length > size:
        return None
    stream.seek(offset)
    return stream.read(length)


def _old_office(stream: BinaryIO) -> str | None:
    """Which program of before 2007 made a document: the names of its streams tell. Some of them stand far behind."""
    stream.seek(0)
    found, macros, before = None, False, b""
    while piece := stream.read(1024 * 1024):
        piece, before = before + piece, piece[-64:]
        macros = macros or _MACROS[1] in piece
        found = found or next((code for name, code in _STREAMS if name in piece), None)
    if macros:
        raise RuleBroken(_HAS_MACROS)
    return found


def _text(head: bytes, stream: BinaryIO) -> str | None:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    wide = bare.startswith((b"\xff\xfe", b"\xfe\xff"))
    if _MARKUP.match((bare[2:].replace(b"\0", b"") if wide else bare).lstrip()):
        raise RuleBroken(_A_PAGE)
    if wide:
        return "txt"
    stream.seek(0)
    while piece := stream.read(1024 * 1024):
        if b"\0" in piece:
            return None
    return "txt" if head else None


def said(codes: Iterable[str]) -> str:
    """Kinds as a sentence names them."""
    return _(", ").join(codes)


def extensions(codes: Iterable[str]) -> list[str]:
    """What the names of files of these kinds end with."""
    return [extension for code in codes for extension in KINDS[code].extensions]


def codes_typed(text: str) -> list[str]:
    """The kinds that somebody wrote down. Raises RuleBroken for one that is none, and for no kind at all."""
    typed = [word.lstrip(".").lower() for word in re.split(r"[\s,，;；、]+", text) if word]
    for word in typed:
        if word not in _BY_EXTENSION:
            raise RuleBroken(_l("“%(word)s” is no kind of file that can be kept. Choose from: %(kinds)s.",
                                word=word, kinds=said(KINDS)))  # fmt: skip
    if not typed:
        raise RuleBroken(_l("Name at least one kind of file."))
    return [code for code in KINDS if code in {_BY_EXTENSION[word] for word in typed}]


def check_codes(text: Any) -> None:
    """Raises RuleBroken for what `codes_typed` cannot read."""
    codes_typed(str(text))


def plain_name(raw: str) -> str:
    """The last part of a name that was sent, without signs that cannot be seen.

    What turns the direction of writing goes too: with it a name could show another ending than it has.
    """
    last = re.split(r"[/\\]", raw)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return nfc(plain).strip(". ") or _("file")


def clean_name(plain: str, kind: FileKind) -> str:
    """The name that a file is offered under: with the ending of its kind, and short enough for a disk."""
    stem, dot, extension = plain.rpartition(".")
    if not dot or not stem:
        stem, extension = plain, kind.extensions[0]
    most = MOST_NAME_BYTES - len(extension.encode()) - 1
    return f"{stem.encode()[:most].decode(errors='ignore').strip('. ') or _('file')}.{extension}"
