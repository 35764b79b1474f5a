"""How the rows of an import are taken, and the mappings that people keep"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_imports", sa.Column("way", core.db.Json, server_default="{}", nullable=False))
    op.create_table(
        "import_mappings",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("mapping", core.db.Json, nullable=False),
        sa.Column("way", core.db.Json, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_import_mappings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_import_mappings_user_id_name")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("import_mappings")
    op.drop_column("customer_imports", "way")
