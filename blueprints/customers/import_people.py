"""Columns of a second and further contact person in the row of a customer: never taken for those of the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from blueprints.customers.columns import SYNONYMS
from core.suggesting import folded

NUMBERS = tuple(range(2, 10))  # of the further people that a row has room for
OFFERED = (2, 3)  # of those that are offered where a file names no more
DETAILS = ("title", "position", "department", "role", "note")
POINTS = ("mobile", "phone", "email", "wechat", "wecom", "qq", "fax")
_PERSON = "(?:联系人|联络人|对接人|contactperson|contactname|contact|person)"
_ORDINALS = {
    "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
    "七": 7, "八": 8, "九": 9, "second": 2, "third": 3, "fourth": 4,
    "fifth": 5, "备用": 2, "次要": 2, "secondary": 2,
    "alternate": 2, "alternative": 2,
}  # fmt: skip
_NUMBER = rf"(\d+|{'|'.join(_ORDINALS)})"
# 联系人2, 联系人2电话, 第二联系人, Contact 2 Phone
_OF_A_PERSON = re.compile(rf"{_PERSON}{_NUMBER}|第?{_NUMBER}{_PERSON}")
# 联系人姓名2: with it, 手机2 is the second person's
_NAME = re.compile(
    rf"(?:{_PERSON}(?:姓名|name)?|姓名)(?:第|的)?{_NUMBER}(?:姓名|name)?|第?{_NUMBER}{_PERSON}(?:姓名|name)?"
)
_FIELD = re.compile(r"person(\d+)_")
_LAST = re.compile(rf"(.+?){_NUMBER}")
_FIRST = re.compile(rf"^{_PERSON}")


def prefix_of(number: int) -> str:
    """How the fields of a further person begin."""
    return f"person{number}_"


def _words() -> Mapping[str, str]:
    """What a column holds of a person, by what its header says beside whose it is."""
    found = {"": "name"}
    for what in ("name", *POINTS, *DETAILS):
        for word in (*SYNONYMS[f"person_{what}"], *(SYNONYMS[what] if what in POINTS else ())):
            found.setdefault(folded(word), what)
            found.setdefault(_FIRST.sub("", folded(word)), what)
    return found


_WORDS = _words()


def is_offered(field: str, mapped: Collection[str]) -> bool:
    """Whether a field is one to choose: of a fourth and further person only where a column is of that person."""
    match = _FIELD.match(field)
    return match is None or int(match[1]) in OFFERED or any(name.startswith(match[0]) for name in mapped)


def of_others(header: Sequence[str]) -> dict[str, str]:
    """The columns that belong to a second or further person, and the field of each; empty where there is none."""
    known = {column: folded(column) for column in header}
    named = {_number(match) for text in known.values() if (match := _NAME.fullmatch(text))}
    fields: dict[str, str] = {}
    for column, text in known.items():
        if (found := _of_another(text, named)) is not None:
            number, what = found
            field = f"{prefix_of(number)}{what}" if what and number in NUMBERS else ""
            fields[column] = field if what in POINTS or field not in fields.values() else ""
    return fields


def _of_another(text: str, named: set[int]) -> tuple[int, str] | None:
    """The number of the person and what the column holds of them; None for a column of the first, or of nobody."""
    if match := _OF_A_PERSON.match(text):
        number = _number(match)
        return (number, _WORDS.get(text[match.end() :], "")) if number > 1 else None
    match = _LAST.fullmatch(text)
    if match is None or match[1] not in _WORDS or _number(match) not in named - {0, 1}:
        return None
    return _number(match), _WORDS[match[1]]


def _number(match: re.Match[str]) -> int:
    written = str([group for group in match.groups() if group][-1])
    return _ORDINALS.get(written) or int(written)
