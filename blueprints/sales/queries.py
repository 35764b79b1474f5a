"""Purchases and what is due of them. A purchase is seen by whoever holds `sales:see` over its customer.

That right has its own scope: a role may see the purchases of customers whose files it may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload

from blueprints.customers import queries as customers
from blueprints.customers.models import Customer
from blueprints.sales import rules
from blueprints.sales.models import Payment, Product, Purchase, PurchaseLine
from core import acts, clock, kinds, lists
from core.change_sets import Change, ChangeSet
from core.conditions import begins, folded
from core.db import db
from core.errors import NotFound, Refused
from core.filters import lowered
from core.kinds import refusal
from core.prepared import prepared
from core.rights import Right, Viewer
from core.words import _

ON_THE_FILE = 5
LEAST_TYPED, LEAST_OF_NAME = 3, 2
COUNTS = Purchase.status != "cancelled"
SOLD = COUNTS & (Purchase.kind == "purchase")
CHARGE = case((~COUNTS, 0), (Purchase.kind == "return", -Purchase.amount), else_=Purchase.amount)


def customers_over(viewer: Viewer, right: Right) -> ColumnElement[bool]:
    """The living customers over which a person holds a right of this area."""
    policy = customers.POLICY
    within = Customer.deleted_at.is_(None) & policy.within(viewer, Right.SALES_SEE)
    return within if right == Right.SALES_SEE else within & policy.within(viewer, right)


def payments_beyond(change_set: ChangeSet, viewer: Viewer) -> bool:
    """Whether an act wrote payments of customers for whom a person may record none."""
    mine = Change.set_id.in_(acts.sets_of(acts.leader_of(change_set).id))
    paid = select(Change.root_id).where(mine, Change.record_table == Payment.__tablename__)
    theirs = customers.POLICY.within(viewer, Right.SALES_PAY)
    return db.session.scalar(select(Customer.id).where(Customer.id.in_(paid), ~theirs).limit(1)) is not None


def visible_purchases(viewer: Viewer, right: Right = Right.SALES_SEE) -> Select[Any]:
    """The purchases of living customers over which a person holds a right."""
    seen = kinds.among_those(Purchase.customer_id, Customer, customers_over(viewer, right))
    return select(Purchase).where(seen)


def the_customer(id: int, right: Right, viewer: Viewer) -> Customer:
    """The customer, taken through a right of this area. Raises NotFound or Refused."""
    found = db.session.scalar(_customer(viewer), {"id": id}) if 0 < id < 2**63 else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    _check(found, right, viewer)
    return found


@prepared
def _customer(viewer: Viewer) -> Select[Any]:
    return select(Customer).where(Customer.id == bindparam("id"), customers_over(viewer, Right.SALES_SEE))


def the_purchase(id: int, right: Right, viewer: Viewer) -> Purchase:
    """The purchase, taken through the right that is being used. Raises NotFound or Refused."""
    found = db.session.scalar(_purchase(viewer), {"id": id}) if 0 < id < 2**63 else None
    if found is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    _check(found.customer, right, viewer)
    return found


@prepared
def _purchase(viewer: Viewer) -> Select[Any]:
    wanted = visible_purchases(viewer).where(Purchase.id == bindparam("id"))
    return wanted.options(joinedload(Purchase.customer), joinedload(Purchase.returned_from))


def _check(customer: Customer, right: Right, viewer: Viewer) -> None:
    if right != Right.SALES_SEE and not may(customer, right, viewer):
        raise Refused(refusal(right))


def may(customer: Customer, right: Right, viewer: Viewer) -> bool:
    """Whether a person holds a right of this area over a customer."""
    if not viewer.may(right):
        return False
    held = select(Customer.id).where(Customer.id == customer.id, customers_over(viewer, right))
    return db.session.scalar(held) is not None


def lock(purchase: Purchase) -> None:
    """Hold a purchase until the transaction ends: what is decided on its lines and payments stays true."""
    db.session.execute(select(Purchase.id).where(Purchase.id == purchase.id).with_for_update())
    db.session.refresh(purchase)


@dataclass(frozen=True)
class Line:
    """A line with what it comes to, and how much of it was given back, in thousandths."""

    row: PurchaseLine
    amount: int
    returned: int = 0


def lines_of(purchase: Purchase) -> list[Line]:
    """The lines in their order, two statements."""
    mine = select(PurchaseLine).where(PurchaseLine.purchase_id == purchase.id)
    rows = db.session.scalars(mine.order_by(PurchaseLine.position, PurchaseLine.id)).all()
    back = _given_back(purchase) if purchase.kind == "purchase" else {}
    return [
        Line(row, rules.line_amount(row.quantity, row.price, row.discount), back.get(row.position, 0))
        for row in rows
    ]


def _given_back(purchase: Purchase) -> dict[int, int]:
    """Position of a line → how much of it living returns took back: a line of a return stands where its own stood."""
    back = (
        select(PurchaseLine.position, func.sum(PurchaseLine.quantity))
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(Purchase.returns_id == purchase.id, COUNTS)
        .group_by(PurchaseLine.position)
    )
    return {int(position): int(sum) for position, sum in db.session.execute(back)}


def payments_of(purchase: Purchase) -> Sequence[Payment]:
    """What was paid for it, the latest first."""
    mine = select(Payment).where(Payment.purchase_id == purchase.id)
    return db.session.scalars(mine.order_by(Payment.on_day.desc(), Payment.id.desc())).all()


def the_payment(purchase: Purchase, id: int) -> Payment:
    """One payment of a purchase. Raises NotFound."""
    found = db.session.get(Payment, id) if 0 < id < 2**63 else None
    if found is None or found.purchase_id != purchase.id:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def returns_of(purchase: Purchase) -> Sequence[Purchase]:
    """The returns of it, the latest first."""
    mine = select(Purchase).where(Purchase.returns_id == purchase.id)
    return db.session.scalars(mine.order_by(Purchase.id.desc())).all()


def page_of(customer: Customer, after: str | None, *, last: bool = False) -> lists.Page[Any]:
    """A page of a customer's purchases, the latest first (`last`: only those few that the file shows).

    The customer was taken through a right.
    """
    mine = select(Purchase).where(Purchase.customer_id == customer.id)
    order = lists.Order(Purchase.on_day, descending=True)
    return lists.page(mine, Purchase, order, after, ON_THE_FILE if last else lists.PAGE_SIZE)


SHOWN = ("all", "owing", "overdue", "undelivered")


def page_of_all(viewer: Viewer, shown: str, after: str | None) -> lists.Page[Any]:
    """A page of all purchases that a person may see, the latest first; `shown` is one of SHOWN."""
    wanted = visible_purchases(viewer).options(joinedload(Purchase.customer))
    conditions = {
        "owing": Purchase.balance > 0,
        "overdue": (Purchase.balance > 0) & (Purchase.due_on < clock.today()),
        "undelivered": SOLD & (Purchase.status == "open"),
    }
    if shown in conditions:
        wanted = wanted.where(conditions[shown])
    return lists.page(wanted, Purchase, lists.Order(Purchase.on_day, descending=True), after)


def overdue(customer_id: int) -> list[tuple[int, str]]:
    """Amount and currency of what a customer, who was taken through a right, owes past the day it was due."""
    asked = {"id": customer_id, "today": clock.today()}
    return [(int(amount), currency) for currency, amount in db.session.execute(_OVERDUE, asked)]


_OVERDUE: Any = (
    select(Purchase.currency, func.sum(Purchase.balance))
    .where(
        Purchase.customer_id == bindparam("id"), Purchase.balance > 0, Purchase.due_on < bindparam("today")
    )
    .group_by(Purchase.currency)
    .order_by(Purchase.currency)
)


@dataclass(frozen=True)
class Total:
    """What purchases in one currency come to: bought less returned, still owed, and owed for too long."""

    currency: str
    amount: int
    balance: int
    overdue: int


@dataclass(frozen=True)
class Totals:
    """A customer's purchases in figures: how many, by currency, from when to when, days between two on average."""

    count: int
    by_currency: Sequence[Total]
    first: date | None
    last: date | None
    interval: int | None


