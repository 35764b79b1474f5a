"""How Alembic reaches our database: through the application, foreign keys off on SQLite and checked after."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, BigInteger, Connection

from core.db import db


def include_object(_thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave out the full-text tables, which migrations make by hand, and those of the queue, which it makes itself."""
    made_elsewhere = name is not None and ("_fts" in name or name.startswith("queue_"))
    return not (kind == "table" and made_elsewhere)


def render_item(kind: str, thing: Any, _context: Any) -> str | bool:
    """Write our column types by their names."""
    if kind == "type" and isinstance(thing, JSON):
        return "core.db.Json"
    if kind == "type" and isinstance(thing, BigInteger):
        return "core.db.BigId"
    return False


def run() -> None:
    """Migrate online, in one transaction; in that of the caller where one hands in a connection."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            migrate(connection)
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration breaks foreign keys: {broken[:3]}")
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def migrate(connection: Connection) -> None:
    """Run the migrations that are wanted."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=include_object,
        render_item=render_item,
        **current_app.extensions["migrate"].configure_args,
    )
    context.run_migrations()


run()
