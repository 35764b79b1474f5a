"""The register of incidents, and the right to keep it"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
RIGHT, ALL = "access:incidents", 4
GRANTS = sa.table(
    "role_grants",
    *(sa.column(name) for name in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)


def _text(name: str, length: int | None = None, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.String(length=length) if length else sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", core.db.BigId, nullable=False),
        _text("title", 200, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=True),
        _text("what", nullable=False),
        _text("data_kinds", nullable=False),
        sa.Column("persons", core.db.BigId, nullable=True),
        _text("measures"),
        _text("authority", 200),
        sa.Column("authority_told_at", MOMENT, nullable=True),
        sa.Column("persons_told_at", MOMENT, nullable=True),
        _text("persons_told_how"),
        _text("why_untold"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_found_at_id", "incidents", ["found_at", "id"])
    _grant()


def _grant() -> None:
    """To every role that reads the trail, and administers accounts or may erase: an auditor only reads."""
    c, other = GRANTS.c, GRANTS.alias("other").c
    acts = sa.select(other.role_id).where(
        other.right.in_(("access:users", "customers:erase")), other.scope.is_not(None)
    )
    held = sa.select(
        c.role_id, sa.literal(RIGHT), sa.literal(ALL), sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(c.right == "access:audit", c.scope.is_not(None), c.role_id.in_(acts))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right == RIGHT))
    op.drop_table("incidents")
