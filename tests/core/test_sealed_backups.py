"""The seal of the trail through an update, a backup, a restore and a move to the other database."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, select, text

from app import create_app
from core import anchoring, backup, journal, schema, sealing
from core.backup_faults import BackupRefused
from core.config import Config
from core.db import db, set_mode
from core.journal import JournalEntry
from tests.company import a_customer
from tests.core.backups import assert_well, restored, saved
from tests.faults.servers import environment_of, flask


def entries(*kinds: str) -> None:
    db.session.rollback()
    for kind in kinds:
        journal.note(kind, username=kind)
    journal.write()


@pytest.fixture(autouse=True)
def sealed(app: Flask) -> None:
    with app.app_context():
        a_customer("甲")
        a_customer("乙")
        entries("one", "two")
        sealing.seal()


def moved(step: Callable[[], None]) -> None:
    db.session.rollback()
    db.engine.dispose()
    step()


def whole() -> sealing.Chain:
    chain = sealing.check()
    assert (chain.broken, chain.end, chain.slipped_in) == (None, None, [])
    db.session.rollback()
    return chain


def an_erased_set(reason: str) -> int:
    set_id = int(db.session.execute(text("SELECT min(set_id) FROM changes")).scalar() or 0)
    sealing.hold()
    db.session.execute(text("UPDATE change_sets SET reason = :r WHERE id = :id"), {"r": reason, "id": set_id})
    sealing.erase(sealing.SETS, [set_id])
    db.session.commit()
    return set_id


@pytest.mark.both_databases
def test_an_update_seals_the_journal_that_is_there(app: Flask) -> None:
    """Down and up again: the sets keep their chain, erased ones too, and the sealer comes to the journal."""
    with app.app_context():
        set_id = an_erased_set("first")
        an_erased_set("second")
        sealing.seal()
        links = whole().links
        rests = links - 2  # of the journal
        moved(lambda: downgrade(revision="0030"))
        kept = db.session.execute(text("SELECT set_id FROM erased_sets")).all()
        assert [row.set_id for row in kept] == [set_id]
        positions = db.session.execute(text("SELECT id FROM seals ORDER BY id")).scalars().all()
        assert positions == list(range(1, rests - 1)), "each set once, without gaps"
        moved(upgrade)
        assert schema.present() == schema.expected()
        chain = sealing.check()
        assert (chain.broken, chain.unsealed) == (None, 2)
        assert chain.end, "a chain that was made anew is told"
        sealing.accept_end()
        moved(journal.write)
        assert sealing.seal() == 3, "two and that the end was accepted"
        assert whole().unsealed == 0
        db.session.execute(text("UPDATE change_sets SET reason = 'x' WHERE id = :id"), {"id": set_id})
        assert sealing.check().broken is not None
        db.session.rollback()
        db.engine.dispose()


@pytest.mark.both_databases
def test_a_backup_brings_chain_and_anchor(
    app: Flask, database: str, elsewhere: Callable[[str], Flask]
) -> None:
    source = saved(app)
    other = "postgresql" if database == "sqlite" else "sqlite"
    for kind in (database, other):
        target = elsewhere(kind)
        restored(target, source)
        target = create_app(target.extensions["huifang"])
        assert_well(target)
        with target.app_context():
            assert anchoring.read() is not None
            entries("three")
            assert sealing.seal() == 1
            whole()
            db.engine.dispose()


def cut_off() -> None:
    """Somebody removes the last entry and its link."""
    last = "(SELECT max(row_id) FROM seals WHERE kind = 'entry')"
    db.session.execute(text(f"DELETE FROM journal_entries WHERE id = {last}"))
    db.session.execute(text(f"DELETE FROM seals WHERE kind = 'entry' AND row_id = {last}"))
    db.session.commit()


@pytest.mark.both_databases
def test_what_was_cut_off_before_a_backup_is_told_after_its_restore(
    app: Flask, database: str, elsewhere: Callable[[str], Flask]
) -> None:
    with app.app_context():
        cut_off()
        sealing.seal()
        assert sealing.check().end == sealing.CUT_OFF
        db.session.rollback()
    target = elsewhere(database)
    told = target.test_cli_runner().invoke(args=["restore", str(saved(app))])
    assert told.exit_code == 1
    assert "BAD  end of the chain" in told.output


@pytest.mark.both_databases
def test_an_older_backup_takes_its_anchor_along_and_the_journal_says_so(app: Flask, tmp_path: Path) -> None:
    source = shutil.copy(saved(app), tmp_path / "old.backup")
    with app.app_context():
        a_customer("后来的")
        entries("three", "four")
        sealing.seal()
        links = whole().links
        db.engine.dispose()
    told = app.test_cli_runner().invoke(args=["restore", str(source), "--force"])
    assert told.exit_code == 0, told.output
    with app.app_context():
        last = text("SELECT kind, details FROM journal_entries ORDER BY id DESC LIMIT 1")
        kind, details = db.session.execute(last).one()
        found = json.loads(details) if isinstance(details, str) else details
        assert (kind, found["before"], found["links"]) == ("restored", links, links - 3)
        whole()
        db.engine.dispose()


@pytest.mark.both_databases
def test_the_journal_says_that_a_backup_was_made(app: Flask, tmp_path: Path) -> None:
    told = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "a.backup")])
    assert told.exit_code == 0, told.output
    with app.app_context():
        last = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
        assert (last.kind, last.details) == ("backed_up", {"file": "a.backup", "encrypted": False})


@pytest.mark.both_databases
def test_a_backup_from_before_there_were_anchors(app: Flask) -> None:
    source = saved(app)
    with tarfile.open(source) as archive:
        assert f"keys/{anchoring.NAME}" in archive.getnames()
    with app.app_context():
        anchoring.remove()
        db.session.commit()
    source = saved(app)
    with app.app_context():
        entries("three")
        sealing.seal()
        db.engine.dispose()
    restored(app, source, force=True)
    with app.app_context():
        assert anchoring.read() is None
        assert whole().anchor is None
        db.engine.dispose()


@pytest.mark.both_databases
def test_a_missing_anchor_is_told_after_a_restore_in_the_same_place(app: Flask) -> None:
    (app.extensions["huifang"].data / anchoring.NAME).unlink()
    told = app.test_cli_runner().invoke(args=["restore", str(saved(app)), "--force"])
    assert told.exit_code == 1 and "BAD  end of the chain" in told.output


def test_an_older_copy_of_the_database_is_told_and_can_be_accepted(app: Flask) -> None:
    """Not by `flask restore`: by a copy of the file, or another program."""
    data = app.extensions["huifang"].data
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        moved(lambda: None)
    shutil.copy(data / "huifang.db", data / "old")
    with app.app_context():
        entries("three", "four")
        sealing.seal()
        db.session.remove()
        db.engine.dispose()
    (data / "old").replace(data / "huifang.db")
    run = app.test_cli_runner().invoke
    told = run(args=["doctor"])
    assert told.exit_code == 1 and "an older copy of the database" in told.output
    with app.app_context():
        entries("five")
        sealing.seal(everything=True)
    assert run(args=["doctor"]).exit_code == 1, "what comes after it does not hide it"
    assert run(args=["doctor", "--accept-end"]).exit_code == 0
    assert run(args=["doctor"]).exit_code == 0


@pytest.mark.both_databases
def test_the_anchor_of_a_backup_is_never_ahead_of_its_chain(
    app: Flask, database: str, elsewhere: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = backup.snapshot

    @contextmanager
    def sealed_meanwhile(config: Config, place: Path) -> Iterator[Connection]:
        with snapshot(config, place) as connection:
            with app.app_context():
                set_mode(writing=True)
                entries("three")
                sealing.seal()
            yield connection

    monkeypatch.setattr(backup, "snapshot", sealed_meanwhile)
    source = saved(app)
    target = elsewhere(database)
    restored(target, source)
    with target.app_context():
        assert sealing.check().end is None
        db.session.rollback()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "another file": lambda _data: b"no backup at all",
    "empty": lambda _data: b"",
    "altered": lambda data: data[:-20] + b"x" + data[-19:],
}


@pytest.mark.parametrize(
    "damage",
    ["altered", *(pytest.param(name, marks=pytest.mark.extra) for name in ("cut", "another file", "empty"))],
)
def test_a_refused_restore_leaves_nothing_where_there_was_nothing(
    app: Flask, tmp_path: Path, damage: str
) -> None:
    whole_file, broken = saved(app), tmp_path / "broken"
    broken.write_bytes(BROKEN[damage](whole_file.read_bytes()))
    for made_before in (False, True):
        folder = tmp_path / f"new-{made_before}"
        if made_before:
            folder.mkdir(mode=0o700)
        settings = environment_of(folder, f"sqlite:///{folder / 'huifang.db'}")
        told = flask({**settings, "HUIFANG_DATABASE_URL": ""}, "restore", str(broken))
        assert told.returncode == 1 and "broken" in told.stderr
        assert folder.exists() == made_before
        assert not made_before or not list(folder.iterdir())


@pytest.mark.both_databases
def test_a_restore_that_fails_at_the_end_leaves_nothing_either(
    full: Flask, elsewhere: Callable[[str], Flask], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the files that were put in their places before the database could not be brought up."""
    source = saved(full)
    target = elsewhere(database)
    data = target.extensions["huifang"].data
    before = {path.name for path in data.iterdir()}

    def refused(*_given: object, **_facts: object) -> None:
        raise BackupRefused("rows that point nowhere")

    monkeypatch.setattr("core.restore_target.events.tell", refused)
    with pytest.raises(BackupRefused):
        restored(target, source)
    left = {path.name for path in data.iterdir()} - {"huifang.db", "huifang.db-wal", "huifang.db-shm"}
    assert left == before - {"huifang.db"}
