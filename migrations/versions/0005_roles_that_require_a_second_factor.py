"""Roles that require a second factor

In a company at work it is required at once of the roles that administer or may export: who holds one is led to set it
up after the next sign-in, and is not locked out. The demonstration stays as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARDED = ("access:roles", "access:users", "customers:export", "office:settings")

ROLES = sa.table("roles", sa.column("id"), sa.column("second_factor", sa.Boolean()))
GRANTS = sa.table("role_grants", sa.column("role_id"), sa.column("right"), sa.column("scope"))
SETTINGS = sa.table("setting_values", sa.column("name"), sa.column("value", core.db.Json))


def upgrade() -> None:
    op.add_column("roles", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    chosen = sa.select(SETTINGS.c.value).where(SETTINGS.c.name == "company.demonstration")
    if (op.get_bind().scalar(chosen) or {}).get("value"):
        return
    guarded = sa.select(GRANTS.c.role_id).where(GRANTS.c.right.in_(GUARDED), GRANTS.c.scope.is_not(None))
    op.execute(sa.update(ROLES).where(ROLES.c.id.in_(guarded)).values(second_factor=True))


def downgrade() -> None:
    op.drop_column("roles", "second_factor")
