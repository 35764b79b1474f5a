"""Indexes for the contacts of a day, the last first (what was done today), and for the customers of a tag"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_interactions_on_day_happened_at", "interactions", ["on_day", "happened_at", "id"])
    op.create_index("ix_customer_tags_tag_id_customer_id", "customer_tags", ["tag_id", "customer_id"])
    op.drop_index("ix_customer_tags_tag_id", "customer_tags")


def downgrade() -> None:
    op.create_index("ix_customer_tags_tag_id", "customer_tags", ["tag_id"])
    op.drop_index("ix_customer_tags_tag_id_customer_id", "customer_tags")
    op.drop_index("ix_interactions_on_day_happened_at", "interactions")
