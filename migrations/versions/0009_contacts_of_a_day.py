"""An index for the contacts of a day, the last first: what was done today in the whole company"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_interactions_on_day_happened_at", "interactions", ["on_day", "happened_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_interactions_on_day_happened_at", "interactions")
