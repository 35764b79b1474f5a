"""The fields that a list can be filtered by, and the conditions that its address makes of them.

Areas offer them. A condition that cannot be meant finds nothing, and says why: left out, it widened what is changed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from core import clock, kinds
from core.conditions import folded
from core.errors import RuleBroken
from core.filterlines import (
    MOST_LINES,
    MOST_TEXT,
    PERIODS,
    UNITS,
    Line,
    Lines,
    moved,
    period,
    several,
    span,
    the_day,
)
from core.languages import day as in_words
from core.rights import Right, Viewer
from core.words import _, _l

OPERATORS: dict[str, Any] = {
    "is": _l("is"), "not": _l("is not"), "has": _l("contains"), "begins": _l("begins with"), "ends": _l("ends with"),
    "on": _l("on the day"), "since": _l("on or after"), "before": _l("before"), "in": _l("within the period"),
    "last": _l("in the last"), "next": _l("in the next"), "older": _l("longer ago than"),
    "silent": _l("longer ago than, or never"), "more": _l("is more than"), "least": _l("is at least"),
    "less": _l("is less than"), "most": _l("is at most"), "empty": _l("is empty"), "filled": _l("is filled in"),
}  # fmt: skip
WITHOUT_VALUE = frozenset({"empty", "filled"})
SPANS = frozenset({"last", "next", "older", "silent"})
Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Field(ABC):
    """Something to filter by. `operators` are those it knows, `leading` those of which an index finds few rows.

    What is `sensitive` finds only records whose sensitive fields the person sees in clear; who lacks its `right`, none.
    """

    name: str
    label: Any
    operators: Sequence[str] = ()
    leading: frozenset[str] = frozenset()
    sensitive: bool = False
    right: Right | None = None

    def may_use(self, viewer: Viewer) -> bool:
        """Whether somebody may filter by it."""
        return self.right is None or viewer.may(self.right)

    def check(self, operator: str, value: str) -> None:  # noqa: B027  -- most take any value
        """Raises RuleBroken for a value that cannot be meant."""

    @abstractmethod
    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        """The rows that fit; operator and value have been checked."""

    def finding(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        """The same in the form that finds the rows by an index, where it leads."""
        return self.condition(operator, value, viewer)

    def leads(self, operator: str, value: str) -> bool:
        """Whether an index finds the rows that fit, and few of them."""
        return operator in self.leading

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        """The value in words, as the viewer may know them."""
        return value

    def widget(self, operator: str) -> str:
        """How the value is typed: none, text, choices, span, period or day."""
        return "none" if operator in WITHOUT_VALUE else "text"

    def choices(self, viewer: Viewer) -> Choices:
        """What there is to choose from."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Around(Field):
    """What rows that hang on a record hold; `inner` is about a single one of them, and says and offers the values."""

    inner: Field

    def check(self, operator: str, value: str) -> None:
        self.inner.check(operator, value)

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        return self.inner.said(operator, value, viewer)

    def widget(self, operator: str) -> str:
        return self.inner.widget(operator)

    def choices(self, viewer: Viewer) -> Choices:
        return self.inner.choices(viewer)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A column of text; case does not matter."""

    column: Any
    operators: Sequence[str] = ("is", "not", "has", "begins", "empty", "filled")

    def check(self, operator: str, value: str) -> None:
        if operator not in WITHOUT_VALUE and not value:
            raise RuleBroken(_l("Fill this in."))

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        bare = or_(self.column.is_(None), self.column == "")
        if operator in WITHOUT_VALUE:
            return bare if operator == "empty" else ~bare
        text, wanted = folded(self.column), lowered(value)
        if operator in ("is", "not"):
            return text == wanted if operator == "is" else or_(self.column.is_(None), text != wanted)
        compare: Mapping[str, Any] = {"has": text.contains, "begins": text.startswith, "ends": text.endswith}
        return and_(self.column.is_not(None), compare[operator](wanted, autoescape=True))


def lowered(text: str) -> str:
    """A text as `folded` compares it on both databases: only A to Z have a lower case."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One or more of a set of codes, or of records by the name that addresses give them.

    `among` is the condition that one of these fits, `bare` that none is set; `known` is what can be chosen and `names`
    the words for values: where `open`, other values are no mistake, but their names are not told.
    """

    among: Callable[[Sequence[str], Viewer], ColumnElement[bool]]
    bare: ColumnElement[bool] | None = None
    known: Callable[[Viewer], Choices] = lambda viewer: ()
    names: Callable[[Sequence[str], Viewer], Mapping[str, Any]]
    open: bool = False
    operators: Sequence[str] = ("is", "not")

    def check(self, operator: str, value: str) -> None:
        if operator in WITHOUT_VALUE:
            return
        codes = several(value)
        if not codes:
            raise RuleBroken(_l("Choose one of these."))
        if not self.open and (unknown := [code for code in codes if code not in self.names(codes, NOBODY)]):
            raise RuleBroken(_l("There is no “%(value)s” to choose.", value=unknown[0][:60]))

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        if operator in WITHOUT_VALUE:
            assert self.bare is not None
            return self.bare if operator == "empty" else ~self.bare
        fits = self.among(several(value), viewer)
        if operator == "is":
            return fits
        return ~fits if self.bare is None else or_(self.bare, ~fits)

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        names = self.names(several(value), viewer)
        return _(", ").join(str(names.get(code, _("(not shown)"))) for code in several(value))

    def widget(self, operator: str) -> str:
        return "none" if operator in WITHOUT_VALUE else "choices"

    def choices(self, viewer: Viewer) -> Choices:
        return self.known(viewer)

    def is_known(self, value: str, viewer: Viewer) -> bool:
        """Whether the viewer may know all that the value names."""
        names = self.names(several(value), viewer)
        return all(code in names for code in several(value))


NOBODY = Viewer(0, "", "")


def codes(
    name: str, label: Any, column: Any, words: Mapping[str, Any], *, empty: bool = False, **more: Any
) -> Choice:
    """A column of stored codes; `empty`: it may hold none."""
    bare = or_(column.is_(None), column == "") if empty else None
    return Choice(
        name=name,
        label=label,
        operators=("is", "not", "empty", "filled") if empty else ("is", "not"),
        among=lambda values, _viewer: and_(column.is_not(None), column.in_(values)),
        bare=bare,
        known=lambda _viewer: list(words.items()),
        names=lambda _values, _viewer: words,
        **more,
    )


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A day, or an instant by the company's day. `never` is what a NOT NULL column holds in place of none."""

    column: Any
    instant: bool = False
    never: date | None = None
    optional: bool = True
    ahead: bool = False

    def __post_init__(self) -> None:
        past = ("last", "older", *(("silent",) if self.optional else ()))
        bare = ("empty", "filled") if self.optional else ()
        known = ("in", *(("next", "older") if self.ahead else past), "on", "since", "before", *bare)
        object.__setattr__(self, "operators", known)
        object.__setattr__(self, "leading", frozenset(known) - {"filled"} if self.leading else frozenset())

    def check(self, operator: str, value: str) -> None:
        if operator in SPANS:
            span(value)
        elif operator == "in":
            period(value, clock.today())
        elif operator not in WITHOUT_VALUE:
            the_day(value)

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        if operator in WITHOUT_VALUE:
            return self._bare if operator == "empty" else self._set
        first, last = self.range(operator, value)
        parts = [] if first is None else [self.column >= self._begin(first)]
        parts += [] if last is None else [self.column < self._begin(last + timedelta(days=1))]
        if operator == "silent":
            return and_(*parts) if self.never and self.never < date(1900, 1, 1) else or_(self._bare, *parts)
        return and_(self._set, *parts) if self.optional else and_(*parts)

    @staticmethod
    def range(operator: str, value: str) -> tuple[date | None, date | None]:
        """The first and the last day that fit, counted from today; None where there is no bound."""
        today = clock.today()
        if operator in SPANS:
            count, unit = span(value)
            if operator == "next":
                return today, moved(today, count, unit)
            before = moved(today, -count, unit)
            return (before, today) if operator == "last" else (None, before - timedelta(days=1))
        if operator == "in":
            return period(value, today)
        day = the_day(value)
        return {"on": (day, day), "since": (day, None), "before": (None, day - timedelta(days=1))}[operator]

    def _begin(self, day: date) -> Any:
        return clock.at(day, time.min) if self.instant else day

    @property
    def _bare(self) -> ColumnElement[bool]:
        return self.column.is_(None) if self.never is None else self.column == self.never

    @property
    def _set(self) -> ColumnElement[bool]:
        return self.column.is_not(None) if self.never is None else self.column != self.never

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        if operator in SPANS:
            count, unit = span(value)
            return _("%(count)s %(unit)s", count=count, unit=UNITS[unit])
        if operator == "in":
            return str(PERIODS.get(value, value))
        return in_words(the_day(value), year=True)

    def widget(self, operator: str) -> str:
        if operator in SPANS or operator == "in":
            return "period" if operator == "in" else "span"
        return "none" if operator in WITHOUT_VALUE else "day"


