"""Conditions that mean the same on both databases but are quick only if each gets them in its own words."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, and_, literal
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class _Condition(FunctionElement[bool]):
    """A condition that is one already: on SQLite other functions are compared with 1, and no index serves that."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self


class among(_Condition):  # noqa: N801 - used like the functions of SQL
    """`among(column, select.scalar_subquery())`: the column is one of what the subquery finds.

    As part of an OR, PostgreSQL uses its indexes only if the subquery is an array that is computed first.
    """

    name = "among"
    inherit_cache = True


class tried(_Condition):  # noqa: N801
    """`tried(condition)`: the condition, to be tried on row after row that something else has found.

    SQLite knows nothing of how many rows a condition leaves, and takes any index that serves one. Where the
    rows are found better by another condition, or in the index of their order, this one must not tempt it.
    PostgreSQL sees that by itself.
    """

    name = "tried"
    inherit_cache = True


class unindexed(FunctionElement[Any]):  # noqa: N801
    """`unindexed(column)`: the column's value, for which no index offers itself: rows are found first, then sorted."""

    name = "unindexed"
    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


class _Ids(TypeDecorator[Any]):
    """Whole numbers as one value of a statement."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(ARRAY(BIGINT) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _listed(_Condition):  # noqa: N801
    name = "listed"
    inherit_cache = True


def listed(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of these ids, as `in_`, but the statement is the same however many they are.

    For what is asked again and again with hundreds of them: nobody has to write so many places, nor plan anew.
    """
    return _listed(column, literal(list(ids), _Ids()))


class folded(FunctionElement[str]):  # noqa: N801
    """`folded(column)`: the text with A to Z in lower case, and nothing else, on either database."""

    type = String()
    name = "folded"
    inherit_cache = True


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """That a column begins with a text of one sign at least, as a range of its index."""
    return and_(column >= text, column < text[:-1] + chr(min(ord(text[-1]) + 1, 0x10FFFF)))


@compiles(among)
def _among(element: Any, compiler: Any, **options: Any) -> str:
    column, found = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN {found}"


@compiles(among, "postgresql")
def _among_array(element: Any, compiler: Any, **options: Any) -> str:
    column, found = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY (ARRAY{found})"


@compiles(_listed)
def _in_json(element: Any, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - compiled parts


@compiles(_listed, "postgresql")
def _in_array(element: Any, compiler: Any, **options: Any) -> str:
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(tried)
def _on_each_row(element: Any, compiler: Any, **options: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **options)}, 0)"


@compiles(tried, "postgresql")
def _as_it_is(element: Any, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(unindexed)
def _plus(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(unindexed, "postgresql")
def _either(element: Any, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"coalesce({column}, {column})"


@compiles(folded)
def _lower(element: Any, compiler: Any, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _lower_ascii(element: Any, compiler: Any, **options: Any) -> str:
    return f'lower({compiler.process(element.clauses, **options)} COLLATE "C")'
