"""Pairs of customers that may be one, and those that are not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duplicates",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("other_id", core.db.BigId, nullable=False),
        sa.Column("score", core.db.BigId, nullable=False),
        sa.Column("reasons", core.db.Json, nullable=False),
        sa.Column("seen_in", core.db.BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_duplicates_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["customers.id"], name=op.f("fk_duplicates_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicates")),
        sa.UniqueConstraint("customer_id", "other_id", name=op.f("uq_duplicates_customer_id_other_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duplicates_other_id", "duplicates", ["other_id"])
    op.create_index("ix_duplicates_score_id", "duplicates", ["score", "id"])
    op.create_index("ix_duplicates_seen_in", "duplicates", ["seen_in"])
    op.create_table(
        "duplicate_rulings",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("other_id", core.db.BigId, nullable=False),
        sa.Column("score", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_duplicate_rulings_customer_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["customers.id"], name=op.f("fk_duplicate_rulings_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_rulings")),
        sa.UniqueConstraint(
            "customer_id", "other_id", name=op.f("uq_duplicate_rulings_customer_id_other_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_duplicate_rulings_other_id", "duplicate_rulings", ["other_id"])


def downgrade() -> None:
    op.drop_table("duplicate_rulings")
    op.drop_table("duplicates")