Source = Callable[[], Iterable[Field]]
_sources: defaultdict[str, list[Source]] = defaultdict(list)


def offer(name: str, source: Source) -> None:
    """Let the list of this name be filtered by what a source answers."""
    _sources[name].append(source)


def fields(name: str, viewer: Viewer | None = None) -> dict[str, Field]:
    """What a list can be filtered by, in the order in which it is offered: at all, or by somebody."""
    found = (offered for source in _sources[name] for offered in source())
    return {field.name: field for field in found if viewer is None or field.may_use(viewer)}


@dataclass(frozen=True)
class Filter:
    """The conditions of an address, as the fields of a list mean them."""

    model: type[Any]
    lines: Lines
    fields: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, model: type[Any], lines: Lines) -> Filter:
        """What these conditions mean for a list; without any nothing is looked up."""
        return cls(model, lines, fields(name) if lines else {})

    def __bool__(self) -> bool:
        return bool(self.lines)

    def problems(self, viewer: Viewer | None = None) -> list[Any]:
        """A sentence for each condition that cannot be meant, at all or by somebody; then nothing is found."""
        if len(self.lines) > MOST_LINES:
            return [_l("A list is filtered by %(n)s conditions at most.", n=MOST_LINES)]
        found = (self.problem(line, viewer) for group in self.lines.groups for line in group)
        return [problem for problem in found if problem]

    def problem(self, line: Line, viewer: Viewer | None = None) -> Any:
        """What is wrong with a condition; None for one that can be meant."""
        known = self.fields.get(line.field)
        if known is None or (viewer is not None and not known.may_use(viewer)):
            return _l("Nothing can be filtered by “%(field)s”.", field=line.field[:60])
        try:
            if line.operator not in known.operators:
                raise RuleBroken(_l("It cannot be compared like that."))
            if len(line.value) > MOST_TEXT or "\0" in line.value:
                raise RuleBroken(_l("This is too long."))
            known.check(line.operator, line.value)
        except RuleBroken as broken:
            return _l("%(first)s: %(second)s", first=known.label, second=broken.message)
        return None

    @property
    def leads(self) -> bool:
        """Whether there are conditions that find their rows by an index."""
        return bool(self.problems() or self._leading)

    def leading(self, viewer: Viewer) -> list[ColumnElement[bool]]:
        """The conditions that have to hold and of which each finds its rows by an index."""
        if self.problems(viewer):
            return [false()]
        return [self._condition(line, viewer, finding=True) for line in self._leading]

    @property
    def _leading(self) -> list[Line]:
        single = self.lines.single
        return [line for line in single if self.fields[line.field].leads(line.operator, line.value)]

    def whole(self, viewer: Viewer) -> ColumnElement[bool]:
        """All conditions as one, to be tried on the rows at hand."""
        if self.problems(viewer):
            return false()
        inner, outer = (and_, or_) if self.lines.any else (or_, and_)
        groups = (inner(*(self._condition(line, viewer) for line in group)) for group in self.lines.groups)
        return outer(*groups)

    def _condition(self, line: Line, viewer: Viewer, *, finding: bool = False) -> ColumnElement[bool]:
        known = self.fields[line.field]
        asked = known.finding if finding else known.condition
        condition = asked(line.operator, line.value, viewer)
        clear = kinds.kind_of(self.model).clear
        if not known.sensitive or clear is None:
            return condition
        return and_(kinds.reach(self.model, viewer, clear), condition)

    def said(self, line: Line, viewer: Viewer) -> str:
        """A condition in words, for whoever reads it."""
        known = self.fields.get(line.field)
        if known is None or self.problem(line, viewer):
            return line.written()[:MOST_TEXT]
        if line.operator in WITHOUT_VALUE:
            return _("%(field)s %(operator)s", field=known.label, operator=OPERATORS[line.operator])
        value = known.said(line.operator, line.value, viewer)
        if line.operator == "is":
            return _("%(first)s: %(second)s", first=known.label, second=value)
        operator = OPERATORS[line.operator]
        return _("%(field)s %(operator)s %(value)s", field=known.label, operator=operator, value=value)

    def chips(self, viewer: Viewer) -> list[tuple[Lines, str]]:
        """Each group in words, and what is left without it."""
        joint = _(" and ") if self.lines.any else _(" or ")
        return [
            (self.lines.without(n), joint.join(self.said(line, viewer) for line in group))
            for n, group in enumerate(self.lines.groups)
        ]

    def is_known(self, viewer: Viewer) -> bool:
        """Whether the viewer may know all records that the conditions name."""
        lines = (line for group in self.lines.groups for line in group if line.operator not in WITHOUT_VALUE)
        named = ((self.fields.get(line.field), line.value) for line in lines)
        return all(
            known.is_known(value, viewer)
            for known, value in named
            if isinstance(known, Choice) and known.open
        )
