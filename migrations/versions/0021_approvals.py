"""Approvals and who may read them, and the rulings on customers that two claim"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
WAITING = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "approvals",
        _id("id"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        _id("record_id"),
        _id("requester_id"),
        _id("approver_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", core.db.Json, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _id("decided_by_id", nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        _id("passed_from_id", nullable=True),
        sa.Column("nudged_at", MOMENT, nullable=True),
        sa.Column("overdue_at", MOMENT, nullable=True),
        *_tracked(),
        *(
            _ref("approvals", column, "users")
            for column in ("requester_id", "approver_id", "decided_by_id", "passed_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sqlite_autoincrement=True,
    )
    for name, columns in (("waiting", ["approver_id", "due_at", "id"]), ("due", ["due_at", "id"])):
        op.create_index(
            f"ix_approvals_{name}", "approvals", columns, sqlite_where=WAITING, postgresql_where=WAITING
        )
    op.create_index("ix_approvals_requester_id", "approvals", ["requester_id", "created_at", "id"])
    op.create_index("ix_approvals_record", "approvals", ["record_table", "record_id", "id"])
    op.create_table(
        "approval_readers",
        _id("id"),
        _id("approval_id"),
        _id("user_id"),
        *_tracked(),
        _ref("approval_readers", "approval_id", "approvals"),
        _ref("approval_readers", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_readers")),
        sa.UniqueConstraint("approval_id", "user_id", name=op.f("uq_approval_readers_approval_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_approval_readers_user_id"), "approval_readers", ["user_id"])
    op.create_table(
        "collision_rulings",
        _id("id"),
        _id("customer_id"),
        _id("approval_id"),
        sa.Column("ruling", sa.String(length=10), nullable=False),
        _id("owner_id", nullable=True),
        _id("asker_id"),
        _id("ruled_by_id"),
        _id("owner_share"),
        _id("asker_share"),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=300), nullable=True),
        *_tracked(),
        _ref("collision_rulings", "customer_id", "customers"),
        _ref("collision_rulings", "approval_id", "approvals"),
        *(_ref("collision_rulings", column, "users") for column in ("owner_id", "asker_id", "ruled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collision_rulings")),
        sqlite_autoincrement=True,
    )
    for column in ("customer_id", "approval_id"):
        op.create_index(op.f(f"ix_collision_rulings_{column}"), "collision_rulings", [column])


def _id(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, core.db.BigId, nullable=nullable)


def _ref(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _tracked() -> list[Any]:
    return [
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def downgrade() -> None:
    for table in ("collision_rulings", "approval_readers", "approvals"):
        op.drop_table(table)
