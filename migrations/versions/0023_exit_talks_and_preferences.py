"""Exit talks with customers, and what one does well to know before one talks to them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KNOWN = (("language", 40), ("likes", 300), ("taboos", 300))
PREFERRED = (("preferred_channel", 20), ("preferred_time", 60))
MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    for name, length in KNOWN:
        op.add_column("customers", sa.Column(name, sa.String(length=length), nullable=True))
    for name, length in (*PREFERRED, *KNOWN):
        op.add_column("people", sa.Column(name, sa.String(length=length), nullable=True))
    op.create_table(
        "exit_talks",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("talked_by_id", core.db.BigId, nullable=False),
        sa.Column("with_whom", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("competitor", sa.String(length=120), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("back_if", sa.Text(), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_exit_talks_customer_id")),
        sa.ForeignKeyConstraint(["talked_by_id"], ["users.id"], name=op.f("fk_exit_talks_talked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_talks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exit_talks_customer_id", "exit_talks", ["customer_id", "on_day", "id"])


def downgrade() -> None:
    op.drop_table("exit_talks")
    for name, _length in (*PREFERRED, *KNOWN):
        op.drop_column("people", name)
    for name, _length in KNOWN:
        op.drop_column("customers", name)
