"""Backup and restore: one moment of everything, on both databases and between them; what is broken changes nothing."""

from __future__ import annotations

import json
import sqlite3
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import URL, func, select, text

from app import create_app
from blueprints.access.models import PendingSignIn, SignIn
from core import backup_cipher, backup_file, backup_writing, checkup, jobs, schema, sealing, uploads
from core.backup import back_up
from core.backup_faults import BackupRefused
from core.backup_file import Manifest
from core.db import db
from core.restore import restore
from core.restore_rows import write_lines
from tests.access.test_second_factor import given as second_factor_of
from tests.company import a_customer, the_user
from tests.conftest import installation
from tests.pages import Client
from tests.postgres import own_database
from tests.tables import Content, difference, snapshot

PASSPHRASE = "天青色等烟雨 forty-two"
EVERYTHING = frozenset[str]()


@pytest.fixture(autouse=True)
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


def rewritten(source: Path, change: Callable[[list[tuple[str, bytes]]], None]) -> None:
    """A backup with other parts, whose sum of the whole is right again."""
    with tarfile.open(source) as archive:
        found = [(m.name, archive.extractfile(m).read()) for m in archive]  # type: ignore[union-attr]
    change(found)
    with source.open("wb") as file:
        writer = backup_writing.PartWriter(file, None)
        for name, data in found:
            writer.add(name, data)
        writer._tar.close()
        writer._gzip.close()
        writer._summed.write(backup_file.TRAILER + writer._summed.sum.digest() + backup_file.TRAILER_END)


def swap_contents(found: list[tuple[str, bytes]]) -> None:
    (one, first), (other, second) = found[-3], found[-2]
    found[-3:-1] = [(one, second), (other, first)]


def told_newer(found: list[tuple[str, bytes]]) -> None:
    said = json.loads(found[-1][1])
    said["schema"] = "9999"
    found[-1] = (backup_file.MANIFEST, json.dumps(said).encode())


def flipped(source: Path, place: float) -> None:
    data = bytearray(source.read_bytes())
    data[int(len(data) * place)] ^= 1
    source.write_bytes(data)


def cut(source: Path, keep: int) -> None:
    source.write_bytes(source.read_bytes()[:keep])


def swap_chunks(source: Path) -> None:
    data, size = source.read_bytes(), backup_cipher.CHUNK + backup_cipher.TAG_BYTES
    head = len(backup_cipher.MAGIC) + backup_cipher.SALT_BYTES + backup_cipher.CHECK_BYTES
    one, other, rest = data[head : head + size], data[head + size : head + 2 * size], data[head + 2 * size :]
    assert rest
    source.write_bytes(data[:head] + other + one + rest)


DAMAGES: dict[str, tuple[Callable[[Path], None], str | None, str]] = {
    "flipped at the beginning": (lambda f: flipped(f, 0), None, "broken"),
    "flipped in the head of gzip": (lambda f: flipped(f, 0.00001), None, "broken"),
    "flipped": (lambda f: flipped(f, 0.5), None, "broken"),
    "flipped at the end": (lambda f: flipped(f, 0.99999), None, "broken"),
    "cut": (lambda f: cut(f, -1), None, "broken"),
    "cut before the sum": (lambda f: cut(f, -backup_file.TRAILER_BYTES), None, "broken"),
    "cut in the middle": (lambda f: cut(f, 5_000), None, "broken"),
    "empty": (lambda f: cut(f, 0), None, "broken"),
    "parts swapped": (lambda f: rewritten(f, swap_contents), None, "not the ones"),
    "a part gone": (lambda f: rewritten(f, lambda found: found.pop(-2) and None), None, "not the ones"),
    "no manifest": (lambda f: rewritten(f, lambda found: found.pop() and None), None, "no manifest"),
    "newer schema": (lambda f: rewritten(f, told_newer), None, "newer version.*Update Huifang"),
    "encrypted, flipped": (lambda f: flipped(f, 0.5), PASSPHRASE, "broken"),
    "encrypted, flipped at the end": (lambda f: flipped(f, 0.99999), PASSPHRASE, "broken"),
    "encrypted, cut": (lambda f: cut(f, -1), PASSPHRASE, "broken"),
    "encrypted, last chunk gone": (lambda f: cut(f, 49 + 16 + 1024), PASSPHRASE, "broken"),
    "encrypted, chunks swapped": (swap_chunks, PASSPHRASE, "chunk 1 is"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_broken_is_refused_and_changes_nothing(
    full: Flask, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_cipher, "CHUNK", 1024)
    spoil, passphrase, told = DAMAGES[damage]
    source = saved(full, passphrase)
    spoil(source)
    before = everything(full)
    with pytest.raises(BackupRefused, match=told):
        restored(full, source, passphrase, force=True)
    assert everything(full) == before


def test_a_wrong_passphrase_is_told(full: Flask) -> None:
    source = saved(full, PASSPHRASE)
    before = everything(full)
    with pytest.raises(BackupRefused, match="passphrase is not"):
        restored(full, source, "another passphrase", force=True)
    assert everything(full) == before
    assert "青禾".encode() not in source.read_bytes()


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
