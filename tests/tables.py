"""The content of all tables, to be compared before and after."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from core.db import db, reading

# Written beside the request's own transaction: the security journal, and when somebody was last seen.
EXEMPT = frozenset({"journal_entries", "sign_ins"})
Content = dict[str, list[tuple[Any, ...]]]


def snapshot(app: Flask, exempt: frozenset[str] = EXEMPT) -> Content:
    """Table → its rows in the order of their keys; the exempt ones are left out."""
    with app.app_context(), reading():
        tables = [table for table in db.metadata.sorted_tables if table.name not in exempt]
        content = {
            table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }
        db.session.rollback()
    return content


def difference(before: Content, after: Content) -> str:
    """Which rows came and went, for a message; empty if nothing."""
    lines = []
    for name in before:
        gone = [row for row in before[name] if row not in after[name]]
        come = [row for row in after[name] if row not in before[name]]
        lines += [f"{name}: - {row}" for row in gone[:5]] + [f"{name}: + {row}" for row in come[:5]]
    return "\n".join(lines)
