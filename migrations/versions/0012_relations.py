"""Relations between customers, and changes that show on the histories of two records"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
OF_TWO = sa.text("also_id IS NOT NULL")


def upgrade() -> None:
    # Added in place: to copy a table of millions of rows, as a batch does on SQLite, would take minutes
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE changes ADD COLUMN also_id {kind}")
    op.create_index(
        "ix_changes_also",
        "changes",
        ["root_table", "also_id", "id"],
        sqlite_where=OF_TWO,
        postgresql_where=OF_TWO,
    )
    op.create_table(
        "relations",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("other_id", core.db.BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_relations_customer_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["customers.id"], name=op.f("fk_relations_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_relations_customer_id_kind", "relations", ["customer_id", "kind", "other_id"])
    op.create_index("ix_relations_other_id_kind", "relations", ["other_id", "kind", "customer_id"])


def downgrade() -> None:
    op.drop_table("relations")
    op.drop_index("ix_changes_also", table_name="changes")
    op.execute("ALTER TABLE changes DROP COLUMN also_id")
