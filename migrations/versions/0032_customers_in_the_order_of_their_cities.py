"""Customers in the order of their cities, and open requests by their kind"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_index("ix_customers_city_id", "customers", ["city", "id"])
    op.create_index(
        "ix_approvals_kind", "approvals", ["kind", "id"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_approvals_kind", "approvals")
    op.drop_index("ix_customers_city_id", "customers")
