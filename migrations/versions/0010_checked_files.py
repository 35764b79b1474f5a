"""The day on which somebody last confirmed that a customer's file is still correct"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("checked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "checked_on")
