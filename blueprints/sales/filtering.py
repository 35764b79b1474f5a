"""What the list of customers shows and is filtered by of their purchases, as far as somebody may see those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, exists, func, or_, select

from blueprints.customers.models import Customer
from blueprints.sales import queries, words
from blueprints.sales.figures import figures
from blueprints.sales.models import Purchase
from core import clock, columns, filters, languages
from core.columns import Column
from core.filters import Choice, Day, Field
from core.once import once
from core.rights import Right, Viewer
from core.words import _l

OWED = {"owing": _l("some is owed"), "overdue": _l("some is past due")}
MINE = Purchase.customer_id == Customer.id


@dataclass(frozen=True, kw_only=True)
class LastPurchase(Day):
    """The day of the last purchase; of customers whose purchases one may not see nothing is found."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return queries.customers_over(viewer, Right.SALES_SEE) & super().condition(operator, value, viewer)


@dataclass(frozen=True, kw_only=True)
class Owed(Choice):
    """What is owed; likewise."""

    def condition(self, operator: str, value: str, viewer: Viewer) -> ColumnElement[bool]:
        return queries.customers_over(viewer, Right.SALES_SEE) & super().condition(operator, value, viewer)


def fields() -> Iterator[Field]:
    """The last purchase, and whether something is owed."""
    last = select(func.max(Purchase.on_day)).where(MINE, queries.SOLD).correlate(Customer).scalar_subquery()
    right = Right.SALES_SEE
    yield LastPurchase(name="last_purchase", label=_l("Last purchase"), column=last, right=right)
    yield Owed(
        name="balance", label=_l("Money owed"), among=_owing, bare=~exists().where(MINE, Purchase.balance != 0),
        known=lambda _v: list(OWED.items()), names=lambda _values, _v: OWED,
        operators=("is", "not", "empty", "filled"), right=right,
    )  # fmt: skip


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


filters.offer("customers", fields)
columns.declare(
    "customers",
    Column("bought", _l("Amount, returns taken off"), partial(_cell, "amount"), Right.SALES_SEE, True),
    Column("balance", _l("Balance due"), partial(_cell, "balance"), Right.SALES_SEE, True),
    Column("last_purchase", _l("Last purchase"), partial(_cell, "last"), Right.SALES_SEE),
)
