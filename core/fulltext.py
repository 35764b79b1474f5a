"""Full-text look-up over a table of terms: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from core.db import db
from core.terms import All, AnyOf, Expression, Prefix, Token, fts5, tsquery


def matching(search_table: Any, index: str, expression: Expression) -> Select[Any]:
    """Ids of the rows of `search_table` (primary key first, its FTS table named `index`) that match an expression."""
    if db.session.get_bind().dialect.name == "sqlite":
        wanted = bindparam(None, fts5(expression), type_=String)
        return select(table(index, column("rowid", BigInteger)).c.rowid).where(
            column(index).op("MATCH")(wanted)
        )
    key = next(iter(search_table.__table__.primary_key.columns))
    return select(key).where(vector(search_table).op("@@")(cast(literal(tsquery(expression)), TSQUERY)))


def holding(search_table: Any, id: Any, expression: Expression) -> ColumnElement[bool]:
    """The condition that the row of `search_table` with an id matches, for when few rows have to be looked at.

    SQLite then reads the terms of those rows; the index would list all rows that match first.
    """
    key = next(iter(search_table.__table__.primary_key.columns))
    if db.session.get_bind().dialect.name != "sqlite":
        return id.in_(matching(search_table, "", expression))
    read = select(key).where(key == id, _read(search_table.terms, expression))
    return exists(read.correlate_except(search_table))


def _read(terms: Any, expression: Expression) -> ColumnElement[bool]:
    """Whether a text of terms with a blank between them matches."""
    match expression:
        case Token(text):
            return func.instr(" " + terms + " ", f" {text} ") > 0
        case Prefix(text):
            return func.instr(" " + terms, f" {text}") > 0
        case All(parts):
            return and_(*(_read(terms, part) for part in parts))
        case AnyOf(parts):
            return or_(*(_read(terms, part) for part in parts))


def vector(search_table: Any) -> ColumnElement[Any]:
    """The generated tsvector column of a search table on PostgreSQL."""
    return literal_column(f"{search_table.__tablename__}.tsv")
