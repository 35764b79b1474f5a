"""Which encoding a text file was written in: found from its bytes, always correctable by the person. Pure.

BOM, then the zeros of UTF-16, then UTF-8, then Big5 and GB18030 against Windows-1252. GB18030 decodes nearly anything,
so what it makes of the bytes is judged: everyday hanzi speak for it, rare ones wedged into Latin words ("Com閞cio")
against it. Big5 is believed where it reads clearly more everyday hanzi.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

UTF_8, UTF_16, GB18030, BIG5, WINDOWS_1252 = "utf-8", "utf-16", "gb18030", "cp950", "windows-1252"
ENCODINGS = (UTF_8, GB18030, WINDOWS_1252, BIG5, UTF_16)

_BOMS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16), (codecs.BOM_UTF16_BE, UTF_16))
_WIDER = {
    "gbk": GB18030,
    "gb2312": GB18030,
    "big5": BIG5,
    "ascii": UTF_8,
    "utf-8-sig": UTF_8,
    "cp1252": WINDOWS_1252,
    "iso8859-1": WINDOWS_1252,
}
_EVIDENCE = 256 * 1024
_HEAD = 8192
_MOSTLY, _CLEARLY = 0.7, 0.15  # of the characters beyond ASCII
_LINE = 64 * 1024
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"([A-Za-z]?)([^\x00-\x7f]+)([A-Za-z]?)")
_HANZI = re.compile(r"[\u4e00-\u9fff]{2,}")
_CHINESE_MARKS = frozenset("，。、；：？！（）《》〈〉“”‘’—…·【】「」『』￥\u3000〇①②③④⑤⑥⑦⑧⑨⑩") | frozenset(
    map(chr, range(0xFF01, 0xFF5F))
)


def by_bom(start: bytes) -> str | None:
    """The encoding that a byte order mark at the start of the file announces."""
    return next((encoding for bom, encoding in _BOMS if start.startswith(bom)), None)


def by_zeros(start: bytes) -> str | None:
    """UTF-16 without a mark, told by the zeros beside its plain letters; None for all else."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) or max(even, odd) <= 2 + len(start) // 20:
        return None
    return "utf-16-be" if even else "utf-16-le"


def is_utf_16(encoding: str) -> bool:
    """Whether it is UTF-16, with or without a mark."""
    return encoding.startswith(UTF_16)


def named(name: str) -> str:
    """The encoding that a person means by a name: `gbk` and `gb2312` are read as GB18030, which holds them.

    Raises LookupError for a name that Python does not know.
    """
    "".encode(name)
    codec = codecs.lookup(name).name
    return _WIDER.get(codec, codec)


def detect(stream: BinaryIO) -> str:
    """The most plausible of ENCODINGS, from 256 kB of lines beyond ASCII; `stream` is left at its start.

    A text that is plain ASCII is UTF-8. A few broken bytes do not turn a text into another encoding.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    found = by_bom(head) or by_zeros(head)
    if found is None:
        stream.seek(0)
        found = _judge(b"".join(_telling_lines(stream)))
    stream.seek(0)
    return found


def damaged(text: str) -> bool:
    """Whether a text read with `surrogateescape` holds bytes that are not of its encoding, or NUL."""
    return "\0" in text or _UNDECODABLE.search(text) is not None


def repaired(text: str) -> str:
    """The same text fit for a page or a database: what could not be read shows as U+FFFD."""
    return _UNDECODABLE.sub("\ufffd", text).replace("\0", "\ufffd")


def legible(text: str) -> str:
    """The same text fit to be shown: control characters, as of a file read in a wrong encoding, are U+FFFD too."""
    return _CONTROLS.sub("\ufffd", repaired(text))


def _telling_lines(stream: BinaryIO) -> Iterator[bytes]:
    collected = 0
    while collected < _EVIDENCE and (line := stream.readline(_LINE)):
        if not line.isascii():
            collected += len(line)
            yield line


def _judge(sample: bytes) -> str:
    if _is_utf_8(sample):
        return UTF_8
    big5 = _share(sample, BIG5)
    if big5 >= _MOSTLY and big5 > _share(sample, GB18030) + _CLEARLY:
        return BIG5
    return GB18030 if _is_chinese(sample) else WINDOWS_1252


def _is_utf_8(sample: bytes) -> bool:
    text = sample.decode(UTF_8, "surrogateescape")
    broken = len(_UNDECODABLE.findall(text))
    return broken == 0 or len(_BEYOND_ASCII.findall(text)) - broken > 4 * broken


def _share(sample: bytes, encoding: str) -> float:
    """How much of what is beyond ASCII are everyday characters, simplified or traditional, not wedged into words."""
    common = total = 0
    for before, run, after in _RUN.findall(sample.decode(encoding, "replace")):
        total += len(run)
        if len(run) > 1 or not (before or after):
            common += sum(character in _known() for character in run)
    return common / total if total > 1 else 0


def _is_chinese(sample: bytes) -> bool:
    text = sample.decode(GB18030, "replace")
    plausible = strange = 0
    for before, run, after in _RUN.findall(text):
        if _reads_as_chinese(before, run, after):
            plausible += len(run)
        else:
            strange += len(run)
    return plausible >= strange


def _reads_as_chinese(before: str, run: str, after: str) -> bool:
    """Accented letters swallow the one behind them, so Latin text gives lone rare hanzi inside words."""
    if before and after and len(run) == 1:
        return False
    if not before and not after and _HANZI.fullmatch(run):
        return True
    common = sum(character in _CHINESE_MARKS or character in _everyday_hanzi() for character in run)
    return 2 * common > len(run)


@cache
def _known() -> frozenset[str]:
    """Everyday hanzi of both scripts, and Chinese marks; of Big5 the 5,401 frequently used characters."""
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    pairs = (bytes((row, cell)) for row in range(0xA4, 0xC7) for cell in trails)
    return (
        _everyday_hanzi() | _CHINESE_MARKS | frozenset(pair.decode(BIG5, "ignore") for pair in pairs) - {""}
    )


@cache
def _everyday_hanzi() -> frozenset[str]:
    """The 3,755 characters of GB 2312 level 1."""
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return frozenset(pair.decode("gb2312", "ignore") for pair in pairs) - {""}
