"""The full-text index over the search terms of customers"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_UP = (
    """CREATE VIRTUAL TABLE customer_fts USING fts5(
        terms, content='customer_search', content_rowid='customer_id', tokenize="ascii tokenchars '_'", detail=none
    )""",
    """CREATE TRIGGER customer_search_added AFTER INSERT ON customer_search BEGIN
        INSERT INTO customer_fts(rowid, terms) VALUES (new.customer_id, new.terms);
    END""",
    """CREATE TRIGGER customer_search_removed AFTER DELETE ON customer_search BEGIN
        INSERT INTO customer_fts(customer_fts, rowid, terms) VALUES ('delete', old.customer_id, old.terms);
    END""",
    """CREATE TRIGGER customer_search_changed AFTER UPDATE ON customer_search WHEN old.terms IS NOT new.terms BEGIN
        INSERT INTO customer_fts(customer_fts, rowid, terms) VALUES ('delete', old.customer_id, old.terms);
        INSERT INTO customer_fts(rowid, terms) VALUES (new.customer_id, new.terms);
    END""",
    "INSERT INTO customer_fts(customer_fts) VALUES ('rebuild')",
)
SQLITE_DOWN = (
    "DROP TRIGGER customer_search_added",
    "DROP TRIGGER customer_search_removed",
    "DROP TRIGGER customer_search_changed",
    "DROP TABLE customer_fts",
)
POSTGRESQL_UP = (
    "ALTER TABLE customer_search ADD COLUMN tsv tsvector GENERATED ALWAYS AS (terms::tsvector) STORED",
    "CREATE INDEX ix_customer_search_tsv ON customer_search USING gin(tsv)",
    "ALTER TABLE customer_search ALTER COLUMN tsv SET STATISTICS 1000",
)
POSTGRESQL_DOWN = ("DROP INDEX ix_customer_search_tsv", "ALTER TABLE customer_search DROP COLUMN tsv")


def upgrade() -> None:
    for statement in SQLITE_UP if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_DOWN:
        op.execute(statement)
