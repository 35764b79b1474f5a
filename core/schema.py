"""Whether the database has the shape that this version of Huifang expects."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

NEWER = (
    "The database is of a newer version of Huifang. Install that version, or restore a backup of this one."
)


@lru_cache(maxsize=1)
def expected() -> str | None:
    """The last migration of this version."""
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def present() -> str | None:
    """The migration that the database is at; None for an empty one. Raises OperationalError if it is out of reach."""
    return present_at(db.session.connection())


def present_at(connection: Connection) -> str | None:
    """The migration that the database of a connection is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this version can make a database of that migration."""
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()
    )


def migrate(connection: Connection, revision: str) -> None:
    """Bring the database of a connection to a migration, inside its transaction."""
    settings = _alembic()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


def _alembic() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return settings


def misfit() -> str | None:
    """Why this version cannot use the database, and what to do; None if it can. Raises OperationalError if it is out
    of reach.
    """
    revision = present()
    if revision == expected():
        return None
    if revision is not None and not is_known(revision):
        return NEWER
    return "The database does not fit this version. Run: flask db upgrade"


def trouble() -> str | None:
    """Why the database cannot be used; None if it can."""
    try:
        return misfit()
    except SQLAlchemyError:
        return "The database does not answer."
