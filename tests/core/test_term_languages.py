"""The two databases are asked in words they understand, and SQLite answers what an index should."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from core.terms import Prefix, Token, every, fts5, parse, some, tsquery
from tests.core.searching import NOTHING, OPEN, RECORDS, SENSITIVE, holds


@pytest.mark.parametrize("token", ["", "a b", 'a"b', "A", "a*", "é", "ε", "a'", "a:b", "a&b", "(a)"])
def test_only_tokens_reach_a_database(token: str) -> None:
    for render in (fts5, tsquery):
        with pytest.raises(ValueError, match="not a search token"):
            render(every([Token("a"), Prefix(token)]))


def test_the_two_languages() -> None:
    asked = every([Token("华兴"), some([Prefix("wm"), every([Token("_wan"), Token("_ang")])])])
    assert fts5(asked) == '("华兴" AND ("wm"* OR ("_wan" AND "_ang")))'
    assert tsquery(asked) == "(华兴 & (wm:* | (_wan & _ang)))"


SCHEMA = """
CREATE TABLE customer_search (customer_id INTEGER PRIMARY KEY, terms TEXT NOT NULL);
CREATE VIRTUAL TABLE customer_fts USING fts5(
    terms, content='customer_search', content_rowid='customer_id',
    tokenize="ascii tokenchars '_'", detail=none
);
"""


@pytest.fixture(scope="module")
def index() -> Iterator[tuple[sqlite3.Connection, Mapping[int, str]]]:
    """The records in an index as the application has it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        rows = [(number, record.terms()) for number, record in enumerate(RECORDS.values())]
        connection.executemany("INSERT INTO customer_search VALUES (?, ?)", rows)
        connection.execute("INSERT INTO customer_fts(customer_fts) VALUES ('rebuild')")
        yield connection, dict(enumerate(RECORDS))


@pytest.mark.parametrize("typed", [*(typed for typed, _ in OPEN + SENSITIVE), *NOTHING])
def test_sqlite_answers_alike(typed: str, index: tuple[sqlite3.Connection, Mapping[int, str]]) -> None:
    connection, known = index
    for step in parse(typed).passes:
        for asked in [asked for asked in (step.open, step.full) if asked]:
            rows = connection.execute(
                "SELECT rowid FROM customer_fts WHERE customer_fts MATCH ?", [fts5(asked)]
            )
            answered = {known[row] for (row,) in rows}
            assert answered == {
                each for each, record in RECORDS.items() if holds(asked, set(record.terms().split()))
            }
