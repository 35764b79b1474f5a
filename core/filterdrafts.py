"""Conditions while somebody puts them together: the lines of a form, read back as conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from core.filterlines import ANY, MATCH, MOST_LINES, WHERE, Line, Lines
from core.filters import SPANS, Filter

EMPTY = Line("")


@dataclass(frozen=True)
class Draft:
    """The groups of conditions that a form shows, empty ones too."""

    groups: tuple[tuple[Line, ...], ...]
    any: bool

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> Draft:
        """What an address of the list asks for, or what was typed so far, with what a button adds or takes away."""
        if "lines" not in args:
            lines = Lines.read(args.getlist(WHERE), args.get(MATCH))
            return cls(lines.groups or ((EMPTY,),), lines.any)
        return cls._done(args.get("do", ""), list(_typed(args)), args.get(MATCH) == ANY)

    @classmethod
    def _done(cls, do: str, typed: list[tuple[int, Line]], any: bool) -> Draft:
        verb, _sep, place = do.partition("-")
        at = int(place) if place.isdecimal() and len(place) < 4 else -1
        if verb == "drop" and 0 <= at < len(typed):
            del typed[at]
        groups: dict[int, list[Line]] = {}
        for group, line in typed:
            groups.setdefault(group, []).append(line)
        if verb == "beside" and at in groups:
            groups[at].append(EMPTY)
        found = [tuple(group) for _number, group in sorted(groups.items())]
        if verb == "add" or not found:
            found.append((EMPTY,))
        return cls(tuple(found), any)

    @property
    def lines(self) -> Lines:
        """The conditions that say something."""
        said = (tuple(line for line in group if line.field) for group in self.groups)
        return Lines(tuple(group for group in said if group), self.any)

    def numbered(self) -> list[list[tuple[int, Line]]]:
        """The groups with the number that each line has in the form."""
        count = iter(range(MOST_LINES + 2))
        return [[(next(count, 0), line) for line in group] for group in self.groups]

    def problem(self, line: Line, judge: Filter) -> Any:
        """What is wrong with a line on which a value has been given; None while it is being filled in."""
        return judge.problem(line) if line.field and line.value else None


def _typed(args: MultiDict[str, str]) -> Iterator[tuple[int, Line]]:
    """Group and condition of each line that was sent."""
    count = args.get("lines", 0, type=int)
    number: Callable[[str], int] = lambda name: args.get(name, 0, type=int)  # noqa: E731
    for n in range(max(0, min(count, MOST_LINES + 1))):
        field, operator = args.get(f"field-{n}", ""), args.get(f"op-{n}", "")
        value = ",".join(part.strip() for part in args.getlist(f"value-{n}") if part.strip())
        if args.get(f"was-{n}", field) != field:
            operator = value = ""
        if operator in SPANS and value.isdecimal():
            value += args.get(f"unit-{n}", "d")[:1]
        yield number(f"group-{n}"), Line(field[:60], operator[:20], value)
