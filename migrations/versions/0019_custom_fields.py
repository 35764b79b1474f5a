"""Custom fields, and what customers have in them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("label_zh", sa.String(length=60), nullable=False),
        sa.Column("label_en", sa.String(length=60), nullable=False),
        sa.Column("help_zh", sa.String(length=200), nullable=True),
        sa.Column("help_en", sa.String(length=200), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("searchable", sa.Boolean(), nullable=False),
        sa.Column("shown_when", core.db.Json, nullable=False),
        sa.Column("choices", core.db.Json, nullable=False),
        sa.Column("position", core.db.BigId, nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("record_table", "key", name=op.f("uq_custom_fields_record_table_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer_values",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("field_id", core.db.BigId, nullable=False),
        sa.Column("part", core.db.BigId, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_values_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["custom_fields.id"], name=op.f("fk_customer_values_field_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_values")),
        sa.UniqueConstraint(
            "customer_id", "field_id", "part", name=op.f("uq_customer_values_customer_id_field_id_part")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_customer_values_field_id_key", "customer_values", ["field_id", "key", "customer_id"])


def downgrade() -> None:
    op.drop_table("customer_values")
    op.drop_table("custom_fields")
