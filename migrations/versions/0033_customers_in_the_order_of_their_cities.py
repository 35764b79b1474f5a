"""Customers in the order of their cities"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customers_city_id", "customers", ["city", "id"])


def downgrade() -> None:
    op.drop_index("ix_customers_city_id", "customers")
