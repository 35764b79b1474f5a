"""What the list of customers shows, is filtered and sorted by of their purchases, as far as somebody may see those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, exists, or_

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.sales import queries, words
from blueprints.sales.figures import figures
from blueprints.sales.models import Purchase
from core import clock, columns, filters, languages, money, settings
from core.columns import Column, Sorting
from core.conditions import tried
from core.filternumbers import Number
from core.filters import Choice, Day, Field
from core.lists import LARGEST
from core.once import once
from core.rights import Right, Viewer
from core.words import _l

OWED = {"owing": _l("some is owed"), "overdue": _l("some is past due")}
MINE = Purchase.customer_id == Customer.id
SEE = Right.SALES_SEE
NOT_FOUND = frozenset({"empty", "filled", "silent"})  # by an index


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """Of customers whose purchases one may not see nothing is found, nor that they have none."""
    return queries.customers_over(viewer, SEE)


@dataclass(frozen=True, kw_only=True)
class LastPurchase(Day):
    """The day of the last purchase."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return _seen(viewer) & super().condition(operator, value, viewer)

    def finding(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return super().condition(operator, value, viewer) & tried(_seen(viewer))

    def leads(self, operator: str, value: str) -> bool:
        return operator not in NOT_FOUND


@dataclass(frozen=True, kw_only=True)
class Figure(Number):
    """How much, or how often, they bought."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return _seen(viewer) & super().condition(operator, value, viewer)

    def finding(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return super().condition(operator, value, viewer) & tried(_seen(viewer))


@dataclass(frozen=True, kw_only=True)
class Owed(Choice):
    """What is owed."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return _seen(viewer) & super().condition(operator, value, viewer)


def fields() -> Iterator[Field]:
    """How much and how often they bought, when last, and whether something is owed."""
    yield Figure(
        name="bought", label=_l("Amount, returns taken off"), column=Customer.bought_amount, read=_minor,
        words=_worded, indexed=True, optional=True, right=SEE,
    )  # fmt: skip
    yield Figure(name="purchases", label=_l("Number of purchases"), column=Customer.bought_count, right=SEE)
    yield LastPurchase(name="last_purchase", label=_l("Last purchase"), column=Customer.bought_on, right=SEE)
    yield Owed(
        name="balance", label=_l("Money owed"), among=_owing, bare=~exists().where(MINE, Purchase.balance != 0),
        known=lambda _v: list(OWED.items()), names=lambda _values, _v: OWED,
        operators=("is", "not", "empty", "filled"), right=SEE,
    )  # fmt: skip


def _currency() -> str:
    return str(settings.get("sales.currency"))


def _minor(text: str) -> int:
    return money.parse(text, _currency())


def _worded(amount: int) -> str:
    return words.shown(amount, _currency())


def _owing(values: Sequence[str], _viewer: Viewer) -> ColumnElement[bool]:
    late = Purchase.due_on < clock.today()
    owing = exists().where(MINE, Purchase.balance > 0)
    return or_(*(owing if value == "owing" else owing.where(late) for value in values))


def _cell(what: str, ids: Sequence[int], viewer: Viewer) -> Mapping[int, str]:
    """What a column says of these customers' purchases that somebody may see; one statement for all columns."""
    found = once(f"purchases of {ids}", lambda: figures(ids, viewer))
    if what == "last":
        return {id: languages.day(figure.last) for id, figure in found.items() if figure.last}
    amounts = {id: getattr(figure, what) for id, figure in found.items()}
    return {id: " · ".join(words.shown(*each) for each in told) for id, told in amounts.items() if told}


def _plain(what: str, ids: Sequence[int], viewer: Viewer) -> Mapping[int, str]:
    """The same for a file: days as programs write them, of amounts the currency if it is another than usual."""
    found = once(f"purchases of {ids}", lambda: figures(ids, viewer))
    if what == "last":
        return {id: str(figure.last) for id, figure in found.items() if figure.last}
    amounts = {id: getattr(figure, what) for id, figure in found.items()}
    return {id: "; ".join(_figure(*each) for each in told) for id, told in amounts.items() if told}


def _figure(amount: int, currency: str) -> str:
    plain = money.plain(amount, currency)
    return plain if currency == _currency() else f"{plain} {currency}"


def _within(viewer: Viewer) -> ColumnElement[bool]:
    return customers.POLICY.within(viewer, SEE)


filters.offer("customers", fields)
columns.declare(
    "customers",
    Column(
        "bought", _l("Amount, returns taken off"), partial(_cell, "amount"), SEE, True, partial(_plain, "amount"),
        Sorting(Customer.bought_amount, -LARGEST, _within),
    ),
    Column("balance", _l("Balance due"), partial(_cell, "balance"), SEE, True, partial(_plain, "balance")),
    Column(
        "last_purchase", _l("Last purchase"), partial(_cell, "last"), SEE, plain=partial(_plain, "last"),
        sorting=Sorting(Customer.bought_on, date.min, _within),
    ),
)  # fmt: skip
