"""Custom fields as conditions of the list of customers: what `inner` says of a value, asked of what a customer has."""

from __future__ import annotations

import operator as compare
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from blueprints.customers import custom_values
from blueprints.customers.models import Customer, CustomerValue
from blueprints.office import field_rules
from blueprints.office.custom_fields import Definition
from core import lists
from core.conditions import begins, folded
from core.filters import Around, Choice, Day, Field, Text, lowered
from core.once import once
from core.rights import Viewer
from core.words import _

RARE = 20_000  # values: more do not lead to their customers, but are asked of each row at hand
NEVER_LEAD = frozenset({"not", "has", "empty"})
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "is": compare.eq, "more": compare.gt, "least": compare.ge, "less": compare.lt, "most": compare.le,
}  # fmt: skip


def fields() -> Iterator[Field]:
    """What the custom fields in use let the list be filtered by."""
    for held in custom_values.fields():
        inner = _inner(held)
        known = tuple(dict.fromkeys((*inner.operators, "empty", "filled")))
        yield OfValues(
            name=held.name, label=held.label, operators=known, leading=frozenset(known) - NEVER_LEAD,
            sensitive=held.sensitive, field_id=held.id, inner=inner,
        )  # fmt: skip


def groupings() -> dict[str, str]:
    """The fields by which the list can be grouped: those whose values are few, and seen by everybody."""
    few = field_rules.CHOOSING | {field_rules.YES_NO}
    return {
        field.name: field.label
        for field in custom_values.fields()
        if field.type in few and not field.sensitive
    }


@dataclass(frozen=True, kw_only=True)
class OfValues(Around):
    """What customers have in one custom field; `inner` is about a single value."""

    field_id: int

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        of_this = exists().where(CustomerValue.customer_id == Customer.id)
        if operator in ("not", "empty"):
            return ~of_this.where(self._fits("is" if operator == "not" else "filled", value, viewer))
        return of_this.where(self._fits(operator, value, viewer))

    def finding(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        if operator in NEVER_LEAD:
            return self.condition(operator, value, viewer)
        fits = select(CustomerValue.customer_id).where(self._fits(operator, value, viewer))
        return Customer.id.in_(fits)

    def leads(self, operator: str, value: str) -> bool:
        return operator in self.leading and once(
            f"rare: {self.name}:{operator}:{value}", lambda: self._is_rare(operator, value)
        )

    def _is_rare(self, operator: str, value: str) -> bool:
        fits = select(CustomerValue).where(self._fits(operator, value, Viewer(0, "", "")))
        return not lists.count(fits, RARE).capped

    def _fits(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        mine = CustomerValue.field_id == self.field_id
        return mine if operator == "filled" else and_(mine, self.inner.condition(operator, value, viewer))


@dataclass(frozen=True, kw_only=True)
class Words(Text):
    """A value in words; width, case and traditional characters do not matter to its beginning and to the whole."""

    operators: tuple[str, ...] = ("is", "not", "has", "begins")

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        key = field_rules.key_of(field_rules.TEXT, value)
        if operator == "has":
            return folded(CustomerValue.value).contains(lowered(value), autoescape=True)
        if operator == "begins":
            return begins(CustomerValue.key, key)
        if len(key) < field_rules.LONGEST_KEY:
            return CustomerValue.key == key
        return and_(CustomerValue.key == key, folded(CustomerValue.value) == lowered(value))


@dataclass(frozen=True, kw_only=True)
class Amount(Field):
    """A number or an amount of money, by the key that stands in their order."""

    held: Definition
    operators: tuple[str, ...] = ("is", "not", "more", "least", "less", "most")

    def check(self, operator: str, value: str) -> None:
        if operator in self.operators:
            field_rules.stored(self.held.type, value)

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        key = field_rules.key_of(self.held.type, field_rules.stored(self.held.type, value))
        found: ColumnElement[bool] = _COMPARED[operator](CustomerValue.key, key)
        return found

    def said(self, operator: str, value: str, viewer: Viewer) -> str:
        return self.held.word(field_rules.stored(self.held.type, value))


@dataclass(frozen=True, kw_only=True)
class WrittenDay(Day):
    """A day as its key says it: 2026-05-31."""

    optional: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "operators", ("in", "last", "next", "older", "on", "since", "before"))

    def _begin(self, day: date) -> Any:
        return day.isoformat()


def _inner(held: Definition) -> Field:
    facts: dict[str, Any] = {"name": held.name, "label": held.label}
    if held.type in field_rules.WORDED:
        return Words(**facts, column=CustomerValue.value)
    if held.type in (field_rules.NUMBER, field_rules.MONEY):
        return Amount(**facts, held=held)
    if held.type == field_rules.DATE:
        return WrittenDay(**facts, column=CustomerValue.key)
    known = {choice.id: choice.word for choice in held.choices}
    if held.type == field_rules.YES_NO:
        known = {field_rules.YES: _("yes"), field_rules.NO: _("no")}
    return Choice(
        **facts,
        among=lambda values, _viewer: CustomerValue.key.in_(
            [field_rules.key_of(held.type, value) for value in values]
        ),
        known=lambda _viewer: list(known.items()),
        names=lambda _values, _viewer: known,
    )
