"""Notes

Whoever may log contacts may write notes on the same files; whoever may delete files of others may edit their notes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
NOTES, NOTES_OF_OTHERS = "office:notes", "office:notes-of-others"
TEAM = 2
GRANTS = sa.table(
    "role_grants", *(sa.column(n) for n in ("role_id", "right", "scope", "ask", "version")),
    sa.column("created_at", MOMENT), sa.column("updated_at", MOMENT),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("record_id", core.db.BigId, nullable=False),
        sa.Column("author_id", core.db.BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_notes_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notes_author_id"), "notes", ["author_id"])
    op.create_index("ix_notes_record", "notes", ["record_table", "record_id", "pinned", "id"])
    op.create_table(
        "note_mentions",
        sa.Column("id", core.db.BigId, nullable=False),
        sa.Column("note_id", core.db.BigId, nullable=False),
        sa.Column("user_id", core.db.BigId, nullable=False),
        sa.Column("record_table", sa.String(length=60), nullable=False),
        sa.Column("record_id", core.db.BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_note_mentions_note_id_notes")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_note_mentions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_mentions")),
        sa.UniqueConstraint("note_id", "user_id", name=op.f("uq_note_mentions_note_id_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_note_mentions_user_id"), "note_mentions", ["user_id"])
    op.create_index("ix_note_mentions_record", "note_mentions", ["record_table", "record_id"])
    _grant(NOTES, GRANTS.c.right == "interactions:log")
    _grant(NOTES_OF_OTHERS, (GRANTS.c.right == "customers:bin") & (GRANTS.c.scope >= TEAM))


def _grant(right: str, like: sa.ColumnElement[bool]) -> None:
    """A right of the same scope to every role that holds another."""
    c = GRANTS.c
    held = sa.select(
        c.role_id, sa.literal(right), c.scope, sa.false(), sa.literal(1), c.created_at, c.updated_at
    ).where(like, c.scope.is_not(None))
    names = ["role_id", "right", "scope", "ask", "version", "created_at", "updated_at"]
    op.execute(sa.insert(GRANTS).from_select(names, held))


def downgrade() -> None:
    op.execute(sa.delete(GRANTS).where(GRANTS.c.right.in_((NOTES, NOTES_OF_OTHERS))))
    op.drop_table("note_mentions")
    op.drop_table("notes")
