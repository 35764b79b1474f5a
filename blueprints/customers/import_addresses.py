"""Further addresses in the row of a customer. A file holds one; the others are lines of its remark. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from core.folding import HAN
from core.suggesting import folded

FIELD = "further_address"
LINE = "address_line"
# Business Street 2, Address Line 2, 商务地址 街道 2, Address 1 - Extended Address, 商务地址 - 邮箱 (a post office box)
_LINE = re.compile(
    r"(?P<head>.*?)[\s\-–:：_]*(?:(?:street ?address|street|address ?line|address|addr|街道) ?[2-9]|line ?[2-9]|"
    r"extended address|po box|(?<=地址)[\s\-–]*邮箱)",
    re.IGNORECASE,
)
_HAN = re.compile(f"[{HAN}]")
_PART = re.compile(
    r"(?P<whose>.*?)(?:地址|address)?[\s\-–:：_]*(?:街道|详细地址|省/市/自治区|省份|市/县|城市|区县|邮政编码|邮编|国家/地区|国家|"
    r"street|city|town|state|province|region|(?:postal|zip) ?code|zip|postcode|country/region|country|county|"
    r"formatted|extended address)(?: ?\d)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?P<whose>.*?)\s*(?:地址|住址|address(?: ?\d)?)", re.IGNORECASE)
_OTHER = re.compile(r"邮箱|邮件|电子|网|mail|web|internet|\bip\b|mac\b|po box", re.IGNORECASE)
_KINDS = frozenset(
    map(
        folded,
        ("ship", "bill", "home", "other", "business", "work", "company", "office", "shipping", "billing", "mailing",
         "delivery",
         "registered", "warehouse", "invoice", "address", "住宅", "家庭", "其他", "商务", "收货", "送货", "发货",
         "寄件", "邮寄", "通讯", "联系", "注册", "办公", "公司", "单位", "仓库", "工厂", "门店", "发票", "开票"),
    )
)  # fmt: skip
_PARTS = frozenset({"country", "province", "city", "district", "postal_code"})
_DIGITS = re.compile(r"\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ENDING = re.compile(r"(?i)(?<=.)\s*(?:地址|address)$")
_FORMATTED = re.compile(r"(?i)[\s\-–:：_]*formatted$")


def _apart(column: str) -> str:
    """A heading with its words apart: shipCity and ADDRESS_2 as ship City and ADDRESS 2."""
    return _HUMP.sub(" ", column.replace("_", " "))


def left_over(header: Iterable[str], found: Mapping[str, str]) -> dict[str, str]:
    """The columns that hold an address, or a part of one, and fill no field of their own.

    `found` are the fields of the others, empty for none: a part of another address than the one that was found for the
    customer is no part of that one, and left over too.
    """
    main = next((_whose(column) for column, name in found.items() if name == "address"), "")
    strange = {
        column
        for column, name in found.items()
        if name in _PARTS and main and _whose(column) not in ("", main)
    }
    header = list(header)
    first = next((column for column, name in found.items() if name == "address"), None)
    lines = {column for column in header if first and column not in found and _is_line(column, first)}
    repeated = {column for column in header if _FORMATTED.search(column) and _has_parts(column, header)}
    return {
        column: LINE if column in lines else FIELD
        for column in header
        if column in lines
        or column in strange
        or (column not in found and _is_address(column) and column not in repeated)
    }


def _is_line(column: str, first: str) -> bool:
    """Whether a column holds a further line of the address whose first stands in another."""
    match = _LINE.fullmatch(_apart(column))
    return match is not None and folded(_ENDING.sub("", match["head"])) == _whose(first)


def _has_parts(column: str, header: Sequence[str]) -> bool:
    """Whether the parts of an address that a column holds as a whole stand in columns of their own: `… - Street`."""
    whose = folded(_FORMATTED.sub("", column))
    return any(folded(other) == f"{whose}street" for other in header)


def _is_address(column: str) -> bool:
    column = _apart(column)
    return not _OTHER.search(column) and bool(_whose(column) or _WHOLE.fullmatch(column))


def _whose(column: str) -> str:
    """Of which address a column is, if its header says so: home, 收货."""
    match = _PART.fullmatch(_apart(column)) or _WHOLE.fullmatch(_apart(column))
    whose = folded(match["whose"]) if match else ""
    return whose if _DIGITS.sub("", whose) in _KINDS else ""


def grouped(columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns of each address, by what it is called: 住宅地址 of 住宅地址 街道, Home address of Home City."""
    found: dict[str, list[str]] = {}
    for column in columns:
        found.setdefault(_called(column), []).append(column)
    return found


def _called(column: str) -> str:
    match = _PART.fullmatch(_apart(column))
    whose = match["whose"].strip(" -–:：_") if match else ""
    if not whose:
        return column
    if _HAN.search(whose):
        return f"{whose.removesuffix('地址')}地址"
    return whose if whose.casefold().startswith("address") else f"{whose} address"


def written(parts: Sequence[str]) -> str:
    """The parts of an address in one line."""
    filled = list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
    return (" " if any(map(_HAN.search, filled)) else ", ").join(filled)


def noted(
    note: str | None, addresses: Mapping[str, str], kept: str | None, *, clear: bool, further: Collection[str]
) -> str | None:
    """A remark with these addresses, a line for each. `kept` is the remark on file, whose lines stay or are replaced.

    An empty address says nothing, or empties its line if `clear`. Those in `further` were given by an earlier row of
    the same file: there is one more.
    """
    lines, before = _lines(note), _lines(kept)
    for called, address in addresses.items():
        head = f"{called}：" if _HAN.search(called) else f"{called}: "
        there = [line for line in before if line.startswith(head)]
        line = head + address
        if not address:
            wanted = [] if clear else there
        elif line in there or called in further:
            wanted = list(dict.fromkeys([*there, line]))
        else:
            wanted = [line]
        lines = _replaced(lines, head, wanted)
    return "\n".join(lines) or None


def _lines(note: str | None) -> list[str]:
    return note.split("\n") if note else []


def _replaced(lines: list[str], head: str, wanted: list[str]) -> list[str]:
    """The lines, those that begin so being these."""
    present = [line for line in lines if line.startswith(head)]
    if present == wanted:
        return lines
    place = lines.index(present[0]) if present else len(lines)
    rest = [line for line in lines[place:] if not line.startswith(head)]
    return [*lines[:place], *wanted, *rest]
