"""Saved views of lists

Whoever sees customers may keep views for themselves; whoever may edit notes of others may share them as widely.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
VIEWS, SHARE = "office:views", "office:views-shared"
OWN = 1
GRANTS = sa.table(
    "role_grants", *(sa.column(n) for n in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("owner_id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.String(length=10), nullable=False),
        sa.Column("team_id", core.db.BigId, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_saved_views_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_views_owner_id_list", "saved_views", ["owner_id", "list"])
    op.create_index("ix_saved_views_list_shared", "saved_views", ["list", "shared", "team_id"])
    _grant(VIEWS, "customers:see", sa.literal(OWN))
    _grant(SHARE, "office:notes-of-others", GRANTS.c.scope)


def _grant(right: str, like: str, scope: sa.ColumnElement[int]) -> None:
    """A right to every role that holds another."""
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(right), scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(c.right == like, c.scope.is_not(None))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right.in_((VIEWS, SHARE))))
    op.drop_table("saved_views")
