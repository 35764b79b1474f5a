"""Indexes that a million customers need: for filters together, what is due for a team, what came from an address"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


CODES = ["status", "tier", "intent", "kind", "team_id", "owner_id", "deleted_at", "id"]


def upgrade() -> None:
    op.create_index("ix_customers_codes", "customers", CODES)
    op.drop_index("ix_customers_status_id", "customers")
    op.drop_index("ix_customers_intent_id", "customers")
    op.create_index("ix_customers_team_id_next_sort", "customers", ["team_id", "next_sort", "id"])
    op.create_index("ix_change_sets_address_at", "change_sets", ["address", "at", "id"])


def downgrade() -> None:
    op.drop_index("ix_change_sets_address_at", "change_sets")
    op.drop_index("ix_customers_team_id_next_sort", "customers")
    op.create_index("ix_customers_intent_id", "customers", ["intent", "id"])
    op.create_index("ix_customers_status_id", "customers", ["status", "id"])
    op.drop_index("ix_customers_codes", "customers")
