"""Imports of other lists than customers, and the right to import past contacts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("customer_imports", "import_mappings")
ALL = 4
RIGHT = "interactions:import"
MOMENT = core.db.UTCDateTime(timezone=True)
GRANTS = sa.table(
    "role_grants",
    *(sa.column(name) for name in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT),
    sa.column("updated_at", MOMENT),
)


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("kind", sa.String(length=20), server_default="customers", nullable=False))
    with op.batch_alter_table("import_mappings") as batch:
        batch.drop_constraint(op.f("uq_import_mappings_user_id_name"), type_="unique")
        batch.create_unique_constraint(op.f("uq_import_mappings_user_id_kind_name"), ["user_id", "kind", "name"])
    _grant()


def _grant() -> None:
    """Who imports customers of the whole company and sees them has written their past by hand so far."""
    sees = GRANTS.alias("sees")
    seeing = sa.select(sees.c.role_id).where(sees.c.right == "customers:see")
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(RIGHT), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(c.right == "customers:import", c.scope == ALL, c.role_id.in_(seeing))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right == RIGHT))
    for table in TABLES:
        op.execute(sa.text(f"DELETE FROM {table} WHERE kind <> 'customers'"))
    with op.batch_alter_table("import_mappings") as batch:
        batch.drop_constraint(op.f("uq_import_mappings_user_id_kind_name"), type_="unique")
        batch.create_unique_constraint(op.f("uq_import_mappings_user_id_name"), ["user_id", "name"])
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("kind")
