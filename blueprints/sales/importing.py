"""Products and purchases from a file: what each row would do, and doing it as one act.

The rows of a purchase have its number. Those of one that is on file add the lines that it lacks, and change nothing
else: so the same file twice makes nothing twice, and lines may come in a file of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from blueprints.customers.models import Customer
from blueprints.sales import import_fields, queries, rules
from blueprints.sales.import_fields import PRODUCTS, PURCHASES, minor
from blueprints.sales.models import Product, Purchase, PurchaseLine
from blueprints.sales.refreshing import refresh_these
from core import changes, clock, settings
from core.bulk import chunks
from core.csvfiles import FileProblem, Limits, Row
from core.db import db, one_after_another, reading, released
from core.errors import RuleBroken
from core.importing import Action, Finding, Outcome, Report, Severity, read_row
from core.intake import open_table, taken_in
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.names import shadow
from core.rights import Right, Viewer
from core.words import _l

SAMPLES = 200
MOST_ROWS = 20_000  # in one transaction; a longer list comes in several files
SALE = ("product_id", "text", "quantity", "price", "discount")


@dataclass
class Line:
    """A row of the file, read."""

    row: Row
    values: dict[str, Any]
    findings: list[Finding]
    action: Action = Action.REFUSE

    @property
    def refused(self) -> bool:
        return any(each.severity is Severity.REFUSED for each in self.findings)

    def refuse(self, message: Any, target: str | None = None) -> None:
        """Note why it is not taken."""
        self.action = Action.REFUSE
        self.findings.append(Finding(message, None, target))


@dataclass
class Plan:
    """What an import would write: the outcome of each row, products, and purchases with their new lines."""

    lines: list[Line]
    products: dict[str, Product] = field(default_factory=dict)
    changed: list[tuple[Product, dict[str, Any]]] = field(default_factory=list)
    purchases: list[tuple[Purchase, list[dict[str, Any]]]] = field(default_factory=list)

    def outcomes(self) -> list[tuple[Outcome, Row]]:
        """What becomes of each row."""
        named = ((line, str(line.values.get("number") or "")) for line in self.lines)
        return [
            (Outcome(line.row.line, line.action, label, line.findings), line.row) for line, label in named
        ]

    def report(self) -> Report:
        """The account of it."""
        report = Report()
        for outcome, row in self.outcomes():
            report.add(outcome, row)
        return report


def import_products(lines: Sequence[Line], by: Viewer) -> Report:
    """Make and change products, in one change set."""
    changes.record("product.imported")
    plan = plan_products(lines, by)
    write_products(plan)
    return plan.report()


def write_products(plan: Plan) -> None:
    """Carry out what was planned of products."""
    db.session.add_all(plan.products.values())
    for product, values in plan.changed:
        for name, value in values.items():
            setattr(product, name, value)
    db.session.flush()


def plan_products(lines: Sequence[Line], by: Viewer) -> Plan:
    """A product of a known number is changed, any other made; a number stands in the file once."""
    one_after_another("product numbers")
    plan = Plan(list(lines))
    numbers = [line.values["number"] for line in lines if line.values.get("number")]
    on_file = {
        product.number: product
        for some in chunks(numbers)
        for product in db.session.scalars(select(Product).where(Product.number.in_(some)))
    }
    for line in lines:
        if line.refused:
            continue
        try:
            _plan_product(plan, line, on_file)
        except RuleBroken as broken:
            line.refuse(broken.message, broken.field)
    return plan


def _plan_product(plan: Plan, line: Line, on_file: Mapping[str, Product]) -> None:
    values = {name: value for name, value in line.values.items() if value is not None}
    number = values["number"]
    known = on_file.get(number)
    if number in plan.products:
        raise RuleBroken(_l("This number stands in the file twice."), "number")
    currency = values.get("currency") or (known.currency if known else str(settings.get("sales.currency")))
    values["currency"] = currency
    if "price" in values:
        values["price"] = minor(values["price"], currency)
    if "discontinued" in values:
        values.setdefault("active", not values.pop("discontinued"))
    if known is None:
        plan.products[number] = Product(**{"price": 0, "active": True, **values})
        line.action = Action.CREATE
        return
    news = {name: value for name, value in values.items() if getattr(known, name) != value}
    line.action = Action.UPDATE if news else Action.SKIP
    if news:
        plan.changed.append((known, news))


def import_purchases(lines: Sequence[Line], by: Viewer) -> Report:
    """Make purchases and add lines to those on file, in one change set that can be undone as a whole."""
    changes.record("purchase.imported")
    plan = plan_purchases(lines, by)
    write_purchases(plan)
    return plan.report()


def write_purchases(plan: Plan) -> None:
    """Carry out what was planned of purchases."""
    db.session.add_all([purchase for purchase, _lines in plan.purchases])
    db.session.flush()
    for purchase, sold in plan.purchases:
        for values in sold:
            db.session.add(
                PurchaseLine(
                    customer_id=purchase.customer_id,
                    purchase_id=purchase.id,
                    currency=purchase.currency,
                    **values,
                )
            )
    db.session.flush()
    for some in chunks([purchase.id for purchase, _lines in plan.purchases]):
        refresh_these(some)


def plan_purchases(lines: Sequence[Line], by: Viewer) -> Plan:
    """The rows of one number are one purchase, and are taken or refused together."""
    one_after_another("purchase numbers")
    plan = Plan(list(lines))
    groups: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if number := line.values.get("number"):
            groups[str(number)].append(line)
    known = _Known(groups, by)
    for number, group in groups.items():
        try:
            if any(line.refused for line in group):
                raise RuleBroken(_l("Another row of this purchase is not taken."))
            _plan_purchase(plan, number, group, known)
        except RuleBroken as broken:
            for line in group:
                if not line.refused:
                    line.refuse(broken.message, broken.field)
    return plan


class _Known:
    """What the rows may mean of what is on file, read in chunks."""

    def __init__(self, groups: Mapping[str, Sequence[Line]], by: Viewer) -> None:
        rows = [line.values for group in groups.values() for line in group]
        named = sorted({row["customer"] for row in rows if row.get("customer")})
        self.purchases: dict[str, Purchase] = {}
        self.customers: defaultdict[str, list[int]] = defaultdict(list)
        self.products: dict[str, Product] = {}
        self.sold: defaultdict[int, list[PurchaseLine]] = defaultdict(list)
        seen = queries.visible_purchases(by, Right.SALES_IMPORT)
        for some in chunks(list(groups)):
            self.purchases |= {
                p.number: p for p in db.session.scalars(select(Purchase).where(Purchase.number.in_(some)))
            }
        ids = [p.id for p in self.purchases.values()]
        self.reached: set[int] = set()
        for part in chunks(ids):
            self.reached.update(
                db.session.scalars(seen.where(Purchase.id.in_(part)).with_only_columns(Purchase.id))
            )
            for line in db.session.scalars(select(PurchaseLine).where(PurchaseLine.purchase_id.in_(part))):
                self.sold[line.purchase_id].append(line)
        for some in chunks(named):
            self._find_customers(some, by)
        for some in chunks(sorted({row["product"] for row in rows if row.get("product")})):
            self.products |= queries.products_meant(some)

    def _find_customers(self, named: Sequence[str], by: Viewer) -> None:
        shadows = {shadow(text): text for text in named}
        wanted = or_(Customer.number.in_(named), Customer.name_shadow.in_(shadows))
        rows = select(Customer.id, Customer.number, Customer.name_shadow).where(
            wanted, queries.customers_over(by, Right.SALES_IMPORT)
        )
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        for id, number, key in db.session.execute(rows):
            if number in named:
                self.customers[number] = [id]
            if key in shadows:
                by_name[shadows[key]].append(id)
        for text, ids in by_name.items():
            self.customers.setdefault(text, ids)


def _plan_purchase(plan: Plan, number: str, group: Sequence[Line], known: _Known) -> None:
    first = {
        name: value for line in reversed(group) for name, value in line.values.items() if value is not None
    }
    on_file = known.purchases.get(number)
    if on_file is not None and on_file.id not in known.reached:
        raise RuleBroken(_l("There is a purchase of this number already."), "number")
    if on_file is not None and on_file.status == "cancelled":
        raise RuleBroken(_l("This purchase is cancelled."), "number")
    if on_file is not None and first.get("kind", on_file.kind) != on_file.kind:
        raise RuleBroken(_l("On file this number is a document of another kind."), "kind")
    purchase = on_file or _new(number, first, known)
    before = known.sold.get(purchase.id, []) if on_file is not None else []
    there = Counter(tuple(getattr(row, name) for name in SALE) for row in before)
    place = max((row.position for row in before), default=-1) + 1
    fresh: list[dict[str, Any]] = []
    for line in group:
        line.action = Action.SKIP if on_file is not None else Action.CREATE
        if not line.values.get("product"):
            continue
        sold = _sold(line, purchase.currency, known)
        mark = tuple(sold[name] for name in SALE)
        if there[mark] > 0:
            there[mark] -= 1
            continue
        fresh.append({"position": place + len(fresh), **sold})
        line.action = Action.UPDATE if on_file is not None else Action.CREATE
    if place + len(fresh) > rules.MOST_LINES * 10:
        raise RuleBroken(_l("A purchase has at most %(n)s lines.", n=rules.MOST_LINES * 10))
    if on_file is not None and on_file.returns_id is not None and fresh:
        raise RuleBroken(_l("This return was noted from its purchase: its lines stay as they are."), "number")
    if on_file is None or fresh:
        plan.purchases.append((purchase, fresh))


def _new(number: str, first: Mapping[str, Any], known: _Known) -> Purchase:
    customer, on_day = first.get("customer"), first.get("on_day")
    if not customer or not on_day:
        raise RuleBroken(
            _l("No purchase of this number is on file: a new one needs customer and day."), "number"
        )
    ids = known.customers.get(customer, [])
    if len(ids) != 1:
        raise RuleBroken(
            _l("Several customers have this name.")
            if ids
            else _l("No such customer is on file, or none of yours."),
            "customer",
        )
    rules.check_days(on_day, first.get("due_on"), clock.today())
    currency = first.get("currency") or str(settings.get("sales.currency"))
    kind, delivered = first.get("kind") or "purchase", first.get("delivered_on")
    if kind == "return":  # what came back is here
        delivered = delivered or on_day
    status = first.get("status") or ("delivered" if delivered else "open")
    return Purchase(
        customer_id=ids[0], number=number, kind=kind, on_day=on_day, due_on=first.get("due_on"),
        status=status, delivered_on=delivered if status == "delivered" else None, currency=currency,
        discount=minor(first.get("discount"), currency), shipping=minor(first.get("shipping"), currency),
        remark=first.get("remark"),
    )  # fmt: skip


def _sold(line: Line, currency: str, known: _Known) -> dict[str, Any]:
    values = line.values
    product = known.products.get(values["product"])
    if values.get("price") is None and (product is None or product.currency != currency):
        raise RuleBroken(_l("Say what one costs."), "price")
    price = minor(values["price"], currency) if values.get("price") is not None else product.price  # type: ignore[union-attr]
    return {
        "product_id": product.id if product else None,
        "text": product.name if product else values["product"],
        "unit": product.unit if product else None,
        "quantity": values.get("quantity") or 1_000, "price": price, "discount": values.get("off") or 0,
    }  # fmt: skip


@dataclass(frozen=True)
class List:
    """A kind of list that can be imported: its fields, the right it needs, what it would do, and doing it."""

    fields: Sequence[Field]
    right: Right
    plan: Callable[[Sequence[Line], Viewer], Plan]
    carry_out: Callable[[Sequence[Line], Viewer], Report]
    write: Callable[[Plan], None]

    def read(self, rows: Iterable[Row], columns: Columns, days: str = "") -> list[Line]:
        """The rows under a mapping; `days` is the order of day and month where a date leaves it open."""
        return [Line(row, *read_row(row, columns, self.fields, days)) for row in rows]

    def try_out(self, lines: Sequence[Line], by: Viewer) -> Report:
        """What the rows would do; the database is only read."""
        with reading():
            report = self.plan(lines, by).report()
            db.session.rollback()
        return report


PRODUCT_LIST = List(PRODUCTS, Right.SALES_PRODUCTS, plan_products, import_products, write_products)
PURCHASE_LIST = List(PURCHASES, Right.SALES_IMPORT, plan_purchases, import_purchases, write_purchases)


def opened(
    what: List,
    source: bytes | Path,
    encoding: str | None,
    limits: Limits,
    mapping: bytes | None = None,
) -> tuple[list[str], list[Line]]:
    """Header and rows of a file, read under a mapping or as its columns are recognised.

    Raises FileProblem, MappingProblem.
    """
    with ExitStack() as stack, released():
        kept, kind = stack.enter_context(taken_in(source, limits))
        table = open_table(kept, kind or encoding or None, limits=limits)
        known = import_fields.suggested(table.header, what.fields, table.samples(SAMPLES))
        columns = import_fields.checked(mapping or known, table.header, what.fields)
        rows = list(islice(table.rows(), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise FileProblem(_l("At most %(n)s rows at once: split the file.", n=f"{MOST_ROWS:,}"))
    return list(table.header), what.read(rows, columns)
