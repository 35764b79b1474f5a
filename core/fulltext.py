"""Full-text look-up over a table of terms: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    column,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from core.db import db
from core.terms import Expression, fts5, tsquery


def matching(search_table: Any, index: str, expression: Expression) -> Select[Any]:
    """Ids of the rows of `search_table` (primary key first, its FTS table named `index`) that match an expression."""
    if db.session.get_bind().dialect.name == "sqlite":
        wanted = bindparam(None, fts5(expression), type_=String)
        return (
            select(literal_column("rowid")).select_from(table(index)).where(column(index).op("MATCH")(wanted))
        )
    key = next(iter(search_table.__table__.primary_key.columns))
    return select(key).where(vector(search_table).op("@@")(cast(literal(tsquery(expression)), TSQUERY)))


def vector(search_table: Any) -> ColumnElement[Any]:
    """The generated tsvector column of a search table on PostgreSQL."""
    return literal_column(f"{search_table.__tablename__}.tsv")
