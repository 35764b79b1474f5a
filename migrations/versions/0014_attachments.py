"""Files on records, and the rights to attach them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
FILES, FILES_OF_OTHERS = "office:files", "office:files-of-others"
GRANTS = sa.table(
    "role_grants", *(sa.column(n) for n in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("stored_as", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", core.db.BigId, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unused_since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_stored_files_stored_as")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attachments",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("record_id", core.db.BigId, nullable=False),
        sa.Column("author_id", core.db.BigId, nullable=False),
        sa.Column("file_id", core.db.BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=True),
        sa.Column("version", core.db.BigId, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_attachments_author_id")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_attachments_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attachments_author_id"), "attachments", ["author_id"])
    op.create_index(op.f("ix_attachments_file_id"), "attachments", ["file_id"])
    op.create_index(
        "ix_attachments_record", "attachments", ["record_table", "record_id", "created_at", "id"]
    )
    _grant(FILES, "office:notes")
    _grant(FILES_OF_OTHERS, "office:notes-of-others")


def _grant(right: str, like: str) -> None:
    """A right of the same scope to every role that holds another."""
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(right), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(c.right == like, c.scope.is_not(None))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right.in_((FILES, FILES_OF_OTHERS))))
    op.drop_table("attachments")
    op.drop_table("stored_files")
