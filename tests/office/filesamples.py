"""Small files of each kind, made by hand: just as much of them as tells what they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def archive(parts: Mapping[str, bytes]) -> bytes:
    """An archive with these parts, in their order; the first is not compressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def office(part: str, *more: str) -> bytes:
    """A document of an office program of today."""
    return archive({"[Content_Types].xml": b"<Types/>", part: b"<x/>", **dict.fromkeys(more, b"x")})


def old_office(*streams: str) -> bytes:
    """A document of before 2007, whose directory stands at its end."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + bytes(1_100_000) + names


def open_document(kind: str) -> bytes:
    return archive(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<x/>"}
    )


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
BOMB = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0" + bytes(32)
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(32)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
KEPT: Mapping[str, tuple[bytes, str]] = {
    "报价单.pdf": (PDF, "pdf"),
    "a.png": (PNG, "png"),
    "bomb.PNG": (BOMB, "png"),
    "a.jpeg": (JPG, "jpg"),
    "a.gif": (b"GIF89a" + bytes(20), "gif"),
    "a.webp": (b"RIFF\x20\0\0\0WEBPVP8 " + bytes(20), "webp"),
    "IMG_0001.HEIC": (b"\0\0\0\x18ftypheic" + bytes(20), "heic"),
    "scan.tiff": (b"II*\0" + bytes(20), "tif"),
    "a.bmp": (b"BM\x46\0\0\0\0\0\0\0" + bytes(20), "bmp"),
    "a.docx": (office("word/document.xml"), "docx"),
    "a.xlsx": (office("xl/workbook.xml"), "xlsx"),
    "a.pptx": (office("ppt/presentation.xml"), "pptx"),
    "a.odt": (open_document("text"), "odt"),
    "a.ods": (open_document("spreadsheet"), "ods"),
    "a.doc": (old_office("Root Entry", "WordDocument"), "doc"),
    "a.wps": (old_office("WordDocument"), "doc"),
    "a.et": (old_office("Workbook"), "xls"),
    "a.txt": ("合同要点\n".encode("gb18030"), "txt"),
    "wide.txt": ("合同".encode("utf-16"), "txt"),
    "BMW.txt": (b"BMW und MZ: < 3", "txt"),
    "a.csv": (b"name,phone\r\nx,1\r\n", "csv"),
    "no ending": (PDF, "pdf"),
    "pdf-and-zip.pdf": (PDF + archive({"a.js": b"alert(1)"}), "pdf"),
    "picture-and-page.gif": (b"GIF89a/*<script>alert(1)</script>*/", "gif"),
}
# Name → content, and a word of the sentence that refuses it
REFUSED: Mapping[str, tuple[bytes, str]] = {
    "drawing.svg": (SVG, "脚本"),
    "drawing.png": (SVG, "脚本"),
    "drawing.txt": (b"\xef\xbb\xbf \n" + SVG, "脚本"),
    "page.html": (b"<!doctype html><script>alert(1)</script>", "脚本"),
    "page.txt": (b"<!-- --><html>", "脚本"),
    "wide-page.txt": ("<script>".encode("utf-16"), "脚本"),
    "page.csv": (b"<script>alert(1)</script>", "脚本"),
    "setup.exe": (b"MZ\x90\0" + bytes(64), "程序"),
    "setup.pdf": (b"MZ\x90\0" + bytes(64), "程序"),
    "setup.exe.": (b"MZ\x90\0" + bytes(64), "程序"),
    "elf.txt": (b"\x7fELF\x02\x01", "程序"),
    "run.txt": (b"#!/bin/sh\nrm -rf /\n", "程序"),
    "quote.pdf.js": (b"alert(1)", "程序"),
    "a.bat": (b"del *", "程序"),
    "jpg as pdf.pdf": (JPG, "名称"),
    "pdf as jpg.jpg": (PDF, "名称"),
    "book as text.docx": (office("xl/workbook.xml"), "名称"),
    "text as csv as pdf.pdf": (b"a,b", "名称"),
    "a.zip": (archive({"a.txt": b"x"}), "类型"),
    "a.docx": (archive({"a.txt": b"x"}), "类型"),
    "broken.docx": (b"PK\x03\x04" + bytes(64), "类型"),
    "macros.docx": (office("word/document.xml", "word/vbaProject.bin"), "宏"),
    "a.docm": (office("word/document.xml"), "宏"),
    "macros.xls": (old_office("Workbook", "_VBA_PROJECT_CUR", "_VBA_PROJECT"), "宏"),
    "installer.doc": (old_office("!Property"), "类型"),
    "nul.txt": (b"a\0b" * 3, "类型"),
    "late nul.txt": (b"a" * 20_000 + b"\0", "类型"),
    "movie.mp4": (b"\0\0\0\x18ftypisom" + bytes(20), "类型"),
    "strange.xyz": (b"text", "类型"),
    "empty.txt": (b"", "空的"),
}
# As sent → as kept; each is a PDF
NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\x\\报价单.pdf": "报价单.pdf",
    "a\u202efdp.exe.pdf": "afdp.exe.pdf",
    "a\u200e\u2066b\ufeff.pdf": "ab.pdf",
    "a\r\nSet-Cookie: x\x7f.pdf": "aSet-Cookie: x.pdf",
    "e\u0301.pdf": "é.pdf",
    " . .pdf": "pdf.pdf",
    "   ": "文件.pdf",
    "..": "文件.pdf",
    '"><img src=x onerror=alert(1)>.pdf': '"><img src=x onerror=alert(1)>.pdf',
    "长" * 100 + ".pdf": "长" * 65 + ".pdf",
    "x" * 300 + ".pdf": "x" * 196 + ".pdf",
}
