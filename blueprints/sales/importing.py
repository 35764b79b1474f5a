"""Products and purchases from a file: what each row would do, and doing it as one act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from blueprints.sales import import_fields, import_purchases
from blueprints.sales.import_fields import PRODUCTS, PURCHASES, minor
from blueprints.sales.import_lines import Line, Plan
from blueprints.sales.models import Product
from core import changes, settings
from core.bulk import chunks
from core.csvfiles import FileProblem, Limits, Row
from core.db import db, one_after_another, reading, released
from core.errors import RuleBroken
from core.importing import Action, Report, read_row
from core.importways import Way
from core.intake import open_table, taken_in
from core.mapping import Field
from core.mapping import Mapping as Columns
from core.rights import Right, Viewer
from core.words import _l

SAMPLES = 200
MOST_ROWS = 20_000  # in one transaction; a longer list comes in several files


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


def _carry_out_purchases(lines: Sequence[Line], by: Viewer) -> Report:
    changes.record("purchase.imported")
    plan = import_purchases.plan(lines, by)
    import_purchases.write(plan)
    return plan.report()


@dataclass(frozen=True)
class List:
    """A kind of list that can be imported: its fields, the right it needs, what it would do, and doing it."""

    fields: Sequence[Field]
    right: Right
    plan: Callable[[Sequence[Line], Viewer], Plan]
    carry_out: Callable[[Sequence[Line], Viewer], Report]
    write: Callable[[Plan], None]

    def read(self, rows: Iterable[Row], columns: Columns, way: Way) -> list[Line]:
        """The rows under a mapping."""
        places = {name: column for column, name in columns.columns.items()}
        return [Line(row, *read_row(row, columns, self.fields, way.days), places, way.mode) for row in rows]

    def try_out(self, lines: Sequence[Line], by: Viewer) -> Report:
        """What the rows would do; the database is only read."""
        with reading():
            report = self.plan(lines, by).report()
            db.session.rollback()
        return report


PRODUCT_LIST = List(PRODUCTS, Right.SALES_PRODUCTS, plan_products, import_products, write_products)
PURCHASE_LIST = List(
    PURCHASES, Right.SALES_IMPORT, import_purchases.plan, _carry_out_purchases, import_purchases.write
)


def opened(
    what: List,
    source: bytes | Path,
    encoding: str | None,
    limits: Limits,
    mapping: bytes | None = None,
    way: Way = Way(),  # noqa: B008
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
    return list(table.header), what.read(rows, columns, way)
