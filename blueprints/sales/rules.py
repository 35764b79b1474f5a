"""What purchases come to: amounts, totals, average interval, statement of account. Money in minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core import money
from core.errors import RuleBroken
from core.words import _l

KINDS = ("purchase", "return")
STATUSES = ("open", "delivered", "returned", "cancelled")
METHODS = ("transfer", "cash", "card", "wechat", "alipay", "cheque", "other")
STATEMENT_DAYS = 90
MOST_LINES = 100
MOST_QUANTITY = 10**12  # thousandths
_PER_UNIT, _WHOLE = 1_000, 10_000


def number_of(prefix: str, n: int) -> str:
    """The number of the n-th purchase: DD000123."""
    return f"{prefix}{n:06d}"


def line_amount(quantity: int, price: int, discount: int = 0) -> int:
    """What a line comes to, from thousandths, price and hundredths of a percent; halves away from zero."""
    return money.rounded(Decimal(quantity * price * (_WHOLE - discount)) / (_PER_UNIT * _WHOLE))


def amount_of(lines: Iterable[tuple[int, int, int]], discount: int, shipping: int) -> int:
    """What a purchase comes to, from quantity, price and discount of its lines. Raises RuleBroken below zero."""
    before = sum(line_amount(*line) for line in lines)
    if discount > before:
        raise RuleBroken(_l("The discount is more than all lines come to."), "discount")
    return before - discount + shipping


def total_of(goods: int, discount: int, shipping: int) -> int:
    """What a purchase on file comes to, from what its lines do: no discount takes more than they come to."""
    return max(goods - discount, 0) + shipping


def charge(kind: str, status: str, amount: int) -> int:
    """What a purchase adds to what the customer owes: a return takes away, a cancelled one counts for nothing."""
    if status == "cancelled":
        return 0
    return -amount if kind == "return" else amount


def credit(kind: str, paid: int) -> int:
    """What its payments take from what the customer owes: money for a return went back to them."""
    return -paid if kind == "return" else paid


def balance(kind: str, status: str, amount: int, paid: int) -> int:
    """What the customer still owes of a purchase; below zero, what we owe them."""
    return charge(kind, status, amount) - credit(kind, paid)


def average_interval(first: date | None, last: date | None, days: int) -> int | None:
    """How many days lie between two purchases on average, from the first and last day and how many days there were.

    None for fewer than two days.
    """
    if first is None or last is None or days < 2:
        return None
    whole = Decimal((last - first).days) / (days - 1)
    return int(whole.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class Entry:
    """A line of an account: `what` is purchase, return or payment; `amount` what it adds to what is owed."""

    on_day: date
    what: str
    number: str
    currency: str
    amount: int
    balance: int = 0
    id: int = 0


@dataclass(frozen=True)
class Statement:
    """A statement of account in one currency: what was owed before, each entry with what was owed then, and after."""

    currency: str
    opening: int
    entries: Sequence[Entry]
    closing: int


def statement(currency: str, opening: int, entries: Iterable[Entry]) -> Statement:
    """The account from an opening balance; on a day purchases come before what is paid for them."""
    owed, told = opening, []
    for e in sorted(entries, key=lambda e: (e.on_day, e.what == "payment", e.number, e.id)):
        owed += e.amount
        told.append(Entry(e.on_day, e.what, e.number, e.currency, e.amount, owed, e.id))
    return Statement(currency, opening, told, owed)


def begin_of_period(until: date) -> date:
    """Where the period of a statement begins if nobody says: as many days before its end as the calendar has."""
    return until - min(timedelta(days=STATEMENT_DAYS), until - date.min)


def check_period(since: date, until: date) -> None:
    """Raises RuleBroken for a period that ends before it begins, or is longer than ten years."""
    if until < since:
        raise RuleBroken(_l("The period ends before it begins."), "until")
    if until - since > timedelta(days=3_660):
        raise RuleBroken(_l("A statement spans ten years at most."), "until")


def check_days(on_day: date, due_on: date | None, today: date) -> None:
    """Raises RuleBroken for a purchase of the future, or due before it was made."""
    if on_day > today:
        raise RuleBroken(_l("This day is still to come."), "on_day")
    if due_on is not None and due_on < on_day:
        raise RuleBroken(_l("It cannot be due before the purchase."), "due_on")


def check_payment(amount: int, on_day: date, today: date) -> None:
    """Raises RuleBroken for nothing, less than nothing, or money of the future."""
    if amount <= 0:
        raise RuleBroken(_l("The amount must be more than nothing."), "amount")
    if on_day > today:
        raise RuleBroken(_l("This day is still to come."), "on_day")


def check_status(status: str, wanted: str, *, paid: int = 0, returned: bool = False) -> None:
    """Whether a purchase may be delivered or cancelled. Raises RuleBroken."""
    if status == "cancelled":
        raise RuleBroken(_l("This purchase is cancelled."))
    if wanted == "delivered" and status != "open":
        raise RuleBroken(_l("This purchase was delivered already."))
    if wanted == "cancelled" and returned:
        raise RuleBroken(_l("Something of this purchase was returned. Cancel the return first."))


def check_returned(bought: int, returned: int, more: int) -> None:
    """Raises RuleBroken if more of a line is given back than was bought, in thousandths."""
    if more > bought - returned:
        raise RuleBroken(_l("No more than %(n)s can be returned.", n=quantity_text(bought - returned)))


def quantity_text(thousandths: int) -> str:
    """A quantity as it is typed: `2`, `0.5`."""
    return f"{Decimal(thousandths).scaleb(-3).normalize():f}"


def percent_text(hundredths: int) -> str:
    """A discount of a line as it is typed: `12.5`; empty for none."""
    return f"{Decimal(hundredths).scaleb(-2).normalize():f}" if hundredths else ""


def quantity_of(text: str) -> int:
    """Thousandths of a typed quantity. Raises RuleBroken for nothing, less than nothing, or finer than that."""
    value = money.decimal(text).scaleb(3)
    if value != value.to_integral_value():
        raise RuleBroken(_l("“%(text)s” has more than %(n)s decimals.", text=text[:40], n=3))
    if not 0 < value <= MOST_QUANTITY:
        raise RuleBroken(_l("“%(text)s” is no quantity.", text=text[:40]))
    return int(value)


def percent_of(text: str) -> int:
    """Hundredths of a percent of a typed discount. Raises RuleBroken for what is not between 0 and 100."""
    value = money.decimal(text.strip().removesuffix("%").removesuffix("％")).scaleb(2)
    if not 0 <= value <= _WHOLE or value != value.to_integral_value():
        raise RuleBroken(_l("“%(text)s” is no discount between 0 and 100 percent.", text=text[:40]))
    return int(value)
