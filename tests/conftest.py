"""What all tests share: an application over a fresh database with the standing company, and people's clients."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from core import budget, clock, config, lists
from core.db import db
from tests import postgres
from tests.company import found_company
from tests.pages import Client
from tests.postgres import Rows, postgresql_server, postgresql_url
from tests.statements import statements

__all__ = ["postgresql_server", "postgresql_url", "statements"]

# A Wednesday, half past ten in the morning in Shanghai.
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Before all tests. How long an example takes says nothing where tests share their processors."""
    hypothesis.settings.register_profile("shared", deadline=None)
    hypothesis.settings.load_profile("shared")
    postgres.begin(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """After all tests."""
    postgres.end(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `both_databases` run on SQLite and on PostgreSQL, those marked `postgresql` there alone, all others
    on SQLite.
    """
    if "database" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker
        alone = ["postgresql"] if marked("postgresql") else ["sqlite"]
        names = ["sqlite", "postgresql"] if marked("both_databases") else alone
        metafunc.parametrize("database", names, indirect=True, ids=names if names != ["sqlite"] else [""])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Databases and the other variants of tests are taken pairwise: of the tests of a file that run on both, PostgreSQL
    runs every third, and the rest with the long tests. Mechanisms (tests/core) run whole on both, but for their pages.
    """
    so_far: Counter[Path] = Counter()
    for item in items:
        if not isinstance(item, pytest.Function) or "[postgresql" not in item.name:
            continue
        is_mechanism = item.path.parent.name == "core" and "signed_in" not in item.fixturenames
        if item.get_closest_marker("both_databases") and not is_mechanism:
            if so_far[item.path] % 3:
                item.add_marker(pytest.mark.extra)
            so_far[item.path] += 1


@pytest.fixture(autouse=True)
def frozen_clock() -> Iterator[None]:
    """Time stands still at NOW."""
    with clock.frozen(NOW):
        yield


@pytest.fixture(autouse=True)
def patient_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests share their processors: what waits for one is not stopped for that."""
    monkeypatch.setattr(budget, "MOST_MS", 5_000)
    monkeypatch.setattr(lists, "COUNT_MS", 5_000)


def installation(folder: Path, url: str) -> config.Config:
    """A configuration as the environment would give it."""
    return config.load({"HUIFANG_DATA": str(folder), "HUIFANG_DATABASE_URL": url})


@pytest.fixture(scope="session")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for databases that need not outlive a power cut: in memory where the system offers that."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2**30:
        yield tmp_path_factory.mktemp("databases")
        return
    with tempfile.TemporaryDirectory(prefix="huifang-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(in_memory: Path) -> Path:
    """A migrated SQLite database with the standing company, to be copied."""
    folder = in_memory / "template"
    folder.mkdir(mode=0o700)
    app = create_app(installation(folder, f"sqlite:///{folder / 'huifang.db'}"))
    with app.app_context(), clock.frozen(NOW):
        upgrade()
        found_company()
        db.engine.dispose()
    with closing(sqlite3.connect(folder / "huifang.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "huifang.db"


@pytest.fixture(scope="session")
def sqlite_app(sqlite_template: Path, in_memory: Path) -> Flask:
    """An application of this test process: one for all tests, since each would compile all templates anew."""
    folder = in_memory / "data"
    shutil.copytree(sqlite_template.parent, folder)
    return create_app(installation(folder, f"sqlite:///{folder / 'huifang.db'}"))


@pytest.fixture(scope="session")
def postgresql_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application over a migrated PostgreSQL database of this test process, with the standing company."""
    url = request.getfixturevalue("postgresql_url")
    app = create_app(installation(tmp_path_factory.mktemp("postgresql"), url))
    with app.app_context(), clock.frozen(NOW):
        upgrade()
        found_company()
    return app


@pytest.fixture(scope="session")
def postgresql_rows(postgresql_app: Flask) -> Rows:
    """What the standing company is on PostgreSQL."""
    with postgresql_app.app_context(), closing(db.engine.raw_connection()) as raw:
        return Rows([table.name for table in db.metadata.sorted_tables], raw.driver_connection)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def app(database: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application over a database that holds the standing company and nothing else."""
    if database == "postgresql":
        app = request.getfixturevalue("postgresql_app")
        yield _as_founded(app, request.getfixturevalue("postgresql_rows"))
        return
    app = request.getfixturevalue("sqlite_app")
    yield _copied_anew(app, request.getfixturevalue("sqlite_template").parent)
    with app.app_context():
        db.engine.dispose()


def _copied_anew(app: Flask, template: Path) -> Flask:
    """Its data folder as it was at first, the keys too; nothing that the test before left behind."""
    folder = app.extensions["huifang"].data
    shutil.rmtree(folder)
    shutil.copytree(template, folder)
    app.extensions.pop("huifang.queue", None)
    return app


def _as_founded(app: Flask, rows: Rows) -> Flask:
    shutil.rmtree(app.extensions["huifang"].data / "uploads", ignore_errors=True)
    for name in ("erasures.log", "trail-anchor"):
        (app.extensions["huifang"].data / name).unlink(missing_ok=True)
    with app.app_context(), closing(db.engine.raw_connection()) as raw:
        rows.put_back(raw.driver_connection)
    return app


@pytest.fixture
def in_context(app: Flask) -> Iterator[None]:
    """All of a test in the application's context; what it has not committed is lost."""
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Client]:
    """A client for a standing person: `signed_in("sales1a")`. Hold no application context around its requests."""
    return lambda username: Client(app).signed_in_as(username)


@pytest.fixture
def client(app: Flask) -> Client:
    """A client for whom nobody is signed in."""
    return Client(app)
