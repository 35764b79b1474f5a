"""Identity numbers and bank accounts, encrypted, and the right to be shown them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
RIGHT, BESIDE = "customers:reveal-papers", "customers:erase"
GRANTS = sa.table(
    "role_grants",
    *(sa.column(name) for name in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)


def upgrade() -> None:
    op.create_table(
        "paper_numbers",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("customer_id", core.db.BigId, nullable=False),
        sa.Column("person_id", core.db.BigId, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_paper_numbers_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_paper_numbers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_numbers")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_paper_numbers_customer_id", "paper_numbers", ["customer_id"])
    op.create_index("ix_paper_numbers_person_id", "paper_numbers", ["person_id"])
    _grant()


def _grant() -> None:
    """To every role that may erase files, with the same scope."""
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(RIGHT), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(c.right == BESIDE, c.scope.is_not(None))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right == RIGHT))
    op.drop_table("paper_numbers")
