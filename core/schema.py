"""Whether the database has the shape that this version of Huifang expects."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from core.db import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


@lru_cache(maxsize=1)
def expected() -> str | None:
    """The last migration of this version."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(settings).get_current_head()


def present() -> str | None:
    """The migration that the database is at; None for an empty one. Raises OperationalError if it is out of reach."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def trouble() -> str | None:
    """Why the database cannot be used, in a few words; None if it can."""
    try:
        fits = present() == expected()
    except SQLAlchemyError:
        return "the database does not answer"
    return None if fits else "the database does not fit this version: run flask db upgrade"
