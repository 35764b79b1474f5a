"""What notes and contacts say is searched

Beside each row that says something stand its terms, under a full-text index. On PostgreSQL the index also tells the
stretch of ids in which a row lies (`core.fulltext.newest`), and the vector is not kept: the index alone reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import core.db
from core.terms.texts import text_terms

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BATCH = 2_000
# Table → its terms, their key, and the columns with text
SEARCHED = {
    "notes": ("note_search", "note_id", ("text",)),
    "interactions": ("interaction_search", "interaction_id", ("summary", "feedback")),
}


def upgrade() -> None:
    for table, (search, key, columns) in SEARCHED.items():
        op.create_table(
            search,
            sa.Column(key, core.db.BigId, autoincrement=False, nullable=False),
            sa.Column("terms", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                [key], [f"{table}.id"], name=op.f(f"fk_{search}_{key}_{table}"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{search}")),
        )
        _fill(table, search, key, columns)
        _index(search, key)


def _fill(table: str, search: str, key: str, columns: Sequence[str]) -> None:
    rows = sa.table(table, sa.column("id"), *(sa.column(name) for name in columns))
    terms = sa.table(search, sa.column(key), sa.column("terms"))
    connection, last = op.get_bind(), 0
    says = sa.or_(*(rows.c[name] != "" for name in columns))
    batch = sa.select(rows).where(says).order_by(rows.c.id).limit(BATCH)
    while found := connection.execute(batch.where(rows.c.id > last)).all():
        last = found[-1].id
        made = ({key: id, "terms": text_terms(texts)} for id, *texts in found)
        if kept := [row for row in made if row["terms"]]:
            connection.execute(sa.insert(terms), kept)


def _index(search: str, key: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in _on_sqlite(search, key):
            op.execute(statement)
        return
    stretch = f"((terms || ' __n' || ({key} / 65536)::text)::tsvector)"
    op.execute(f"CREATE INDEX ix_{search}_terms ON {search} USING gin({stretch})")
    op.execute(f"ALTER INDEX ix_{search}_terms ALTER COLUMN 1 SET STATISTICS 1000")


def _on_sqlite(search: str, key: str) -> Sequence[str]:
    index = f"{search}_fts"
    gone = f"INSERT INTO {index}({index}, rowid, terms) VALUES ('delete', old.{key}, old.terms);"  # noqa: S608
    added = f"INSERT INTO {index}(rowid, terms) VALUES (new.{key}, new.terms);"  # noqa: S608
    return (
        f"""CREATE VIRTUAL TABLE {index} USING fts5(
            terms, content='{search}', content_rowid='{key}', tokenize="ascii tokenchars '_'", detail=none
        )""",
        f"CREATE TRIGGER {search}_added AFTER INSERT ON {search} BEGIN {added} END",
        f"CREATE TRIGGER {search}_removed AFTER DELETE ON {search} BEGIN {gone} END",
        f"""CREATE TRIGGER {search}_changed AFTER UPDATE ON {search} WHEN old.terms IS NOT new.terms
            BEGIN {gone} {added} END""",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",
    )


def downgrade() -> None:
    for search, _key, _columns in reversed(SEARCHED.values()):
        op.drop_table(search)
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TABLE {search}_fts")
