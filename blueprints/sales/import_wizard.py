"""Purchases and products as kinds of lists in the wizard of imports."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from blueprints.sales.importing import PRODUCT_LIST, PURCHASE_LIST, List
from core.importkinds import Fact, ImportKind, Judged, declare
from core.rights import Right, Viewer
from core.words import _l


def _kind(what: List, **facts: Any) -> ImportKind:
    def judge(lines: list[Any], by: Viewer, _known: Collection[Fact]) -> Judged:
        plan = what.plan(lines, by)
        return Judged(plan.outcomes(), lambda: what.write(plan))

    return declare(
        ImportKind(
            right=what.right,
            fields=lambda _by: what.fields,
            readable=lambda: what.fields,
            read=what.read,
            judge=judge,
            together="number",
            row=_l("Number"),
            back_right=Right.SALES_SEE,
            **facts,
        )
    )


PURCHASES = _kind(
    PURCHASE_LIST,
    like=Right.SALES_EDIT,
    name="purchases",
    blueprint="purchase_imports",
    address="/purchases/import",
    title=_l("Import purchases"),
    verb="purchase.imported",
    back=("purchases.index", _l("Purchases")),
    shown=("purchases.index", _l("Show the purchases"), {}),
    hint=_l(
        "Rows with the same number are one purchase. Of one that is on file, lines and payments that it lacks are "
        "added, and its state and when it is due are changed. The same file twice makes nothing twice."
    ),
    none=_l("There is nothing to import: no row makes or changes a purchase."),
    ways=("mode", "days"),
)
PRODUCTS = _kind(
    PRODUCT_LIST,
    like=Right.SALES_SEE,
    name="products",
    blueprint="product_imports",
    address="/products/import",
    title=_l("Import products"),
    verb="product.imported",
    back=("products.index", _l("Products")),
    shown=("products.index", _l("Show the products"), {}),
    hint=_l("A product of a known number is changed, any other is made."),
    none=_l("There is nothing to import: no row makes or changes a product."),
    ways=(),
)
