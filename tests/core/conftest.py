"""Installations to save, and others to restore to."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import URL, select

from app import create_app
from blueprints.customers.models import Customer
from blueprints.office import attaching
from blueprints.office.attaching import Sent
from core import backup_cipher, jobs, kinds, sealing, uploads
from core.db import db
from tests.company import a_customer, the_viewer
from tests.conftest import installation
from tests.postgres import own_database


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cheaper key than in earnest."""
    monkeypatch.setattr(backup_cipher, "COST", 2**10)


@pytest.fixture
def full(app: Flask) -> Flask:
    """A company with customers, a sealed trail, a job and an uploaded file."""
    with app.app_context():
        for number in range(3):
            a_customer(f"青禾'\"\\ {number}", phone=f"1380000000{number}")
        jobs.ask("access.cleaned", note="中文\u2028\n", zone=1.5, by=[None, {"long": 1, "b": "x"}])
        db.session.commit()
        sealing.seal()
        uploads.keep(b"\0\xff" * 5_000)
        kind, sent = kinds.kind_of(Customer), [Sent("合同.txt", io.BytesIO(b"x" * 5_000))]
        attaching.attach(kind, db.session.scalars(select(Customer)).first(), sent, by=the_viewer("manager"))
        db.session.commit()
    return app


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Flask]]:
    """New installations with nothing in them: `elsewhere("postgresql")`."""
    made: list[Flask] = []
    opened: list[Any] = []

    def make(kind: str) -> Flask:
        folder = tmp_path / f"elsewhere{len(made)}"
        url = f"sqlite:///{folder / 'huifang.db'}"
        folder.mkdir(mode=0o700)
        if kind == "postgresql":
            server: URL = request.getfixturevalue("postgresql_server")
            opened.append(own_database(server, f"huifang_restore_{len(made)}"))
            url = opened[-1].__enter__()
        made.append(create_app(installation(folder, url)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
    for database in opened:
        database.__exit__(None, None, None)
