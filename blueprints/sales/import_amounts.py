"""What the purchases of a file come to: the lines of each, and the amount that the file itself tells.

A purchase without products gets one line, which carries its amount and is known by the purchase's number: lines that
come later take its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from blueprints.sales import rules, words
from blueprints.sales.import_fields import minor
from blueprints.sales.import_lines import Line, News
from blueprints.sales.models import Product, Purchase, PurchaseLine
from core import money
from core.errors import RuleBroken
from core.importing import Action
from core.words import _, _l

SALE = ("product_id", "text", "quantity", "price", "discount")
_ONE = 1_000


def plan_lines(
    news: News, group: Sequence[Line], before: Sequence[PurchaseLine], products: Mapping[str, Product]
) -> None:
    """Find the lines that the purchase lacks, and warn where the amount of the file is another. Raises RuleBroken."""
    purchase = news.purchase
    whole = _whole(purchase, before)
    sold = [(line, _sold(line, group, purchase, products)) for line in group if line.values.get("product")]
    if whole is not None and sold:
        news.gone, before = [whole], []
    _lacking(news, sold, before)
    if not sold:
        _carry_amount(news, group, before, whole)
    if len(before) + len(news.lines) > rules.MOST_LINES * 10:
        raise RuleBroken(_l("A purchase has at most %(n)s lines.", n=rules.MOST_LINES * 10))
    kept = [row for row in before if row not in news.gone]
    goods = sum(rules.line_amount(row.quantity, row.price, row.discount) for row in kept)
    goods += sum(_comes_to(values) for values in news.lines)
    news.total = total = rules.total_of(goods, purchase.discount or 0, purchase.shipping or 0)
    if news.fresh and not sold and not news.lines:
        _check_empty(group, total)
    _compare(group, sold, purchase.currency, goods, total)


def _lacking(news: News, sold: Sequence[tuple[Line, dict[str, Any]]], before: Sequence[PurchaseLine]) -> None:
    there = Counter(tuple(getattr(row, name) for name in SALE) for row in before)
    place = max((row.position for row in before), default=-1) + 1
    for line, values in sold:
        mark = tuple(values[name] for name in SALE)
        if there[mark] > 0:
            there[mark] -= 1
            continue
        news.lines.append({"position": place + len(news.lines), **values})
        _done(line, news)


def _done(line: Line, news: News) -> None:
    line.action = Action.CREATE if news.fresh else Action.UPDATE


def _carry_amount(
    news: News, group: Sequence[Line], before: Sequence[PurchaseLine], whole: PurchaseLine | None
) -> None:
    """The one line of a purchase of which only the amount is told; on file it stays as long as it says the same."""
    line = next((line for line in group if line.values.get("amount") is not None), None)
    if line is None or (before and whole is None):
        return
    purchase = news.purchase
    total = minor(abs(line.values["amount"]), purchase.currency)
    price = _goods(total, purchase)
    if price == (whole.price if whole is not None else 0):
        return
    text = _("%(number)s in total", number=purchase.number)
    news.gone = [whole] if whole is not None else []
    news.lines = [
        {"position": 0, "product_id": None, "text": text, "unit": None, "quantity": _ONE, "price": price,
         "discount": 0}
    ]  # fmt: skip
    _done(line, news)


def _whole(purchase: Purchase, before: Sequence[PurchaseLine]) -> PurchaseLine | None:
    """The line that stands for all of a purchase, if it has no other; it begins with its number in every language."""
    if len(before) != 1 or before[0].product_id is not None:
        return None
    return before[0] if before[0].text.startswith(f"{purchase.number} ") else None


def _goods(total: int, purchase: Purchase) -> int:
    """What the lines come to where all comes to a total. Raises RuleBroken."""
    goods = total - (purchase.shipping or 0) + (purchase.discount or 0)
    if goods < 0:
        raise RuleBroken(_l("The amount is less than the shipping alone."), "amount")
    return goods


def _check_empty(group: Sequence[Line], total: int) -> None:
    if any(line.values.get("amount") is not None for line in group):
        return
    if not total:
        raise RuleBroken(_l("Say what was bought, or what it comes to: a product or an amount."), "product")
    group[0].warn(
        _l("Neither product nor amount: until its lines come, it comes to the shipping alone."), "shipping"
    )


def _sold(
    line: Line, group: Sequence[Line], purchase: Purchase, products: Mapping[str, Product]
) -> dict[str, Any]:
    """A line as it is stored. Raises RuleBroken."""
    values, currency = line.values, purchase.currency
    product = products.get(values["product"])
    quantity, off = abs(values.get("quantity") or _ONE), values.get("off") or 0
    price: int | None = minor(values["price"], currency) if values.get("price") is not None else None
    if price is None and (own := _own_amount(line, group, purchase)) is not None:
        price, off = money.rounded(Decimal(own * _ONE) / quantity), 0
    if price is None and product is not None and product.currency == currency:
        price = product.price
    if price is None:
        raise RuleBroken(_l("Say what one costs."), "price")
    return {
        "product_id": product.id if product else None,
        "text": product.name if product else values["product"],
        "unit": product.unit if product else None,
        "quantity": quantity, "price": price, "discount": off,
    }  # fmt: skip


def _own_amount(line: Line, group: Sequence[Line], purchase: Purchase) -> int | None:
    """What a row without a price comes to by its amount; None where that may be what all rows come to."""
    amounts = [each.values.get("amount") for each in group if each.values.get("product")]
    if line.values.get("amount") is None:
        return None
    own = minor(abs(line.values["amount"]), purchase.currency)
    if len(amounts) == 1:
        return _goods(own, purchase)
    return own if len(set(amounts)) > 1 else None


def _comes_to(values: Mapping[str, Any]) -> int:
    return rules.line_amount(values["quantity"], values["price"], values["discount"])


def _compare(
    group: Sequence[Line],
    sold: Sequence[tuple[Line, dict[str, Any]]],
    currency: str,
    goods: int,
    total: int,
) -> None:
    """Warn in each row whose amount is neither that of its line nor that of the purchase, with shipping or without."""
    own = {id(line): _comes_to(values) for line, values in sold}
    for line in group:
        if line.values.get("amount") is None:
            continue
        said = minor(abs(line.values["amount"]), currency)
        if said not in (total, goods, own.get(id(line))):
            line.warn(
                _l(
                    "The file says %(said)s, but it comes to %(sum)s.",
                    said=words.shown(said, currency), sum=words.shown(total, currency),
                ),
                "amount",
            )  # fmt: skip
