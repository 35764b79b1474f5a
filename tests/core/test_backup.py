"""Backup and restore: one moment of everything, on both databases and between them."""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select, text

from app import create_app
from blueprints.access.models import PendingSignIn, SignIn
from blueprints.office.models import StoredFile
from core import jobs, schema, uploads
from core.backup import back_up
from core.backup_faults import BackupRefused
from core.db import db
from core.restore_rows import write_lines
from tests.access.second_factors import given as second_factor_of
from tests.company import a_customer, the_user
from tests.core.backups import (
    PASSPHRASE,
    assert_same,
    assert_well,
    everything,
    restored,
    saved,
)
from tests.pages import Client

pytestmark = pytest.mark.usefixtures("quick_passphrases")


@pytest.mark.both_databases
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_what_was_saved_comes_back_elsewhere(
    full: Flask, database: str, elsewhere: Callable[[str], Flask], passphrase: str | None
) -> None:
    source = saved(full, passphrase)
    assert source.stat().st_mode & 0o777 == 0o600
    other = elsewhere(database)
    manifest = restored(other, source, passphrase)
    assert manifest.tables["customers"].rows == 3
    assert_same(full, other)
    assert_well(create_app(other.extensions["huifang"]))


def test_the_whole_company_moves_to_postgresql_and_back(
    full: Flask, elsewhere: Callable[[str], Flask]
) -> None:
    larger, back = elsewhere("postgresql"), elsewhere("sqlite")
    restored(larger, saved(full))
    restored(back, saved(larger))
    assert_same(full, larger)
    assert_same(full, back)
    for app in (larger, back):
        moved = create_app(app.extensions["huifang"])
        assert_well(moved)
        with moved.app_context():
            assert a_customer("新客户").id > 3, "an id was given twice"
            db.session.rollback()


@pytest.mark.both_databases
def test_ids_of_what_is_gone_are_not_given_again(
    full: Flask, database: str, elsewhere: Callable[[str], Flask]
) -> None:
    with full.app_context():
        gone = jobs.ask("access.cleaned").id
        db.session.commit()
        db.session.execute(text("DELETE FROM jobs"))
        db.session.commit()
    other = elsewhere("postgresql" if database == "sqlite" else "sqlite")
    restored(other, saved(full))
    with other.app_context():
        assert jobs.ask("access.cleaned").id > gone
        db.session.rollback()


@pytest.mark.both_databases
def test_a_backup_is_of_one_moment_while_people_write(full: Flask, elsewhere: Callable[[str], Flask]) -> None:
    """Each write adds a row of the same number to two tables; a copy with only one of them was torn."""
    stop, written = threading.Event(), [0]

    def write() -> None:
        with full.app_context():
            while not stop.is_set():
                number = f"w{len(written):06}"
                db.session.execute(text("INSERT INTO counters (name, value) VALUES (:n, 1)"), {"n": number})
                db.session.execute(
                    text(
                        "INSERT INTO tags (name, shadow, version, created_at, updated_at)"
                        " VALUES (:n, :n, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
                    ),
                    {"n": number},
                )
                db.session.commit()
                written.append(len(written))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while writer.is_alive() and len(written) < 20:
            time.sleep(0.01)
        before, source, after = len(written), saved(full), len(written)
        alive = writer.is_alive()
    finally:
        stop.set()
        writer.join()
    assert alive
    assert after > before, "nobody could write meanwhile"
    other = elsewhere("sqlite")
    manifest = restored(other, source)
    with other.app_context():
        counted = "SELECT count(*) FROM {} WHERE name LIKE 'w%'"
        rows = [db.session.scalar(text(counted.format(name))) for name in ("counters", "tags")]
        assert rows[0] == rows[1]
        db.session.rollback()
        db.engine.dispose()
    assert before <= manifest.tables["tags"].rows + 1 <= after + 1


@pytest.mark.both_databases
def test_data_are_replaced_only_when_asked_to(full: Flask) -> None:
    source = saved(full)
    at_the_time = everything(full)
    with full.app_context():
        a_customer("后来的客户")
        uploads.keep(b"later")
    later = everything(full)
    with pytest.raises(BackupRefused, match=r"holds data: \d+ .*--force"):
        restored(full, source)
    assert everything(full) == later
    restored(full, source, force=True)
    assert everything(full) == at_the_time


@pytest.mark.both_databases
def test_attached_files_come_back_where_they_are_looked_for(
    full: Flask, elsewhere: Callable[[str], Flask]
) -> None:
    other = elsewhere("sqlite")
    restored(other, saved(full))
    with other.app_context():
        file = db.session.scalars(select(StoredFile)).one()
        path = uploads.path_of(file.stored_as)
        assert path.parent.name == file.stored_as[:2] and path.stat().st_size == file.size == 5_000
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
        db.session.rollback()
    assert_well(other)


@pytest.mark.both_databases
def test_no_session_outlives_a_restore(full: Flask) -> None:
    person = Client(full).signed_in_as("sales1a")
    with full.app_context():
        db.session.add(PendingSignIn(token_hash="7" * 64, user_id=the_user("sales1a").id))
        db.session.commit()
    assert person.get("/me").status == 200
    restored(full, saved(full), force=True)
    assert person.get("/me").response.headers["Location"].startswith("/sign-in")
    with full.app_context():
        assert db.session.scalar(select(func.count()).select_from(PendingSignIn)) == 0
        assert db.session.scalar(select(SignIn.ended_at)) is not None


