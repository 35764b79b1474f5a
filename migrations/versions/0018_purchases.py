"""Products, purchases with their lines, and payments"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
ALL = 4
RIGHTS = ("sales:edit", "sales:import", "sales:pay", "sales:products", "sales:see")
GRANTS = sa.table(
    "role_grants",
    *(sa.column(name) for name in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)


def _id(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, core.db.BigId, nullable=nullable)


def _tracked() -> list[Any]:
    return [
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _ref(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _text(name: str, length: int, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "products",
        _id("id"),
        _text("number", 40),
        _text("name", 200),
        _text("unit", 40, nullable=True),
        _id("price"),
        _text("currency", 3),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_tracked(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("number", name=op.f("uq_products_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "purchases",
        _id("id"),
        _id("customer_id"),
        _text("number", 40),
        _text("kind", 10),
        _id("returns_id", nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        _text("status", 10),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        _text("currency", 3),
        _id("discount"),
        _id("shipping"),
        sa.Column("remark", sa.Text(), nullable=True),
        _id("amount"),
        _id("paid"),
        _id("balance"),
        *_tracked(),
        _ref("purchases", "customer_id", "customers"),
        _ref("purchases", "returns_id", "purchases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("number", name=op.f("uq_purchases_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_purchases_customer_id_on_day", "purchases", ["customer_id", "on_day", "id"])
    op.create_index("ix_purchases_on_day_id", "purchases", ["on_day", "id"])
    op.create_index(op.f("ix_purchases_returns_id"), "purchases", ["returns_id"])
    op.create_table(
        "purchase_lines",
        _id("id"),
        _id("customer_id"),
        _id("purchase_id"),
        _id("position"),
        _id("product_id", nullable=True),
        _text("text", 200),
        _text("unit", 40, nullable=True),
        _id("quantity"),
        _id("price"),
        _text("currency", 3),
        _id("discount"),
        *_tracked(),
        _ref("purchase_lines", "customer_id", "customers"),
        _ref("purchase_lines", "purchase_id", "purchases"),
        _ref("purchase_lines", "product_id", "products"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_lines")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_purchase_lines_purchase_id", "purchase_lines", ["purchase_id", "position", "id"])
    op.create_index(op.f("ix_purchase_lines_customer_id"), "purchase_lines", ["customer_id"])
    op.create_index(op.f("ix_purchase_lines_product_id"), "purchase_lines", ["product_id"])
    op.create_table(
        "payments",
        _id("id"),
        _id("customer_id"),
        _id("purchase_id"),
        sa.Column("on_day", sa.Date(), nullable=False),
        _id("amount"),
        _text("currency", 3),
        _text("method", 20),
        _text("remark", 300, nullable=True),
        *_tracked(),
        _ref("payments", "customer_id", "customers"),
        _ref("payments", "purchase_id", "purchases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_payments_customer_id_on_day", "payments", ["customer_id", "on_day", "id"])
    op.create_index(op.f("ix_payments_purchase_id"), "payments", ["purchase_id"])
    sees = GRANTS.alias("sees")
    seeing = sa.select(sees.c.role_id).where(sees.c.right == "customers:see")
    _grant("sales:see", GRANTS.c.right == "customers:see")
    _grant("sales:edit", GRANTS.c.right == "customers:edit")
    _grant("sales:import", (GRANTS.c.right == "customers:import") & GRANTS.c.role_id.in_(seeing))
    _grant("sales:pay", GRANTS.c.right == "customers:assign")
    _grant("sales:products", (GRANTS.c.right == "customers:assign") & (GRANTS.c.scope == ALL))


def _grant(right: str, like: sa.ColumnElement[bool]) -> None:
    """A right of the same scope to every role that holds another."""
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(right), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(like, c.scope.is_not(None))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right.in_(RIGHTS)))
    for table in ("payments", "purchase_lines", "purchases", "products"):
        op.drop_table(table)