def totals(ids: Sequence[int]) -> Totals:
    """The figures of these customers together, two statements. What was given for nothing counts for no interval."""
    mine = Purchase.customer_id.in_(ids)
    late = (Purchase.balance > 0) & (Purchase.due_on < clock.today())
    rows = db.session.execute(
        select(
            Purchase.currency,
            func.sum(CHARGE),
            func.sum(Purchase.balance),
            func.sum(case((late, Purchase.balance), else_=0)),
        )
        .where(mine, COUNTS | (Purchase.balance != 0))
        .group_by(Purchase.currency)
        .order_by(Purchase.currency)
    )
    by_currency = [Total(code, int(amount), int(owed), int(late)) for code, amount, owed, late in rows]
    bought, day = case((Purchase.amount > 0, Purchase.on_day)), Purchase.on_day
    count, first, last, *regular = db.session.execute(
        select(
            func.count(), func.min(day), func.max(day),
            func.min(bought), func.max(bought), func.count(bought.distinct()),
        ).where(mine, SOLD)
    ).one()  # fmt: skip
    return Totals(count, by_currency, first, last, rules.average_interval(*regular))


def visible_ids(ids: Sequence[int], viewer: Viewer) -> list[int]:
    """Of these customers, those whose purchases a person may see."""
    seen = select(Customer.id).where(Customer.id.in_(ids), customers_over(viewer, Right.SALES_SEE))
    return list(db.session.scalars(seen))


def statements(customer: Customer, since: date, until: date) -> list[rules.Statement]:
    """The account of a customer in a period, one for each currency; the period's bounds belong to it."""
    opening = _owed_before(customer, since)
    entries = _entries(customer, since, until)
    currencies = sorted({*opening, *(entry.currency for entry in entries)})
    told = [
        rules.statement(code, opening.get(code, 0), [e for e in entries if e.currency == code])
        for code in currencies
    ]
    return [each for each in told if each.opening or each.entries]


