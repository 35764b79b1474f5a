"""The floor of the search: the same index, asked with tokens cut by hand, the likely way first."""

from __future__ import annotations

import re

from bench.floors import pages
from bench.floors.database import Database, Row
from bench.floors.people import Person, within

MOST = 20
HITS = """
    SELECT c.id, c.name, c.short_name, c.number, c.tier, o.name AS owner,
        (SELECT p.name FROM affiliations a JOIN people p ON p.id = a.person_id
         WHERE a.customer_id = c.id ORDER BY a."primary" DESC, a.id LIMIT 1) AS person
    FROM customers c LEFT JOIN users o ON o.id = c.owner_id
    WHERE {where} AND c.id IN ({matching}) ORDER BY c.id DESC LIMIT 60
"""
PHONES = "SELECT customer_id, value FROM contact_points WHERE customer_id IN :ids"
ON_SQLITE = "SELECT rowid FROM customer_fts WHERE customer_fts MATCH :match"
ON_POSTGRESQL = "SELECT customer_id FROM customer_search WHERE tsv @@ CAST(:match AS tsquery)"


def search(database: Database, person: Person, q: str) -> str:
    """The first hits of one word."""
    found: dict[int, Row] = {}
    for right, tokens in _passes(q):
        if len(found) >= MOST:
            break
        where, values = within(person, right)
        matching = ON_SQLITE if database.on_sqlite else ON_POSTGRESQL
        match = _fts5(tokens) if database.on_sqlite else _tsquery(tokens)
        rows = database.rows(HITS.format(where=where, matching=matching), match=match, **values)
        phones = _phones(database, rows) if tokens[0].startswith("__p") else {}
        for row in rows:
            if _holds(row, q, tokens[0], phones.get(row["id"], "")):
                found.setdefault(row["id"], row)
    return pages.listed("查找", list(found.values())[:MOST], ("number", "person", "owner", "tier"))


def _holds(row: Row, q: str, token: str, phones: str) -> bool:
    """Whether what was typed really stands there: its pieces may stand in another order."""
    if token.startswith("__p"):
        return q in phones
    if token.startswith("_") and not token.startswith("__") and re.search("[0-9]", q):
        text = " ".join(str(row[name] or "") for name in ("name", "short_name", "number", "person")).lower()
        return all(word in text for word in re.findall("[a-z0-9]+", q.lower()))
    return True


def _phones(database: Database, rows: list[Row]) -> dict[int, str]:
    """Customer id → the digits of all numbers."""
    found: dict[int, str] = {}
    for point in database.rows(PHONES, ids=[row["id"] for row in rows]):
        found[point["customer_id"]] = (
            f"{found.get(point['customer_id'], '')} {re.sub('[^0-9]', '', point['value'])}"
        )
    return found


def _passes(q: str) -> list[tuple[str, list[str]]]:
    """By name and number; letters and digits also in mail and phones, and anywhere in a word."""
    typed = q.lower()
    if not typed.isascii():
        return [("customers:see", [typed[place : place + 2] for place in range(len(typed) - 1)] or [typed])]
    words = re.findall("[a-z0-9]+", typed)
    passes = [("customers:see", [f"{word}*" for word in words])]
    value = re.sub("[^a-z0-9]", "_", typed)
    if sensitive := _threes("__p" if typed.isdigit() else "__m", value):
        passes.append(("customers:clear", sensitive))
    if anywhere := [token for word in words for token in _threes("_", word)]:
        passes.append(("customers:see", anywhere))
    return passes


def _threes(prefix: str, text: str) -> list[str]:
    return [prefix + text[place : place + 3] for place in range(len(text) - 2)]


def _fts5(tokens: list[str]) -> str:
    return " AND ".join(f'"{token[:-1]}"*' if token.endswith("*") else f'"{token}"' for token in tokens)


def _tsquery(tokens: list[str]) -> str:
    return " & ".join(f"{token[:-1]}:*" if token.endswith("*") else token for token in tokens)
