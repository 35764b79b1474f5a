"""Lists that somebody asks to take as a file, and what somebody decided, the newest first"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
KINDS = ("customers.export", "customers.import")


def upgrade() -> None:
    op.create_table(
        "export_requests",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("customer_ids", core.db.Json, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_export_requests_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_requests")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_export_requests_user_id"), "export_requests", ["user_id"])
    op.create_index("ix_approvals_decided_by_id", "approvals", ["decided_by_id", "decided_at", "id"])


def downgrade() -> None:
    asked = "SELECT id FROM approvals WHERE kind IN :kinds"
    for statement in (
        f"DELETE FROM approval_readers WHERE approval_id IN ({asked})",
        "DELETE FROM approvals WHERE kind IN :kinds",
    ):
        op.execute(sa.text(statement).bindparams(sa.bindparam("kinds", KINDS, expanding=True)))
    op.drop_index("ix_approvals_decided_by_id", table_name="approvals")
    op.drop_table("export_requests")
