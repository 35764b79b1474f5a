"""Jobs and seals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=True),
        sa.Column("starter", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("asked", core.db.Json, nullable=False),
        sa.Column("place", core.db.Json, nullable=False),
        sa.Column("result", core.db.Json, nullable=True),
        sa.Column("failure", core.db.Json, nullable=True),
        sa.Column("done", core.db.BigId, nullable=False),
        sa.Column("total", core.db.BigId, nullable=True),
        sa.Column("attempts", core.db.BigId, nullable=False),
        sa.Column("created_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("started_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("beat_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_state_id", ["state", "id"], unique=False)
        batch_op.create_index("ix_jobs_user_id_id", ["user_id", "id"], unique=False)
        batch_op.create_index(
            "uq_jobs_kind_period",
            ["kind", "period"],
            unique=True,
            sqlite_where=sa.text("period IS NOT NULL"),
            postgresql_where=sa.text("period IS NOT NULL"),
        )

    op.create_table(
        "seals",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("set_id", core.db.BigId, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["change_sets.id"], name=op.f("fk_seals_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.UniqueConstraint("set_id", name=op.f("uq_seals_set_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("seals")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_jobs_kind_period",
            sqlite_where=sa.text("period IS NOT NULL"),
            postgresql_where=sa.text("period IS NOT NULL"),
        )
        batch_op.drop_index("ix_jobs_user_id_id")
        batch_op.drop_index("ix_jobs_state_id")

    op.drop_table("jobs")