def _owed_before(customer: Customer, day: date) -> dict[str, int]:
    charged = (
        select(Purchase.currency, func.sum(CHARGE))
        .where(Purchase.customer_id == customer.id, Purchase.on_day < day)
        .group_by(Purchase.currency)
    )
    credited = (
        select(Purchase.currency, func.sum(_CREDIT))
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .where(Payment.customer_id == customer.id, Payment.on_day < day)
        .group_by(Purchase.currency)
    )
    owed = {code: int(sum) for code, sum in db.session.execute(charged)}
    for code, sum in db.session.execute(credited):
        owed[code] = owed.get(code, 0) - int(sum)
    return owed


_CREDIT = case((Purchase.kind == "return", -Payment.amount), else_=Payment.amount)


def _entries(customer: Customer, since: date, until: date) -> list[rules.Entry]:
    bought = select(
        Purchase.on_day, Purchase.kind, Purchase.number, Purchase.currency, CHARGE, Purchase.id
    ).where(
        Purchase.customer_id == customer.id,
        Purchase.on_day.between(since, until),
        COUNTS,
        Purchase.amount != 0,
    )
    paid = (
        select(Payment.on_day, Purchase.kind, Purchase.number, Purchase.currency, -_CREDIT, Purchase.id)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .where(Payment.customer_id == customer.id, Payment.on_day.between(since, until))
    )
    entries = [
        rules.Entry(day, kind, number, code, int(amount), id=id)
        for day, kind, number, code, amount, id in db.session.execute(bought)
    ]
    return entries + [
        rules.Entry(day, "payment" if kind == "purchase" else "refund", number, code, int(amount), id=id)
        for day, kind, number, code, amount, id in db.session.execute(paid)
    ]


BY_NUMBER = lists.Order(Product.number)


def products_page(shown: str, after: str | None) -> lists.Page[Any]:
    """A page of products by number; `shown` is active or all."""
    wanted = select(Product)
    if shown != "all":
        wanted = wanted.where(Product.active)
    return lists.page(wanted, Product, BY_NUMBER, after)


def offered_products(most: int = 200) -> Sequence[Product]:
    """The products that the form of a purchase proposes."""
    return db.session.scalars(
        select(Product).where(Product.active).order_by(Product.number).limit(most)
    ).all()


def products_meant(texts: Sequence[str]) -> dict[str, Product]:
    """Typed text → the product that it means: its number, its name if one product has it, or `number name`."""
    wanted = {text for text in texts if text}
    heads = {head for text in wanted if (head := text.split(" ", 1)[0])}
    if not wanted:
        return {}
    rows = select(Product).where(or_(Product.number.in_(wanted | heads), Product.name.in_(wanted)))
    found: dict[str, Product] = {}
    named: dict[str, list[Product]] = {}
    for product in db.session.scalars(rows.order_by(Product.id)):
        found[product.number] = found[product_text(product)] = product
        named.setdefault(product.name, []).append(product)
    for name, products in named.items():
        if len(products) == 1:
            found.setdefault(name, products[0])
    return {text: found[text] for text in wanted if text in found}


def product_text(product: Product) -> str:
    """How a form names a product."""
    return f"{product.number} {product.name}"


def numbered(number: str) -> Purchase | None:
    """The purchase of a number, whoever may see it."""
    return db.session.scalar(select(Purchase).where(Purchase.number == number))


def product_numbered(number: str) -> Product | None:
    """The product of a number."""
    return db.session.scalar(select(Product).where(Product.number == number))


def products_like(q: str, most: int) -> Sequence[Product]:
    """The products whose number begins as typed or whose name holds it, those that are sold first."""
    if len(q) < LEAST_OF_NAME:
        return []
    wanted = lowered(q)
    meant = or_(
        folded(Product.number).startswith(wanted, autoescape=True),
        folded(Product.name).contains(wanted, autoescape=True),
    )
    order = Product.active.desc(), Product.number
    return db.session.scalars(select(Product).where(meant).order_by(*order).limit(most)).all()


def purchases_numbered_like(viewer: Viewer, q: str, most: int) -> Sequence[Purchase]:
    """The purchases in sight whose number begins with what was typed, if that may be the beginning of one."""
    if len(q) < LEAST_TYPED or not any(sign.isdecimal() for sign in q):
        return []
    wanted = visible_purchases(viewer).where(begins(Purchase.number, q.upper()))
    return db.session.scalars(
        wanted.options(joinedload(Purchase.customer)).order_by(Purchase.number).limit(most)
    ).all()


def bought_since(ids: Sequence[int], since: date) -> set[int]:
    """Which of these customers bought something since a day."""
    bought = select(Purchase.customer_id).where(Purchase.customer_id.in_(ids), Purchase.on_day >= since)
    return set(db.session.scalars(bought))
