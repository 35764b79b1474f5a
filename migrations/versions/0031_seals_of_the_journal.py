"""One chain for change sets and entries of the journal

What is left of a change set after an erasure was a row of `erased_sets`, which nothing guarded: it becomes a link.
Entries that are there already are sealed by the sealer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db
from core import clock

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

AT_ONCE = 1_000
FIRST_LINK = b"\0" * 32
SEALS = sa.table(
    "seals",
    sa.column("id", core.db.BigId),
    sa.column("kind", sa.String),
    sa.column("row_id", core.db.BigId),
    *(sa.column(name, sa.LargeBinary) for name in ("salt", "digest", "link")),
    sa.column("at", core.db.UTCDateTime(timezone=True)),
)
RESTS = sa.table(
    "erased_sets",
    sa.column("id", core.db.BigId),
    sa.column("set_id", core.db.BigId),
    sa.column("salt", sa.LargeBinary),
    sa.column("digest", sa.LargeBinary),
)


def upgrade() -> None:
    with op.batch_alter_table("seals") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="set"))
        batch.drop_constraint(op.f("fk_seals_set_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_seals_set_id"), type_="unique")
        batch.alter_column("set_id", new_column_name="row_id", existing_type=core.db.BigId)
    with op.batch_alter_table("seals") as batch:
        batch.alter_column("kind", server_default=None, existing_type=sa.String(length=10))
    _link_the_rests()
    op.drop_table("erased_sets")
    op.create_index("ix_seals_kind_row_id", "seals", ["kind", "row_id", "id"])


def _link_the_rests() -> None:
    connection = op.get_bind()
    end = sa.select(SEALS.c.id, SEALS.c.link).order_by(SEALS.c.id.desc()).limit(1)
    position, link = connection.execute(end).one_or_none() or (0, FIRST_LINK)
    for rest in connection.execute(sa.select(RESTS).order_by(RESTS.c.id)).all():
        position, link = position + 1, hashlib.sha256(link + rest.digest).digest()
        row = {"id": position, "kind": "set", "row_id": rest.set_id, "link": link, "at": clock.now()}
        connection.execute(sa.insert(SEALS).values(**row, salt=rest.salt, digest=rest.digest))


def downgrade() -> None:
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
    _part_the_rests()
    _close_up()
    op.drop_index("ix_seals_kind_row_id", "seals")
    with op.batch_alter_table("seals") as batch:
        batch.drop_column("kind")
        batch.alter_column("row_id", new_column_name="set_id", existing_type=core.db.BigId)
    with op.batch_alter_table("seals") as batch:
        batch.create_foreign_key(op.f("fk_seals_set_id"), "change_sets", ["set_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_seals_set_id"), ["set_id"])


def _part_the_rests() -> None:
    """Keep the first link of each change set, and of those with several what the last one says."""
    c = SEALS.c
    first, last = (
        sa.select(of(c.id)).where(c.kind == "set").group_by(c.row_id) for of in (sa.func.min, sa.func.max)
    )
    rests = sa.select(c.row_id, c.salt, c.digest).where(c.id.in_(last.having(sa.func.count() > 1)))
    op.execute(sa.insert(RESTS).from_select(["set_id", "salt", "digest"], rests.order_by(c.id)))
    op.execute(sa.delete(SEALS).where(c.id.not_in(first)))


def _close_up() -> None:
    """Positions without gaps, and links that follow from each other."""
    c, connection = SEALS.c, op.get_bind()
    moved = sa.update(SEALS).where(c.id == sa.bindparam("old"))
    moved = moved.values(id=sa.bindparam("new"), link=sa.bindparam("made"))
    position, link = 0, FIRST_LINK
    for batch in _batches():
        rows = []
        for old, digest in batch:
            position, link = position + 1, hashlib.sha256(link + digest).digest()
            rows.append({"old": old, "new": position, "made": link})
        connection.execute(moved, rows)


def _batches() -> Iterator[Sequence[Any]]:
    c, connection, old = SEALS.c, op.get_bind(), 0
    wanted = sa.select(c.id, c.digest).order_by(c.id).limit(AT_ONCE)
    while batch := connection.execute(wanted.where(c.id > old)).all():
        yield batch
        old = batch[-1].id
