"""What the rows of an import of purchases may mean of what is on file, read in chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from blueprints.customers.models import Customer
from blueprints.sales import queries
from blueprints.sales.import_lines import Line
from blueprints.sales.models import Product, Purchase, PurchaseLine
from core.bulk import chunks
from core.db import db, may_write
from core.names import shadow
from core.rights import Right, Viewer


class Known:
    """Purchases by number with their lines, customers by number or name, products by what names them."""

    def __init__(self, groups: Mapping[str, Sequence[Line]], by: Viewer) -> None:
        rows = [line.values for group in groups.values() for line in group]
        named = sorted({row["customer"] for row in rows if row.get("customer")})
        self.purchases: dict[str, Purchase] = {}
        self.customers: defaultdict[str, list[int]] = defaultdict(list)
        self.products: dict[str, Product] = {}
        self.sold: defaultdict[int, list[PurchaseLine]] = defaultdict(list)
        self.reached: set[int] = set()
        self.given_back: set[int] = set()
        self.payable: set[int] = set()
        for some in chunks(list(groups)):
            self._find_purchases(some, by)
        for some in chunks(named):
            self._find_customers(some, by)
        for some in chunks(sorted({row["product"] for row in rows if row.get("product")})):
            self.products |= queries.products_meant(some)
        if by.may(Right.SALES_PAY) and any(row.get("paid") is not None for row in rows):
            self._find_payable(by)

    def _find_purchases(self, numbers: Sequence[str], by: Viewer) -> None:
        wanted = select(Purchase).where(Purchase.number.in_(numbers))
        wanted = wanted.options(selectinload(Purchase.returned_from))
        if may_write():  # what is decided on their state and payments stays true
            wanted = wanted.with_for_update(of=Purchase).execution_options(populate_existing=True)
        found = db.session.scalars(wanted).all()
        self.purchases |= {purchase.number: purchase for purchase in found}
        seen = queries.visible_purchases(by, Right.SALES_IMPORT).with_only_columns(Purchase.id)
        for ids in chunks([purchase.id for purchase in found]):
            self.reached.update(db.session.scalars(seen.where(Purchase.id.in_(ids))))
            for line in db.session.scalars(select(PurchaseLine).where(PurchaseLine.purchase_id.in_(ids))):
                self.sold[line.purchase_id].append(line)
            back = select(Purchase.returns_id).where(Purchase.returns_id.in_(ids), queries.COUNTS)
            self.given_back.update(id for id in db.session.scalars(back) if id is not None)

    def _find_payable(self, by: Viewer) -> None:
        ids = {id for found in self.customers.values() for id in found}
        ids |= {purchase.customer_id for purchase in self.purchases.values()}
        held = select(Customer.id).where(queries.customers_over(by, Right.SALES_PAY))
        for some in chunks(sorted(ids)):
            self.payable.update(db.session.scalars(held.where(Customer.id.in_(some))))

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
