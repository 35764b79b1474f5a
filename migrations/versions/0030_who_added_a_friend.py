"""Which of our accounts holds a friend on WeChat or WeCom"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_points", sa.Column("added_by", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_points", "added_by")
