"""Files of the demonstration, made by hand and the same every time: a quote, a list, and where the machines stand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

QUOTE = (
    "青禾办公设备有限公司  报价单",
    "客户：华兴科技有限公司（王敏 采购经理）",
    "",
    "M5黑白复合机            1台      12,800.00元",
    "三年上门维保            1份       2,400.00元",
    "黑色墨粉                6支       1,740.00元",
    "合计（含税）                     16,940.00元",
    "",
    "交期：合同盖章后10个自然日。报价有效期30天。",
)
HANDING_OVER = """三楼M5样机 试用交接

机身编号：QH-M5-0317
计数器：送机时 1,204页
配件：黑色墨粉1支、电源线、网线、快速指南
试用到月底；每天约300页，双面为主。
扫描到邮箱已设好，账号由对方信息部自管。
"""
FLOOR = ((8, 8, 224, 144, 0xE9), (8, 8, 96, 64, 0xD0), (112, 8, 120, 64, 0xC4), (8, 80, 150, 72, 0xDA))
MACHINES = ((84, 52, 14, 12), (206, 20, 14, 12), (132, 120, 14, 12))


def quote() -> bytes:
    """A page of PDF with Chinese text, in a font that every reader brings along."""
    lines = b"".join(b"<%s> Tj T*\n" % line.encode("utf-16-be").hex().encode() for line in QUOTE)
    drawn = b"BT /F1 13 Tf 24 TL 60 760 Td\n%sET" % lines
    return _pdf(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
            b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
            b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
            b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
        )
    )


def _pdf(objects: Sequence[bytes]) -> bytes:
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return bytes(made) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def handing_over() -> bytes:
    """A plain text."""
    return HANDING_OVER.encode()


def plan() -> bytes:
    """A picture: rooms in grey, machines in the colour of the house."""
    width, height = 240, 160
    rows = [[(255, 255, 255)] * width for _row in range(height)]
    for x, y, wide, high, grey in FLOOR:
        _fill(rows, (x, y, wide, high), (grey, grey, grey))
    for machine in MACHINES:
        _fill(rows, machine, (0x0B, 0x72, 0x85))
    pixels = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _fill(
    rows: list[list[tuple[int, int, int]]], box: tuple[int, int, int, int], colour: tuple[int, int, int]
) -> None:
    x, y, wide, high = box
    for row in rows[y : y + high]:
        row[x : x + wide] = [colour] * wide


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PAPERS: Mapping[str, Callable[[], bytes]] = {"quote": quote, "handing_over": handing_over, "plan": plan}
