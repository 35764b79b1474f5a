"""Conditions on numbers and amounts of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement

from core.errors import RuleBroken
from core.filters import WITHOUT_VALUE, Field
from core.lists import LARGEST
from core.rights import Viewer
from core.words import _l

_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "is": eq,
    "more": gt,
    "least": ge,
    "less": lt,
    "most": le,
}


def whole(text: str) -> int:
    """The whole number that a text means, a sign for per cent left out. Raises RuleBroken."""
    digits = text.replace(",", "").replace("，", "").strip().removesuffix("%").removesuffix("％").strip()
    if not digits.isdecimal() or len(digits) > 15:
        raise RuleBroken(_l("This is no whole number."))
    return int(digits)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A column of numbers. `read` makes of what was typed what is stored, and raises RuleBroken for anything else;
    `words` tells it again. With an index, any comparison finds its rows by it. `optional`: it may hold none.
    """

    column: Any
    read: Callable[[str], int] = whole
    words: Callable[[int], str] = str
    indexed: bool = False
    optional: bool = False

    def __post_init__(self) -> None:
        known = (*_COMPARED, *(("empty", "filled") if self.optional else ()))
        object.__setattr__(self, "operators", known)
        object.__setattr__(self, "leading", frozenset(_COMPARED) if self.indexed else frozenset())

    def check(self, operator: str, value: str) -> None:
        if operator not in WITHOUT_VALUE and abs(self.read(value)) > LARGEST:
            raise RuleBroken(_l("This is too long."))

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        if operator in WITHOUT_VALUE:
            bare: ColumnElement[bool] = self.column.is_(None)
            return bare if operator == "empty" else ~bare
        found: ColumnElement[bool] = _COMPARED[operator](self.column, self.read(value))
        return self.column.is_not(None) & found if self.optional else found

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        return self.words(self.read(value))
