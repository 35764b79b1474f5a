"""What tests of backup and restore share: saving, restoring, and comparing all there is."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from core import checkup, sealing, uploads
from core.backup import back_up
from core.backup_file import Manifest
from core.db import db
from core.restore import restore
from tests.tables import Content, difference, snapshot

PASSPHRASE = "天青色等烟雨 forty-two"
EVERYTHING = frozenset[str]()


def saved(app: Flask, passphrase: str | None = None) -> Path:
    config = app.extensions["huifang"]
    target = config.data / "a.backup"
    with app.app_context():
        back_up(config, target, passphrase, force=True)
    return target


def restored(app: Flask, source: Path, passphrase: str | None = None, *, force: bool = False) -> Manifest:
    with app.app_context():
        return restore(app.extensions["huifang"], source, passphrase, force=force)


def kept(app: Flask) -> dict[str, bytes]:
    config = app.extensions["huifang"]
    files = [*uploads.kept_in(config.data), config.data / "secret-key", config.data / "column-key"]
    return {path.name: path.read_bytes() for path in files if path.exists()}


def everything(app: Flask) -> tuple[Content, dict[str, bytes]]:
    content = snapshot(app, EVERYTHING), kept(app)
    with app.app_context():
        db.engine.dispose()
    return content


def assert_same(one: Flask, other: Flask) -> None:
    (rows, files), (other_rows, other_files) = everything(one), everything(other)
    assert not difference(rows, other_rows)
    assert rows == other_rows
    assert files == other_files


def assert_well(app: Flask) -> None:
    with app.app_context():
        assert [f.text for f in checkup.checkup(app.extensions["huifang"], repair=False) if not f.ok] == []
        assert sealing.check().links > 0
        db.session.rollback()
        db.engine.dispose()
