"""How the databases look for the rows of a statement: whether they would read a large table from end to end."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import text

from core.db import db

# Those that grow with the customers
LARGE = (
    "affiliations", "approval_readers", "approvals", "attachment_search", "attachments", "collision_rulings",
    "change_sets", "changes", "consents", "contact_points", "customer_helpers",
    "customer_merges", "customer_search", "customer_tags", "customer_values", "customers", "interaction_search",
    "interactions", "journal_entries", "needs",
    "note_mentions", "note_search", "notes", "notifications", "paper_numbers", "people",
    "planned_contacts", "relations", "special_days",
    "stored_files", "duplicate_rulings", "duplicates", "payments", "purchase_lines", "purchases",
)  # fmt: skip
_SCAN = re.compile(rf"(?:SCAN|Seq Scan on) ({'|'.join(LARGE)})\b")


def faults(statement: str, parameters: Any, *, walking: bool = True) -> list[str]:
    """The lines of a plan that read a whole large table.

    If `walking`, a select with a limit may go along a table or an index of it and take the rows as they come.
    """
    if statement.endswith("WHERE 0 = 1"):  # what a person without a right asks: no row is looked at
        return []
    rows = plan(statement, parameters)
    lines = [row[-1] for row in rows]
    walks = walking and "LIMIT" in statement and not any("FOR ORDER BY" in line for line in lines)
    return [row[-1] for row in rows if _SCAN.search(row[-1]) and not (walks and _is_outer(row, rows))]


def plan(statement: str, parameters: Any, *without: str) -> list[tuple[Any, ...]]:
    """How the database would look for the rows; PostgreSQL as if there were many, and without other things it can."""
    connection = db.session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    for ability in () if on_sqlite else ("seqscan", *without):
        db.session.execute(text(f"SET LOCAL enable_{ability} = off"))
    explain = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
    return [tuple(row) for row in connection.exec_driver_sql(explain + statement, parameters)]


def with_many(table: str) -> None:
    """Let PostgreSQL plan as if a table had a million rows that it knows no more of."""
    if db.engine.dialect.name != "postgresql":
        return
    for statement in (
        "DELETE FROM pg_statistic WHERE starelid = CAST(:name AS regclass)",
        "UPDATE pg_class SET relpages = 1, reltuples = 1000000 WHERE oid = CAST(:name AS regclass)",
    ):
        db.session.execute(text(statement), {"name": table})


def _is_outer(row: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> bool:
    """Whether the limit holds for this line of SQLite's plan; subqueries are gone through whole."""
    if len(row) == 1:
        return False
    above = next((line for line in rows if line[0] == row[1]), None)
    return above is None or ("SUBQUERY" not in above[-1] and _is_outer(above, rows))
