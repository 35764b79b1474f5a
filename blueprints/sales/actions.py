"""The verbs of products, purchases and payments. Each obeys the rules, writes through the session, and flushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from blueprints.customers.models import Customer
from blueprints.sales import queries, rules
from blueprints.sales.models import Payment, Product, Purchase, PurchaseLine
from blueprints.sales.refreshing import refresh_these as refresh_these
from core import changes, clock, counters, events, settings, versions
from core.db import db, one_after_another
from core.errors import RuleBroken
from core.words import _

_KEPT = ("position", "product_id", "text", "unit", "price", "currency", "discount")
COLUMNS = ("on_day", "due_on", "currency", "discount", "shipping", "remark")


def make_product(values: Mapping[str, Any]) -> Product:
    """Add a product. Raises RuleBroken for a number that another has."""
    changes.record("product.made")
    _check_product_number(values["number"], None)
    fresh = Product(**values)
    db.session.add(fresh)
    db.session.flush()
    return fresh


def change_product(product: Product, values: Mapping[str, Any], *, version: int) -> None:
    """Change a product; what was sold stays as it was sold. Raises RuleBroken and Stale."""
    changes.record("product.changed")
    versions.check(product, version, _("Somebody else has changed this product since you opened it."))
    if "number" in values:
        _check_product_number(values["number"], product.id)
    for name, value in values.items():
        setattr(product, name, value)
    db.session.flush()


def _check_product_number(number: str, own_id: int | None) -> None:
    one_after_another("product numbers")
    other = queries.product_numbered(number)
    if other is not None and other.id != own_id:
        raise RuleBroken(_("There is a product of this number already."), "number")


def record_purchase(customer: Customer, values: Mapping[str, Any]) -> Purchase:
    """Note what a customer bought: COLUMNS, `number` (else the next one), `status`, and `lines` of columns.

    Raises RuleBroken.
    """
    changes.record("purchase.recorded")
    fresh = Purchase(customer_id=customer.id, number=_number(values.get("number")), kind="purchase")
    fresh.status = values.get("status") or "open"
    _set(fresh, values)
    if fresh.status == "delivered":
        fresh.delivered_on = values.get("delivered_on") or fresh.on_day
    _check(fresh, values["lines"])
    db.session.add(fresh)
    db.session.flush()
    _write_lines(fresh, values["lines"])
    if fresh.status == "delivered":
        events.tell("purchase.delivered", purchase=fresh, customer=customer)
    return fresh


def change_purchase(purchase: Purchase, values: Mapping[str, Any]) -> None:
    """Change a purchase, its lines as a whole. Raises RuleBroken."""
    changes.record("purchase.changed")
    rules.check_status(purchase.status, "changed")
    if values.get("number") and values["number"] != purchase.number:
        purchase.number = _number(values["number"])
    if values["currency"] != purchase.currency and queries.payments_of(purchase):
        raise RuleBroken(_("Something was paid already in the currency that it has."), "currency")
    _set(purchase, values)
    with db.session.no_autoflush:
        _check(purchase, values["lines"])
    _check_lines_returned(purchase, values["lines"])
    _write_lines(purchase, values["lines"])


def deliver(purchase: Purchase, on_day: date) -> None:
    """The goods have arrived. Raises RuleBroken."""
    changes.record("purchase.delivered")
    queries.lock(purchase)
    rules.check_status(purchase.status, "delivered")
    if not purchase.on_day <= on_day <= clock.today():
        raise RuleBroken(_("The day of delivery lies between the purchase and today."), "on_day")
    purchase.status, purchase.delivered_on = "delivered", on_day
    db.session.flush()
    events.tell("purchase.delivered", purchase=purchase, customer=purchase.customer)


def cancel(purchase: Purchase) -> None:
    """It counts for nothing any more; what was paid is owed back. Raises RuleBroken."""
    changes.record("purchase.cancelled")
    queries.lock(purchase)
    returned = bool([each for each in queries.returns_of(purchase) if each.status != "cancelled"])
    rules.check_status(purchase.status, "cancelled", returned=returned)
    purchase.status = "cancelled"
    restore_returned(purchase)
    refresh_these([purchase.id])


def restore_returned(purchase: Purchase) -> None:
    """Of a return that is cancelled: what it took back as a whole is bought again."""
    if purchase.returned_from is not None and purchase.returned_from.status == "returned":
        purchase.returned_from.status = _before_return(purchase.returned_from)


def take_back(purchase: Purchase, values: Mapping[str, Any]) -> Purchase:
    """Note a return: `on_day`, `remark`, and `quantities` by position of the line, in thousandths.

    Raises RuleBroken.
    """
    changes.record("purchase.returned")
    queries.lock(purchase)
    rules.check_status(purchase.status, "returned")
    lines = _returned_lines(purchase, values["quantities"])
    if not purchase.on_day <= values["on_day"] <= clock.today():
        raise RuleBroken(_("The day of the return lies between the purchase and today."), "on_day")
    whole, complete = _how_much(purchase, values["quantities"])
    fresh = Purchase(
        customer_id=purchase.customer_id, number=_return_number(purchase), kind="return",
        returns_id=purchase.id, on_day=values["on_day"], currency=purchase.currency,
        remark=values.get("remark"), status="delivered", delivered_on=values["on_day"],
        discount=purchase.discount if whole else 0, shipping=purchase.shipping if whole else 0,
    )  # fmt: skip
    db.session.add(fresh)
    if complete:
        purchase.status = "returned"
    db.session.flush()
    _write_lines(fresh, lines)
    return fresh


def _how_much(purchase: Purchase, quantities: Mapping[int, int]) -> tuple[bool, bool]:
    """Whether this return alone takes all back (discount and shipping go back with it), and whether nothing is left."""
    lines = queries.lines_of(purchase)
    now = [(line.row.quantity, line.returned, quantities.get(line.row.position, 0)) for line in lines]
    return all(more == bought for bought, _, more in now), all(a + more == b for b, a, more in now)


def _returned_lines(purchase: Purchase, quantities: Mapping[int, int]) -> list[dict[str, Any]]:
    if not any(quantities.values()):
        raise RuleBroken(_("Say how much of what was returned."))
    lines = []
    for line in queries.lines_of(purchase):
        row, more = line.row, quantities.get(line.row.position, 0)
        if not more:
            continue
        try:
            rules.check_returned(row.quantity, line.returned, more)
        except RuleBroken as broken:
            raise RuleBroken(broken.message, f"quantity-{row.position}") from None
        kept = {name: getattr(row, name) for name in _KEPT}
        lines.append({**kept, "quantity": more})
    return lines


def _return_number(purchase: Purchase) -> str:
    one_after_another("purchase numbers")
    made = db.session.scalar(
        select(func.count()).select_from(Purchase).where(Purchase.returns_id == purchase.id)
    )
    n = int(made or 0) + 1
    while queries.numbered(number := f"{purchase.number[:34]}-R{n}") is not None:
        n += 1
    return number


def _before_return(purchase: Purchase) -> str:
    return "delivered" if purchase.delivered_on else "open"


def record_payment(purchase: Purchase, values: Mapping[str, Any]) -> Payment:
    """Note money that came in, or for a return that went back: `on_day`, `amount`, `method`, `remark`.

    Raises RuleBroken.
    """
    changes.record("payment.recorded")
    queries.lock(purchase)
    fresh = add_payment(purchase, values)
    refresh_these([purchase.id])
    return fresh


def add_payment(purchase: Purchase, values: Mapping[str, Any]) -> Payment:
    """The same within another act, of a purchase that is held; its amounts are for others to refresh."""
    rules.check_payment(values["amount"], values["on_day"], clock.today())
    fresh = Payment(
        customer_id=purchase.customer_id, purchase_id=purchase.id, currency=purchase.currency, **values
    )
    db.session.add(fresh)
    return fresh


def remove_payment(purchase: Purchase, payment: Payment) -> None:
    """Take back that there was such a payment."""
    changes.record("payment.removed")
    queries.lock(purchase)
    db.session.delete(payment)
    refresh_these([purchase.id])


def _set(purchase: Purchase, values: Mapping[str, Any]) -> None:
    for name in COLUMNS:
        if name in values:
            setattr(purchase, name, values[name])


def _check(purchase: Purchase, lines: Sequence[Mapping[str, Any]]) -> None:
    rules.check_days(purchase.on_day, purchase.due_on, clock.today())
    if not lines:
        raise RuleBroken(_("A purchase has one line at least."))
    amounts = [(line["quantity"], line["price"], line["discount"]) for line in lines]
    rules.amount_of(amounts, purchase.discount or 0, purchase.shipping or 0)


def _number(wanted: str | None) -> str:
    """A number that no purchase has: the one that is wanted, else the next."""
    one_after_another("purchase numbers")
    if wanted:
        if queries.numbered(wanted) is not None:
            raise RuleBroken(_("There is a purchase of this number already."), "number")
        return wanted
    prefix = str(settings.get("sales.number_prefix"))
    while queries.numbered(number := rules.number_of(prefix, counters.take("purchases"))) is not None:
        pass
    return number


def _check_lines_returned(purchase: Purchase, lines: Sequence[Mapping[str, Any]]) -> None:
    """What was returned stays bought: a line that has returns keeps its place, and so much of it."""
    for line in queries.lines_of(purchase):
        kept = next((each for each in lines if each["position"] == line.row.position), None)
        if line.returned and (kept is None or kept["quantity"] < line.returned):
            raise RuleBroken(_("Something of this line was returned: it stays, and so much of it."))


def _write_lines(purchase: Purchase, lines: Sequence[Mapping[str, Any]]) -> None:
    """The lines as they are to be; those that stay are changed in their place."""
    mine = select(PurchaseLine).where(PurchaseLine.purchase_id == purchase.id)
    present = {row.position: row for row in db.session.scalars(mine)}
    for line in lines:
        row = present.pop(line["position"], None)
        if row is None:
            row = PurchaseLine(customer_id=purchase.customer_id, purchase_id=purchase.id)
            db.session.add(row)
        for name, value in line.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    for row in present.values():
        db.session.delete(row)
    refresh_these([purchase.id])
