"""Acts of several change sets, imports behind the page"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: to copy a table of millions of rows, as a batch does on SQLite, would take minutes
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    reference = "CONSTRAINT fk_change_sets_part_of_id REFERENCES change_sets (id)"
    op.execute(f"ALTER TABLE change_sets ADD COLUMN part_of_id {kind} {reference}")
    op.create_index("ix_change_sets_part_of_id", "change_sets", ["part_of_id"])
    op.execute(f"ALTER TABLE customer_imports ADD COLUMN job_id {kind}")


def downgrade() -> None:
    op.execute("ALTER TABLE customer_imports DROP COLUMN job_id")
    op.drop_index("ix_change_sets_part_of_id", table_name="change_sets")
    op.execute("ALTER TABLE change_sets DROP COLUMN part_of_id")
