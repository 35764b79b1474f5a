"""Notifications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("recipient_id", core.db.BigId, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=True),
        sa.Column("record_id", core.db.BigId, nullable=True),
        sa.Column("facts", core.db.Json, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("kind", "key", "recipient_id", name=op.f("uq_notifications_kind_key_recipient_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notifications_recipient_id_id", "notifications", ["recipient_id", "id"])
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["recipient_id", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )


def downgrade() -> None:
    op.drop_table("notifications")
