"""An installation in which nobody has done anything yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from app import create_app
from core.db import db
from tests.conftest import installation


@pytest.fixture
def empty(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a migrated database without a row."""
    if database == "postgresql":
        app: Flask = request.getfixturevalue("postgresql_app")
        with app.app_context():
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            db.session.commit()
    else:
        app = create_app(installation(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}"))
        with app.app_context():
            upgrade()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
