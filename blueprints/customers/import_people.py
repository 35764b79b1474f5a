"""Columns of a second and further contact person: a row has room for one, and theirs are never taken for that one's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from blueprints.customers.columns import SYNONYMS
from core.suggesting import folded

_PERSON = "(?:联系人|联络人|contactperson|contactname|contact)"
_ORDINALS = {"二": 2, "三": 3, "四": 4, "五": 5, "second": 2, "third": 3}
_NUMBER = rf"(\d+|{'|'.join(_ORDINALS)})"
# 联系人2, 联系人2电话, 第二联系人, Contact 2 Phone
_OF_A_PERSON = re.compile(rf"{_PERSON}{_NUMBER}|第?{_NUMBER}{_PERSON}")
# 联系人姓名2: with it, 手机2 is the second person's
_NAME = re.compile(rf"(?:{_PERSON}(?:姓名|name)?|姓名){_NUMBER}(?:姓名|name)?")
_LAST = re.compile(rf"(.+?){_NUMBER}")
_THEIRS = frozenset(
    folded(word)
    for name, words in SYNONYMS.items()
    if name.startswith("person_") or name in ("phone", "mobile", "email", "wechat", "wecom", "qq")
    for word in words
)


def of_others(header: Sequence[str]) -> set[str]:
    """The columns that belong to a second or further person."""
    known = {column: folded(column) for column in header}
    named = {_number(match) for text in known.values() if (match := _NAME.fullmatch(text))}
    return {column for column, text in known.items() if _is_of_another(text, named)}


def _is_of_another(text: str, named: set[int]) -> bool:
    if match := _OF_A_PERSON.match(text):
        return _number(match) > 1
    match = _LAST.fullmatch(text)
    return match is not None and match[1] in _THEIRS and _number(match) in named - {0, 1}


def _number(match: re.Match[str]) -> int:
    written = str([group for group in match.groups() if group][-1])
    return _ORDINALS.get(written) or int(written)
