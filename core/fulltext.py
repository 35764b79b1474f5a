"""Full-text look-up over a table of terms: FTS5 on SQLite, tsvector on PostgreSQL.

A table of many millions of rows says on PostgreSQL, in each row's vector, also in which `STRETCH` of ids the row lies.
A word that a tenth of them have is then looked for among the newest, without a list of all that have it (`newest`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
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

from core.budget import TooLong, within_budget
from core.conditions import unindexed
from core.db import db, plan_anew
from core.terms import All, AnyOf, Expression, Prefix, Token, every, fts5, some, tsquery

STRETCH = 65_536  # ids; the indexes of the migrations say the same
FIRST, STEPS = (
    2,
    3,
)  # stretches that are asked first, from the newest back; times that some are, before all others are
NAMING_MS = 150


def matching(search_table: Any, index: str, expression: Expression) -> Select[Any]:
    """Ids of the rows of `search_table` (primary key first, its FTS table named `index`) that match an expression."""
    if db.session.get_bind().dialect.name == "sqlite":
        wanted = bindparam(None, fts5(expression), type_=String)
        return select(table(index, column("rowid", BigInteger)).c.rowid).where(
            column(index).op("MATCH")(wanted)
        )
    plan_anew()
    key = next(iter(search_table.__table__.primary_key.columns))
    return select(key).where(vector(search_table).op("@@")(cast(literal(tsquery(expression)), TSQUERY)))


def holding(search_table: Any, id: Any, expression: Expression) -> ColumnElement[bool]:
    """The condition that the row of `search_table` with an id matches, for when few rows have to be looked at.

    SQLite then reads the terms of those rows; the index would list all rows that match first.
    """
    if db.session.get_bind().dialect.name != "sqlite":
        return id.in_(matching(search_table, "", expression))
    return said(search_table, id, expression)


def newest(search_table: Any, index: str, expression: Expression, most: int) -> tuple[list[int], bool]:
    """Ids of the newest rows of a table with stretches that match an expression, in a few statements; and whether
    looking through the older ones would have taken longer than a page may (`core.budget`).
    """
    found: list[int] = []
    try:
        with within_budget(NAMING_MS):
            for ids in _newest(search_table, index, expression, most):
                found += ids
    except TooLong:
        return found, True
    return found, False


def _newest(search_table: Any, index: str, expression: Expression, most: int) -> Iterator[Sequence[int]]:
    if db.session.get_bind().dialect.name == "sqlite":
        matched = matching(search_table, index, expression)
        yield db.session.scalars(matched.order_by(matched.selected_columns[0].desc()).limit(most)).all()
        return
    key = next(iter(search_table.__table__.primary_key.columns))
    newest = last = (db.session.scalar(select(func.max(key))) or 0) // STRETCH
    # Going along the key would read every row that lies between those that match
    rows = select(key).order_by(unindexed(key).desc())
    together, count = FIRST, 0
    for _step in range(STEPS):
        named: list[Expression] = [Token(f"__n{n}") for n in range(last, max(last - together, -1), -1)]
        wanted = rows.where(_in_stretch(search_table, every([expression, some(named)])))
        ids = db.session.scalars(wanted.limit(most - count)).all()
        yield ids
        count, last = count + len(ids), last - together
        if count >= most or last < 0:
            return
        # As many as are likely to hold what is missing: where those are most of all, the word is rare
        together = ceil(1.5 * (most - count) * (newest - last) / count) if count else last + 1
        if together > last / 2:
            break
    older = rows.where(_in_stretch(search_table, expression), key < (last + 1) * STRETCH)
    yield db.session.scalars(older.limit(most - count)).all()


def _in_stretch(search_table: Any, expression: Expression) -> ColumnElement[bool]:
    """That a row matches, in the words of the index of its table (see the migration)."""
    name, key = search_table.__tablename__, next(iter(search_table.__table__.primary_key.columns)).name
    lying: ColumnElement[Any] = literal_column(
        f"(({name}.terms || ' __n' || ({name}.{key} / {STRETCH})::text)::tsvector)"
    )
    return lying.op("@@")(cast(literal(tsquery(expression)), TSQUERY))


def said(search_table: Any, id: Any, expression: Expression) -> ColumnElement[bool]:
    """The condition that the row with an id matches, by reading its terms: for rows at hand, on either database."""
    key = next(iter(search_table.__table__.primary_key.columns))
    read = select(key).where(key == id, _read(search_table.terms, expression))
    return exists(read.correlate_except(search_table))


def _read(terms: Any, expression: Expression) -> ColumnElement[bool]:
    """Whether a text of terms with a blank between them matches."""
    match expression:
        case Token(text):
            return _place(" " + terms + " ", f" {text} ") > 0
        case Prefix(text):
            return _place(" " + terms, f" {text}") > 0
        case All(parts):
            return and_(*(_read(terms, part) for part in parts))
        case AnyOf(parts):
            return or_(*(_read(terms, part) for part in parts))


def _place(text: Any, part: str) -> Any:
    """Where a part stands in a text, from 1 on; 0 if nowhere."""
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    return func.instr(text, part) if on_sqlite else func.strpos(text, part)


def vector(search_table: Any) -> ColumnElement[Any]:
    """The generated tsvector column of a search table on PostgreSQL."""
    return literal_column(f"{search_table.__tablename__}.tsv")
