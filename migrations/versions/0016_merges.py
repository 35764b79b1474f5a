"""Merged customers

Whoever may change the owner of customers may merge them, and asks for it where they ask for that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
MERGE, ASSIGN = "customers:merge", "customers:assign"
NAMES = ("role_id", "scope", "ask", "most", "version", "created_at", "updated_at")
GRANTS = sa.table("role_grants", sa.column("right"), *(sa.column(name) for name in NAMES))


def upgrade() -> None:
    op.create_table(
        "customer_merges",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("into_id", core.db.BigId, nullable=False),
        sa.Column("gone_id", core.db.BigId, nullable=False),
        sa.Column("by_id", core.db.BigId, nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["customers.id"], name=op.f("fk_customer_merges_into_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["customers.id"], name=op.f("fk_customer_merges_gone_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_customer_merges_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merges")),
        sa.UniqueConstraint("gone_id", name=op.f("uq_customer_merges_gone_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_customer_merges_into_id"), "customer_merges", ["into_id"])
    like = sa.select(sa.literal(MERGE), *(GRANTS.c[name] for name in NAMES)).where(GRANTS.c.right == ASSIGN)
    op.execute(sa.insert(GRANTS).from_select(["right", *NAMES], like))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right == MERGE))
    op.drop_table("customer_merges")
