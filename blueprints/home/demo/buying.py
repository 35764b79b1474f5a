"""What the demonstration's customers bought in two years: planned as plain values, then written month by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from blueprints.customers.models import Customer
from blueprints.home.demo.days import INTRODUCED, Days
from blueprints.home.demo.plain import File
from blueprints.sales.actions import refresh_these
from blueprints.sales.models import Payment, Product, Purchase, PurchaseLine
from core import counters
from core.bulk import chunks
from core.db import db

YEARS_TWO, TERM = 730, 30  # days
MONTHS = (INTRODUCED, 166, 136, 106, 76, 46, 16)  # days ago on which the list of the month was imported
CURRENCY = "CNY"
# Number, name, unit, price in cents
PRODUCTS = (
    ("YJ-M1", "M1黑白激光打印机", "台", 129_900), ("YJ-M3", "M3彩色复合机", "台", 899_000),
    ("YJ-Z2", "Z2针式打印机", "台", 168_000), ("YS-W5", "W5立式饮水机", "台", 99_000),
    ("YS-W9", "W9商用直饮机", "台", 456_000), ("HC-B207", "黑色墨粉 B207", "支", 19_800),
    ("HC-C310", "彩色墨粉 C310", "支", 32_500), ("HC-LX", "复合滤芯", "支", 16_800),
    ("HC-A4", "A4复印纸（5包）", "箱", 13_500), ("FW-WB", "年度维保", "年", 120_000),
)  # fmt: skip
MACHINES, SUPPLIES = range(5), range(5, 10)
# How many purchases in two years, by tier; whoever is dormant or lost bought long ago
OFTEN = {"a": (9, 13), "b": (5, 8), "c": (2, 4), "d": (0, 1), "none": (1, 1)}
LATE, RETURNED = "华兴科技", "瑞丰贸易"  # one owes for too long, one gave something back


@dataclass(frozen=True)
class Bought:
    """A purchase: `ago` days ago, `sold` of products so many; `paid` of it (None: all) so many days ago, if at all."""

    file: File
    ago: int
    sold: tuple[tuple[int, int], ...]
    paid_ago: int | None
    half: bool = False
    planted: bool = False
    number: str = ""


def plan(files: Iterable[File], days: Days) -> list[Bought]:
    """All purchases, the oldest first, numbered; the same every time."""
    found = [bought for file in files for bought in _of(file, days)]
    found.sort(key=lambda bought: (-bought.ago, bought.file.name))
    return [replace(bought, number=f"DD{n:06d}") for n, bought in enumerate(found, 1)]


def _of(file: File, days: Days) -> Iterator[Bought]:
    status = file.columns.get("status", "lead")
    if status not in ("active", "dormant", "lost") or file.owner is None:
        return
    if file.columns.get("tier") == "d" and status != "active":
        return
    chance = Random(file.name)
    name = file.columns.get("short_name")
    if name in (LATE, RETURNED):
        yield Bought(file, days.worked(52), ((1, 1), (5, 4)), 30, half=name == LATE, planted=True)
    least, most = (1, 2) if status != "active" else OFTEN[file.columns.get("tier", "none")]
    oldest = YEARS_TWO if file.born >= INTRODUCED else file.born - 1
    newest = 200 if status != "active" else 60 if name in (LATE, RETURNED) else 1
    for _n in range(chance.randint(least, most) if oldest > newest else 0):
        ago = days.between(chance, newest, oldest)
        yield Bought(file, ago, _basket(chance), _paid(chance, ago, days))


def _basket(chance: Random) -> tuple[tuple[int, int], ...]:
    sold = {chance.choice(SUPPLIES): chance.choice((1, 2, 2, 4, 5, 10))}
    if chance.random() < 0.3:
        sold[chance.choice(MACHINES)] = chance.choice((1, 1, 1, 2, 3))
    return tuple(sorted(sold.items()))


def _paid(chance: Random, ago: int, days: Days) -> int | None:
    """Within the term; of the last purchases many are not paid yet."""
    paid_ago = ago - chance.randint(3, TERM)
    return days.worked(paid_ago) if paid_ago > 0 and days.worked(paid_ago) <= ago else None


def months(purchases: Sequence[Bought]) -> Iterator[tuple[int, list[Bought], list[Bought]]]:
    """Day ago of an import → what was bought, and what was paid, since the one before."""
    before = YEARS_TWO + 1_000
    for at in MONTHS:
        bought = [each for each in purchases if at <= each.ago < before]
        paid = [each for each in purchases if each.paid_ago is not None and at <= each.paid_ago < before]
        yield at, bought, paid
        before = at


def recent(purchases: Sequence[Bought]) -> tuple[list[Bought], list[Bought]]:
    """What was bought, and what was paid, since the last import: recorded by hand."""
    last = MONTHS[-1]
    return (
        [each for each in purchases if each.ago < last],
        [each for each in purchases if each.paid_ago is not None and each.paid_ago < last],
    )


class Shop:
    """Writes products, purchases and payments. The caller names the verb."""

    def __init__(self, days: Days, customers: Mapping[str, Customer]) -> None:
        self._days, self._customers = days, customers
        self._products: list[Product] = []
        self._purchases: dict[str, Purchase] = {}

    def open(self) -> None:
        """The list of products."""
        self._products = [
            Product(number=number, name=name, unit=unit, price=price, currency=CURRENCY)
            for number, name, unit, price in PRODUCTS
        ]
        _flush(self._products)

    def sell(self, bought: Sequence[Bought]) -> None:
        """Write purchases with their lines; what was bought yesterday or today is not delivered yet."""
        made = {each.number: self._purchase(each) for each in bought}
        _flush(made.values())
        self._purchases |= made
        _flush(line for each in bought for line in self._lines(each))
        self._refresh(bought)
        if bought:
            counters.reach("purchases", max(int(each.number[2:]) for each in bought))

    def receive(self, paid: Sequence[Bought]) -> None:
        """Write what was paid."""
        _flush(self._payment(each) for each in paid)
        self._refresh(paid)

    def named(self, purchases: Sequence[Bought], short_name: str) -> Purchase:
        """The planted purchase of a customer."""
        planted = next(b for b in purchases if b.planted and b.file.columns["short_name"] == short_name)
        return self._purchases[planted.number]

    def _purchase(self, bought: Bought) -> Purchase:
        delivered = bought.ago > 1
        return Purchase(
            customer_id=self._customers[bought.file.name].id, number=bought.number, kind="purchase",
            on_day=self._days.day(bought.ago), due_on=self._days.day(bought.ago - TERM), currency=CURRENCY,
            status="delivered" if delivered else "open",
            delivered_on=self._days.day(max(bought.ago - 2, 0)) if delivered else None,
        )  # fmt: skip

    def _lines(self, bought: Bought) -> Iterator[PurchaseLine]:
        purchase = self._purchases[bought.number]
        for position, (place, count) in enumerate(bought.sold):
            product = self._products[place]
            yield PurchaseLine(
                customer_id=purchase.customer_id, purchase_id=purchase.id, position=position,
                product_id=product.id, text=product.name, unit=product.unit, quantity=count * 1_000,
                price=product.price, currency=CURRENCY,
            )  # fmt: skip

    def _payment(self, bought: Bought) -> Payment:
        purchase = self._purchases[bought.number]
        return Payment(
            customer_id=purchase.customer_id, purchase_id=purchase.id, currency=CURRENCY,
            on_day=self._days.day(bought.paid_ago or 0),
            amount=purchase.amount // 2 if bought.half else purchase.amount,
        )  # fmt: skip

    def _refresh(self, some: Sequence[Bought]) -> None:
        for part in chunks([self._purchases[each.number].id for each in some]):
            refresh_these(part)


def _flush(rows: Iterable[object]) -> None:
    db.session.add_all(rows)
    db.session.flush()
