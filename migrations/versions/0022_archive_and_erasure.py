"""Archive, erasure and legal hold of customers"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
ARCHIVED = sa.text("archived_at IS NOT NULL")
STANDING = sa.text("lifted_at IS NULL")
CODES = ["status", "tier", "intent", "kind", "team_id", "owner_id", "deleted_at"]
RIGHTS = ("customers:erase", "customers:export-file")
ALL = 4
GRANTS = sa.table(
    "role_grants",
    *(sa.column(name) for name in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)


def upgrade() -> None:
    op.add_column("customers", sa.Column("archived_at", MOMENT, nullable=True))
    op.add_column("customers", sa.Column("archived_by_id", core.db.BigId, nullable=True))
    op.add_column("customers", sa.Column("archive_reason", sa.String(length=300), nullable=True))
    if op.get_bind().dialect.name == "postgresql":  # SQLite would have to write the whole table anew
        op.create_foreign_key(
            op.f("fk_customers_archived_by_id"), "customers", "users", ["archived_by_id"], ["id"]
        )
    op.create_index(
        "ix_customers_archived_at",
        "customers",
        ["archived_at", "id"],
        sqlite_where=ARCHIVED,
        postgresql_where=ARCHIVED,
    )
    op.drop_index("ix_customers_codes", "customers")
    op.create_index("ix_customers_codes", "customers", [*CODES, "archived_at", "id"])
    _erasures()
    _holds()
    for right in RIGHTS:
        _grant(right)


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("record_id", core.db.BigId, nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", core.db.BigId, nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        *_tracked(),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_erasures_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasures_record", "erasures", ["record_table", "record_id"], unique=True)
    op.create_table(
        "erased_sets",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("set_id", core.db.BigId, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["change_sets.id"], name=op.f("fk_erased_sets_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_sets")),
        sa.UniqueConstraint("set_id", name=op.f("uq_erased_sets_set_id")),
        sqlite_autoincrement=True,
    )


def _holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", core.db.BigId, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by_id", core.db.BigId, nullable=True),
        *_tracked(),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_legal_holds_customer_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_legal_holds_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name=op.f("fk_legal_holds_lifted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_legal_holds_customer_id", "legal_holds", ["customer_id"])
    op.create_index(
        "uq_legal_holds_standing",
        "legal_holds",
        ["customer_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _tracked() -> list[Any]:
    return [
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _grant(right: str) -> None:
    """Whoever may delete any customer of the company may do this."""
    c = GRANTS.c
    like = (c.right == "customers:bin") & (c.scope == ALL)
    held = sa.select(
        c.role_id, sa.literal(right), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(like)
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right.in_(RIGHTS)))
    for table in ("legal_holds", "erased_sets", "erasures"):
        op.drop_table(table)
    op.drop_index("ix_customers_codes", "customers")
    op.create_index("ix_customers_codes", "customers", [*CODES, "id"])
    op.drop_index("ix_customers_archived_at", "customers")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("fk_customers_archived_by_id"), "customers", type_="foreignkey")
    for column in ("archive_reason", "archived_by_id", "archived_at"):
        op.drop_column("customers", column)
