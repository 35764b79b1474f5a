"""Products, purchases with their lines, and payments. All but products are seen through the customer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blueprints.customers.models import Customer
from core.db import derived, pk, ref
from core.tracked import Tracked


class Product(Tracked):
    """What is sold: `price` in minor units of `currency`. One that is not active is sold no more."""

    __tablename__ = "products"

    id: Mapped[int] = pk()
    number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    active: Mapped[bool] = mapped_column(default=True)


class Purchase(Tracked):
    """What a customer bought on a day (`kind` purchase), or gave back (`kind` return, of the purchase `returns_id`).

    Money is in minor units of `currency` and never negative: what is given back counts against by its kind.
    `status` is open, delivered, returned (all of it was given back) or cancelled, which counts for nothing.
    `amount` follows from the lines, `discount` and `shipping`; `paid` from the payments; `balance` is what the
    customer still owes of it, below zero what we owe.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        Index("ix_purchases_customer_id_on_day", "customer_id", "on_day", "id"),
        Index("ix_purchases_on_day_id", "on_day", "id"),
    )
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="purchase")
    returns_id: Mapped[int | None] = ref("purchases.id")
    on_day: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="open")
    delivered_on: Mapped[date | None]
    due_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    discount: Mapped[int] = mapped_column(default=0)
    shipping: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str | None] = mapped_column(Text)

    amount: Mapped[int] = derived(default=0)
    paid: Mapped[int] = derived(default=0)
    balance: Mapped[int] = derived(default=0)

    customer: Mapped[Customer] = relationship()
    returned_from: Mapped[Purchase | None] = relationship(remote_side=[id])


class PurchaseLine(Tracked):
    """A line: a product or free text. `quantity` in thousandths, `discount` in hundredths of a percent.

    `text` is what the product was called when it was sold.
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (Index("ix_purchase_lines_purchase_id", "purchase_id", "position", "id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id")
    purchase_id: Mapped[int] = ref("purchases.id", index=False)
    position: Mapped[int]
    product_id: Mapped[int | None] = ref("products.id")
    text: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(40))
    quantity: Mapped[int]
    price: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    discount: Mapped[int] = mapped_column(default=0)

    product: Mapped[Product | None] = relationship()


class Payment(Tracked):
    """Money that came in for a purchase, or that we paid back for a return, in its currency."""

    __tablename__ = "payments"
    __table_args__ = (Index("ix_payments_customer_id_on_day", "customer_id", "on_day", "id"),)
    root_column = "customer_id"

    id: Mapped[int] = pk()
    customer_id: Mapped[int] = ref("customers.id", index=False)
    purchase_id: Mapped[int] = ref("purchases.id")
    on_day: Mapped[date]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(String(20), default="transfer")
    remark: Mapped[str | None] = mapped_column(String(300))

    purchase: Mapped[Purchase] = relationship()
