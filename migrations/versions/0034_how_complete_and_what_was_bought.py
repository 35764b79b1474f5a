"""How complete each file is and what each customer bought, to filter and to sort by

What a file holds beside its own columns (people, numbers, addresses for writing) is kept on it, so that how complete it
is follows from the row alone. What customers bought is kept as purchases already had it: the sum in the currency of
new purchases, returns taken off, how many there were, and the day of the last.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COMPLETENESS = """CASE WHEN kind = 'person'
 THEN 100 * (CASE WHEN has_phone THEN 1 ELSE 0 END + CASE WHEN has_written THEN 1 ELSE 0 END
 + CASE WHEN city <> '' THEN 1 ELSE 0 END + CASE WHEN gender <> '' THEN 1 ELSE 0 END
 + CASE WHEN birthday IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN source <> '' THEN 1 ELSE 0 END
 + CASE WHEN tier <> 'none' OR intent <> 'none' THEN 1 ELSE 0 END
 + CASE WHEN preferred_channel <> '' THEN 1 ELSE 0 END) / 8
 ELSE 100 * (CASE WHEN has_person THEN 1 ELSE 0 END + CASE WHEN has_phone THEN 1 ELSE 0 END
 + CASE WHEN has_written THEN 1 ELSE 0 END + CASE WHEN city <> '' THEN 1 ELSE 0 END
 + CASE WHEN industry <> '' THEN 1 ELSE 0 END + CASE WHEN size <> '' THEN 1 ELSE 0 END
 + CASE WHEN source <> '' THEN 1 ELSE 0 END
 + CASE WHEN tier <> 'none' OR intent <> 'none' THEN 1 ELSE 0 END
 + CASE WHEN preferred_channel <> '' THEN 1 ELSE 0 END) / 9 END"""
HELD = {
    "has_person": "SELECT 1 FROM affiliations a WHERE a.customer_id = customers.id",
    "has_phone": "SELECT 1 FROM contact_points p WHERE p.customer_id = customers.id AND NOT p.bad"
    " AND p.kind IN ('mobile', 'phone')",
    "has_written": "SELECT 1 FROM contact_points p WHERE p.customer_id = customers.id AND NOT p.bad"
    " AND p.kind IN ('email', 'wechat', 'wecom', 'qq')",
}
SOLD = "p.customer_id = customers.id AND p.status <> 'cancelled'"
CHARGE = "CASE WHEN p.kind = 'return' THEN -p.amount ELSE p.amount END"


def upgrade() -> None:
    for name in HELD:
        op.add_column("customers", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("customers", sa.Column("bought_amount", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("bought_on", sa.Date(), nullable=True))
    op.add_column("customers", sa.Column("bought_count", sa.BigInteger(), nullable=False, server_default="0"))
    held = ", ".join(f"{name} = EXISTS ({rows})" for name, rows in HELD.items())
    op.execute(sa.text(f"UPDATE customers SET {held}"))  # noqa: S608
    _fill_bought()
    # SQLite adds no stored one to a table that is there; computed on reading, it is stored in its index all the same
    computed = sa.Computed(COMPLETENESS, persisted=op.get_bind().dialect.name == "postgresql" or None)
    op.add_column("customers", sa.Column("completeness", sa.BigInteger(), computed, nullable=False))
    for name in ("completeness", "bought_amount", "bought_on"):
        op.create_index(f"ix_customers_{name}_id", "customers", [name, "id"])


def downgrade() -> None:
    for name in ("completeness", "bought_amount", "bought_on"):
        op.drop_index(f"ix_customers_{name}_id", "customers")
    for name in ("completeness", "bought_count", "bought_on", "bought_amount", *reversed(HELD)):
        op.drop_column("customers", name)


def _fill_bought() -> None:
    chosen = (
        op.get_bind()
        .execute(sa.text("SELECT value FROM setting_values WHERE name = 'sales.currency'"))
        .scalar()
    )
    value = json.loads(chosen) if isinstance(chosen, str) else chosen
    sold = f"{SOLD} AND p.kind = 'purchase'"
    filled = f"""UPDATE customers SET
        bought_amount = (SELECT sum({CHARGE}) FROM purchases p WHERE {SOLD} AND p.currency = :currency),
        bought_on = (SELECT max(p.on_day) FROM purchases p WHERE {sold}),
        bought_count = (SELECT count(*) FROM purchases p WHERE {sold})
        WHERE id IN (SELECT customer_id FROM purchases)"""  # noqa: S608
    op.execute(sa.text(filled).bindparams(currency=(value or {}).get("value", "CNY")))
