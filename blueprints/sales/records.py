"""What sales declares to the mechanisms: the kind of products, verbs, settings, places, and whom it listens to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import true

from blueprints.sales import filtering, happening, queries, rules, trail_words, words  # noqa: F401
from blueprints.sales.models import Product
from blueprints.sales.refreshing import refresh
from core import erasing, events, kinds, lists, money, navigation, settings, verbs
from core.change_sets import ChangeSet
from core.errors import Refused, RuleBroken
from core.kinds import Hit, Kind, refusal
from core.panels import Late, Matter
from core.policy import Clause, Policy
from core.rights import Right, Scope, Viewer
from core.timelines import Source
from core.verbs import Verb
from core.words import _, _l

BOOKS = _l("what the books must show, without a name")


def _found(viewer: Viewer, q: str, most: int) -> list[Hit]:
    """The products of a number or name, and the purchases whose number begins as typed."""
    return [_product_hit(viewer, product) for product in queries.products_like(q, most)] + [
        Hit(
            url=url_for("purchases.show", id=purchase.id),
            name=purchase.number,
            second=purchase.customer.shown_name,
            end=words.shown(purchase.amount, purchase.currency),
        )
        for purchase in queries.purchases_numbered_like(viewer, q, most)
    ]


def _product_hit(viewer: Viewer, product: Product) -> Hit:
    """Its page for whoever looks after products; others are led to its place on the list."""
    url = url_for("products.index", shown="all", after=lists.cursor_to(product, queries.BY_NUMBER))
    if viewer.may(Right.SALES_PRODUCTS):
        url = url_for("products.edit", id=product.id)
    told = [_("Product"), product.number, *([] if product.active else [_("not sold any more")])]
    return Hit(url, product.name, " · ".join(told), end=words.shown(product.price, product.currency))


kinds.declare(
    Kind(
        name="product",
        model=Product,
        label=_l("Product"),
        plural=_l("Products"),
        url=lambda id: url_for("products.edit", id=id),
        title=lambda product: product.name,
        policy=Policy(
            Product,
            (Clause("everybody", Scope.OWN, lambda v: true(), _l("products are everybody's to read")),),
        ),
        see=Right.SALES_SEE,
        edit=Right.SALES_PRODUCTS,
        field_labels=words.PRODUCT,
        find=_found,
    )
)
verbs.declare(
    Verb("product.made", _l("added a product"), undo=Right.SALES_PRODUCTS),
    Verb("product.changed", _l("changed a product"), undo=Right.SALES_PRODUCTS),
    Verb("product.imported", _l("imported products"), undo=Right.SALES_PRODUCTS),
    Verb("purchase.imported", _l("imported purchases"), undo=Right.SALES_EDIT),
    Verb("purchase.recorded", _l("recorded a purchase"), undo=Right.SALES_EDIT),
    Verb("purchase.changed", _l("changed a purchase"), undo=Right.SALES_EDIT),
    Verb("purchase.delivered", _l("noted that a purchase was delivered"), undo=Right.SALES_EDIT),
    Verb("purchase.cancelled", _l("cancelled a purchase"), undo=Right.SALES_EDIT),
    Verb("purchase.returned", _l("recorded a return"), undo=Right.SALES_EDIT),
    Verb("payment.recorded", _l("recorded a payment"), undo=Right.SALES_PAY),
    Verb("payment.removed", _l("removed a payment"), undo=Right.SALES_PAY),
)


def _check_currency(value: Any) -> None:
    if not money.is_known(str(value)):
        raise RuleBroken(_l("There is no such currency."), "sales.currency")


settings.declare(
    settings.Text(
        "sales.number_prefix", default="DD", group="sales", label=_l("Purchase numbers begin with")
    ),
    settings.Choice(
        "sales.currency",
        default="CNY",
        group="sales",
        label=_l("Currency of new purchases"),
        choices=tuple((code, code) for code in money.CURRENCIES),
        check=_check_currency,
    ),
)
navigation.declare(
    navigation.Place("purchases.index", _l("Purchases"), "receipt", rights=(Right.SALES_SEE,), order=40),
)


@events.listen("undo.checked")
def check_undo(change_set: ChangeSet, viewer: Viewer) -> None:
    """Payments are taken back by whoever may record them, also those that came with a list of purchases."""
    if queries.payments_beyond(change_set, viewer):
        raise Refused(refusal(Right.SALES_PAY))


@events.listen("customers.needed")
def bought_since(ids: Sequence[int], since: date) -> set[int]:
    """Which of these customers bought something since a day."""
    return queries.bought_since(ids, since)


erasing.keep(
    "purchases",
    ("customer_id", "number", "kind", "returns_id", "on_day", "status", "delivered_on", "due_on", "currency",
     "discount", "shipping"),
    why=BOOKS,
    label=_l("Purchases"),
)  # fmt: skip
erasing.keep(
    "purchase_lines",
    ("customer_id", "purchase_id", "position", "product_id", "text", "unit", "quantity", "price", "currency",
     "discount"),
    why=BOOKS,
    label=_l("Lines of purchases"),
)  # fmt: skip
erasing.keep(
    "payments",
    ("customer_id", "purchase_id", "on_day", "amount", "currency", "method"),
    why=BOOKS,
    label=_l("Payments"),
)


@events.listen("customer.panels")
def panel(record: Any, viewer: Viewer, rights: Collection[Right]) -> Late | None:
    """The purchases on the page of a customer, when one comes to them."""
    if Right.SALES_SEE not in rights:
        return None
    return Late("purchases", _l("Purchases"), url_for("purchases.of_customer", id=record.id, last=1))


@events.listen("customer.matters")
def owed_too_long(record: Any, viewer: Viewer, rights: Collection[Right]) -> list[Matter] | None:
    """What a customer should have paid by now, in each currency."""
    if Right.SALES_SEE not in rights:
        return None
    owed = queries.overdue(record.id)
    return [Matter(_("overdue balance %(amount)s", amount=words.shown(*each)), "#purchases") for each in owed]


@events.listen("customer.timeline")
def bought(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source | None:
    """The purchases, on the timeline of a customer."""
    return happening.purchases() if Right.SALES_SEE in rights else None


@events.listen("customer.timeline")
def paid(record: Any, viewer: Viewer, rights: Collection[Right]) -> Source | None:
    """The payments, on the timeline of a customer."""
    return happening.payments() if Right.SALES_SEE in rights else None


@events.listen("family.facts")
def of_a_family(ids: Sequence[int], viewer: Viewer) -> list[tuple[Any, Any]]:
    """What the customers of a family bought together, as far as the viewer may see purchases."""
    seen = queries.visible_ids(ids, viewer)
    told = queries.totals(seen).by_currency if seen else []
    if not told:
        return []
    bought = " · ".join(words.shown(each.amount, each.currency) for each in told)
    owed = " · ".join(words.shown(each.balance, each.currency) for each in told)
    return [(_l("Amount, returns taken off"), bought), (_l("Balance due"), owed)]


@events.listen("records.refresh")
def repair(table: str, ids: Sequence[int] | None = None) -> int | None:
    """How many purchases of these customers (None: of all) had wrong amounts; they are right now."""
    return refresh(ids) if table == "customers" else None


@events.listen("customers.merged")
def join(into: int, gone: Sequence[int]) -> None:
    """The purchases of files that are gone are those of the one that stays."""
    refresh([into, *gone])


@events.listen("record.erased")
def keep_books(order: Any, whole: Any) -> None:
    """The purchases are kept, and so is what follows from them."""
    if order.table == "customers":
        refresh(order.ids)


@events.listen("records.undone")
def recompute(table: str, ids: Sequence[int]) -> None:
    """What was taken back may have been a line or a payment."""
    if table == "customers":
        refresh(ids)


TEMPLATE_GLOBALS = {"sales_rules": rules, "sales_words": words}
