"""Files are found by their names and remarks, as notes are by what they say"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import core.db
from core.terms.texts import text_terms

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BATCH = 2_000
TABLE, SEARCH, KEY, COLUMNS = "attachments", "attachment_search", "attachment_id", ("name", "remark")


def upgrade() -> None:
    op.create_table(
        SEARCH,
        sa.Column(KEY, core.db.BigId, autoincrement=False, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            [KEY], [f"{TABLE}.id"], name=op.f(f"fk_{SEARCH}_{KEY}_{TABLE}"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(KEY, name=op.f(f"pk_{SEARCH}")),
    )
    _fill()
    _index()


def _fill() -> None:
    rows = sa.table(TABLE, sa.column("id"), *(sa.column(name) for name in COLUMNS))
    terms = sa.table(SEARCH, sa.column(KEY), sa.column("terms"))
    connection, last = op.get_bind(), 0
    batch = sa.select(rows).order_by(rows.c.id).limit(BATCH)
    while found := connection.execute(batch.where(rows.c.id > last)).all():
        last = found[-1].id
        made = ({KEY: id, "terms": text_terms(texts)} for id, *texts in found)
        if kept := [row for row in made if row["terms"]]:
            connection.execute(sa.insert(terms), kept)


def _index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in _on_sqlite():
            op.execute(statement)
        return
    stretch = f"((terms || ' __n' || ({KEY} / 65536)::text)::tsvector)"
    op.execute(f"CREATE INDEX ix_{SEARCH}_terms ON {SEARCH} USING gin({stretch})")
    op.execute(f"ALTER INDEX ix_{SEARCH}_terms ALTER COLUMN 1 SET STATISTICS 1000")


def _on_sqlite() -> Sequence[str]:
    index = f"{SEARCH}_fts"
    gone = f"INSERT INTO {index}({index}, rowid, terms) VALUES ('delete', old.{KEY}, old.terms);"  # noqa: S608
    added = f"INSERT INTO {index}(rowid, terms) VALUES (new.{KEY}, new.terms);"  # noqa: S608
    return (
        f"""CREATE VIRTUAL TABLE {index} USING fts5(
            terms, content='{SEARCH}', content_rowid='{KEY}', tokenize="ascii tokenchars '_'", detail=none
        )""",
        f"CREATE TRIGGER {SEARCH}_added AFTER INSERT ON {SEARCH} BEGIN {added} END",
        f"CREATE TRIGGER {SEARCH}_removed AFTER DELETE ON {SEARCH} BEGIN {gone} END",
        f"""CREATE TRIGGER {SEARCH}_changed AFTER UPDATE ON {SEARCH} WHEN old.terms IS NOT new.terms
            BEGIN {gone} {added} END""",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",
    )


def downgrade() -> None:
    op.drop_table(SEARCH)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TABLE {SEARCH}_fts")