@pytest.mark.parametrize("text", ["damaged", "A" * 88, None])
def test_a_lost_column_key_comes_back_with_a_restore(full: Flask, text: str | None) -> None:
    second_factor_of(full, "sales1a")
    config, source = full.extensions["huifang"], saved(full)
    key = config.data / "column-key"
    right = key.read_text()
    if text is None:
        key.unlink()
    else:
        key.write_text(text)
    config.data.chmod(0o700)
    everything(full)
    damaged = create_app(config)
    doctor = damaged.test_cli_runner().invoke(args=["doctor"])
    assert "BAD  The column key" in doctor.output, doctor.output
    done = damaged.test_cli_runner().invoke(args=["restore", str(source), "--force"])
    assert "all is well" in done.output, done.output
    assert key.read_text() == right


def test_a_backup_with_a_key_that_does_not_fit_says_so(full: Flask) -> None:
    second_factor_of(full, "sales1a")
    config = full.extensions["huifang"]
    (config.data / "column-key").unlink()
    everything(full)
    done = create_app(config).test_cli_runner().invoke(args=["backup", str(config.data / "b.backup")])
    assert done.exit_code == 1 and "BAD  The column key" in done.output
    assert (config.data / "b.backup").exists()


@pytest.mark.both_databases
def test_rows_that_arrive_altered_are_found(
    full: Flask, elsewhere: Callable[[str], Flask], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def altering(connection: Any, table: Any, columns: Any, blocks: Any) -> None:
        write_lines(connection, table, columns, (b.replace("青".encode(), "清".encode()) for b in blocks))

    other = elsewhere(database)
    monkeypatch.setattr("core.restore.write_lines", altering)
    with pytest.raises(BackupRefused, match="did not arrive"):
        restored(other, saved(full))


@pytest.mark.both_databases
def test_a_restore_that_fails_on_the_way_leaves_everything(
    full: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = saved(full)
    with full.app_context():
        a_customer("后来的客户")
    later = everything(full)

    def fail(*_arguments: Any) -> None:
        raise BackupRefused("no space")

    monkeypatch.setattr("core.restore._compare", fail)
    with pytest.raises(BackupRefused, match="no space"):
        restored(full, source, force=True)
    assert everything(full) == later


def test_an_installation_that_runs_is_not_replaced(full: Flask) -> None:
    source = saved(full)
    with closing(sqlite3.connect(full.extensions["huifang"].data / "huifang.db")) as running:
        running.execute("SELECT count(*) FROM users").fetchone()
        with pytest.raises(BackupRefused, match="Stop it"):
            restored(full, source, force=True)


@pytest.mark.both_databases
def test_an_earlier_schema_is_brought_up_to_this_one(full: Flask, elsewhere: Callable[[str], Flask]) -> None:
    with full.app_context():
        db.session.execute(text("DELETE FROM seals"))
        db.session.commit()
        db.engine.dispose()
        downgrade(revision="0002")
    source = saved(full)
    other = elsewhere("sqlite")
    assert restored(other, source).schema == "0002"
    with other.app_context():
        assert schema.present() == schema.expected()
        db.session.rollback()
        db.engine.dispose()
    with full.app_context():
        upgrade()


def test_a_backup_is_not_overwritten_unasked(full: Flask) -> None:
    source = saved(full)
    with full.app_context(), pytest.raises(BackupRefused, match="is there already"):
        back_up(full.extensions["huifang"], source, None, force=False)


def test_a_backup_without_passphrase_is_a_plain_archive(full: Flask) -> None:
    with tarfile.open(saved(full)) as archive:
        names = archive.getnames()
    assert names[-1] == "manifest.json"
    assert {"keys/secret-key", "tables/customers/000001.jsonl"} <= set(names)


def test_nothing_half_done_stays(full: Flask) -> None:
    data = full.extensions["huifang"].data
    (data / "backup-work").mkdir()
    (data / "backup-work" / "copy.db").write_bytes(b"left behind by a killed backup")
    source = saved(full)
    assert not (data / "backup-work").exists()
    assert not list(source.parent.glob("*.part"))


def test_the_commands_say_what_they_did(
    full: Flask, tmp_path: Path, elsewhere: Callable[[str], Flask]
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n")
    folder = tmp_path / "backups"
    folder.mkdir()
    saving = full.test_cli_runner().invoke(args=["backup", str(folder), "--passphrase-file", str(secret)])
    assert saving.exit_code == 0, saving.output
    (source,) = folder.iterdir()
    assert source.name == "huifang-20261118-023000.backup"
    other = elsewhere("sqlite")
    without = other.test_cli_runner().invoke(args=["restore", str(source)])
    assert without.exit_code == 1
    assert "--passphrase-file" in without.output
    done = other.test_cli_runner().invoke(args=["restore", str(source), "--passphrase-file", str(secret)])
    assert "all is well" in done.output, done.output
    assert "everybody signs in again" in done.output
    assert done.exit_code == 0


def test_a_short_passphrase_is_refused(full: Flask, tmp_path: Path) -> None:
    target = tmp_path / "a.backup"
    said = full.test_cli_runner().invoke(
        args=["backup", str(target)], env={"HUIFANG_BACKUP_PASSPHRASE": "short"}
    )
    assert "at least 10" in said.output
    assert not target.exists()
