"""The seal of the trail: every change set and entry gets its link, and whatever was altered afterwards is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, text, update

from core import anchoring, clock, journal, sealing, seals
from core.db import db
from core.erasures import Erasure
from core.journal import JournalEntry
from tests.company import a_customer
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases
TABLES = {"set": "change_sets", "entry": "journal_entries"}
HUNDRED_YEARS = timedelta(days=36_500)


def entries(*kinds: str) -> None:
    """Entries of the journal, each with a detail of its own."""
    db.session.rollback()
    for kind in kinds:
        journal.note(kind, username=f"说 {kind}")
    journal.write()


@pytest.fixture(autouse=True)
def sealed(app: Flask) -> None:
    """A company with three customers and three entries of the journal, all sealed."""
    with app.app_context():
        for name in ("甲", "乙", "丙"):
            a_customer(name)
        entries("one", "two", "three")
        sealing.seal()


def run(*statements: str, **values: object) -> None:
    for statement in statements:
        db.session.execute(text(statement), values)
    db.session.commit()


def forget_end() -> None:
    """No anchor was ever let down."""
    anchoring.remove()
    db.session.commit()


def altered(app: Flask, *statements: str, **values: object) -> sealing.Chain:
    with app.app_context():
        run(*statements, **values)
        chain = sealing.check()
        db.session.rollback()
        return chain


def last_rows(kind: str, count: int) -> list[tuple[int, int]]:
    """Position and id of the last rows of a kind, in the order of the chain."""
    found = text("SELECT id, row_id FROM seals WHERE kind = :kind ORDER BY id DESC LIMIT :count")
    return sorted(tuple(row) for row in db.session.execute(found, {"kind": kind, "count": count}))


def test_every_row_has_a_link_and_the_chain_is_whole(app: Flask) -> None:
    with app.app_context():
        chain = sealing.check()
        rows = sum(
            db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in TABLES.values()
        )
        assert chain.links == rows
        assert (chain.broken, chain.end, chain.unsealed, chain.is_late) == (None, None, 0, False)
        assert chain.anchor is not None and chain.anchor.position == chain.links
        assert not chain.slipped_in
        assert sealing.seal() == 0


FIELDS = {
    "set": (
        "actor = 'somebody else'",
        "on_day = '2020-01-01'",
        "user_id = 1",
        "reason = 'x'",
        "address = 'x'",
    ),
    "entry": ("actor = 'somebody else'", "kind = 'x'", "user_id = 1", "details = '{}'", "record_id = 7"),
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in FIELDS for field in FIELDS[kind]])
def test_a_changed_field_is_found_where_it_is(app: Flask, kind: str, field: str) -> None:
    with app.app_context():
        (place, row), _last = last_rows(kind, 2)
    chain = altered(app, f"UPDATE {TABLES[kind]} SET {field} WHERE id = :row", row=row)
    assert (chain.broken, chain.at_fault) == (place, (kind, row))


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE changes SET record_id = record_id + 1 WHERE set_id = :row",
        "UPDATE changes SET before = NULL, after = NULL WHERE set_id = :row",
        "DELETE FROM changes WHERE set_id = :row",
        "INSERT INTO changes (set_id, action, record_table, record_id, root_table, record_version)"
        " VALUES (:row, 'update', 'customers', 1, 'customers', 1)",
    ],
)
def test_an_altered_change_is_found(app: Flask, alteration: str) -> None:
    with app.app_context():
        run("UPDATE changes SET after = '{}' WHERE set_id = (SELECT max(id) FROM change_sets)")
        sealing.erase(sealing.SETS, [last_rows("set", 1)[0][1]])
        db.session.commit()
        ((place, row),) = last_rows("set", 1)
    assert altered(app, alteration, row=row).broken == place


ROW_AND_LINK = (
    "DELETE FROM changes WHERE set_id = :row AND :kind = 'set'",
    "DELETE FROM {table} WHERE id = :row",
)


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("with_link", [False, True])
def test_a_row_that_is_gone_from_the_middle_is_found(app: Flask, kind: str, with_link: bool) -> None:
    with app.app_context():
        (place, row), _last = last_rows(kind, 2)
    gone = [*ROW_AND_LINK, *(["DELETE FROM seals WHERE kind = :kind AND row_id = :row"] if with_link else [])]
    chain = altered(app, *(each.format(table=TABLES[kind]) for each in gone), row=row, kind=kind)
    assert chain.broken == place


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("count", [1, 2])
def test_an_end_that_was_cut_off_is_found(app: Flask, kind: str, count: int) -> None:
    with app.app_context():
        if kind == "set":  # which are last in the chain then
            a_customer("丁"), a_customer("戊")
            sealing.seal()
        cut = last_rows(kind, count)
        for _place, row in cut:
            gone = [*ROW_AND_LINK, "DELETE FROM seals WHERE kind = :kind AND row_id = :row"]
            run(*(each.format(table=TABLES[kind]) for each in gone), row=row, kind=kind)
        chain = sealing.check()
        assert (chain.broken, chain.end) == (None, sealing.CUT_OFF)
        entries("four", "five", "six")
        sealing.seal(everything=True)
        assert sealing.check().end == sealing.ANOTHER, "what came after it does not hide it"


@pytest.mark.parametrize("kind", TABLES)
def test_two_that_were_swapped_are_found(app: Flask, kind: str) -> None:
    table = TABLES[kind]
    with app.app_context():
        (place, one), (_last, two) = last_rows(kind, 2)
        run(
            f"UPDATE {table} SET actor = 'one' WHERE id = :one",
            "DELETE FROM seals WHERE id >= :place",
            one=one,
            place=place,
        )
        forget_end()
        sealing.seal(everything=True)
        assert sealing.check().broken is None
        place = next(place for place, row in last_rows(kind, 2) if row == one)
        swap = f"UPDATE {table} SET actor = (SELECT b.actor FROM {table} b WHERE b.id = :one + :two - {table}.id)"
    assert altered(app, f"{swap} WHERE id IN (:one, :two)", one=one, two=two).broken == place


@pytest.mark.parametrize("kind", TABLES)
def test_links_that_were_swapped_are_found(app: Flask, kind: str) -> None:
    with app.app_context():
        (place, one), (_last, two) = last_rows(kind, 2)
    swap = "UPDATE seals SET row_id = :one + :two - row_id WHERE kind = :kind AND row_id IN (:one, :two)"
    assert altered(app, swap, one=one, two=two, kind=kind).broken == place


@pytest.mark.parametrize("kind", TABLES)
def test_one_that_was_put_between_is_found(app: Flask, kind: str) -> None:
    """With a number that was free, as an insertion that was taken back leaves one; be it sealed since."""
    table = TABLES[kind]
    with app.app_context():
        columns = ", ".join(
            column.name for column in db.metadata.tables[table].columns if column.name not in ("id", "at")
        )
        row = last_rows(kind, 1)[0][1]
        free = -1
        if kind == "entry":
            entries("gone")
            free = db.session.execute(text("SELECT max(id) FROM journal_entries")).scalar()
            run("DELETE FROM journal_entries WHERE id = :free", free=free)
        for hours in (2, 4, 6):
            with clock.frozen(NOW + timedelta(hours=hours)):
                a_customer(f"后 {hours}")
                entries("later")
                sealing.seal()
        with clock.frozen(NOW + timedelta(hours=8)):
            old = db.session.execute(text(f"SELECT at FROM {table} WHERE id = :row"), {"row": row}).scalar()
            copy = f"INSERT INTO {table} (id, at, {columns}) SELECT :free, :old, {columns} FROM {table} WHERE id = :row"
            run(copy, free=free, row=row, old=old)
            assert sealing.check().is_late
            sealing.seal(everything=True)
            chain = sealing.check()
    assert (chain.broken, chain.slipped_in) == (None, [(kind, free)])


@pytest.mark.parametrize("column", ["link", "digest", "salt"])
def test_an_altered_link_is_found(app: Flask, database: str, column: str) -> None:
    zeros = "zeroblob(32)" if database == "sqlite" else "decode(repeat('00', 32), 'hex')"
    with app.app_context():
        (place, _row), _last = last_rows("entry", 2)
    assert altered(app, f"UPDATE seals SET {column} = {zeros} WHERE id = :place", place=place).broken == place


@pytest.mark.parametrize("kind", TABLES)
def test_a_chain_that_was_made_anew_is_found(app: Flask, kind: str) -> None:
    with app.app_context():
        run(f"UPDATE {TABLES[kind]} SET actor = 'somebody else'", "DELETE FROM seals")
        sealing.seal(everything=True)
        chain = sealing.check()
        assert (chain.broken, chain.end) == (None, sealing.ANOTHER)


@pytest.mark.parametrize("kind", TABLES)
def test_nobody_pretends_an_erasure(app: Flask, kind: str) -> None:
    with app.app_context():
        (place, row), _last = last_rows(kind, 2)
    forget = f"UPDATE {TABLES[kind]} SET actor = 'somebody else' WHERE id = :row"
    assert (
        altered(app, "UPDATE seals SET salt = NULL WHERE id = :place", forget, place=place, row=row).broken
        == place
    )


@pytest.mark.parametrize("kind", TABLES)
def test_what_was_erased_by_law_leaves_a_chain_that_holds(app: Flask, kind: str) -> None:
    table, sealed = TABLES[kind], seals.KINDS[kind]
    with app.app_context():
        rows = [row for _place, row in last_rows(kind, 2)]
        for times in ("one", "two"):
            sealing.hold()
            run(f"UPDATE {table} SET actor = :actor WHERE id IN ({rows[0]}, {rows[1]})", actor=times)
            sealing.erase(sealed, rows)
            db.session.commit()
            sealing.seal()
            chain = sealing.check()
            assert (chain.broken, chain.end, chain.unsealed, chain.slipped_in) == (None, None, 0, [])
        place = last_rows(kind, 2)[0][0]
    assert altered(app, f"UPDATE {table} SET actor = 'x' WHERE id = :row", row=rows[0]).broken == place


def test_what_was_read_before_an_erasure_is_not_sealed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums of a batch are made while others write: an erasure that comes between has them made anew."""
    append = sealing._is_appended

    def erased_meanwhile(batch: sealing.Batch) -> bool:
        monkeypatch.setattr(sealing, "_is_appended", append)
        db.session.execute(update(JournalEntry).values(details={}))
        sealing.erase(sealing.ENTRIES, [row for _place, row in last_rows("entry", 9)])
        db.session.execute(
            insert(Erasure).execution_options(recorded=True),
            {"record_table": "customers", "record_id": 9, "number_hash": "x", "at": NOW, "ground": "asked",
             "version": 1, "created_at": NOW, "updated_at": NOW},
        )  # fmt: skip
        db.session.commit()
        assert not append(batch)
        return False

    with app.app_context():
        entries("four")
        monkeypatch.setattr(sealing, "_is_appended", erased_meanwhile)
        assert sealing.seal() == 1
        chain = sealing.check()
        assert (chain.broken, chain.unsealed) == (None, 0)


def test_a_row_that_commits_late_is_sealed_behind_the_others(app: Flask) -> None:
    with app.app_context():
        links = sealing.check().links
        run("DELETE FROM seals")
        forget_end()
        assert sealing.seal() == links


def test_sealing_goes_on_where_it_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    with app.app_context():
        links = sealing.check().links
        run("DELETE FROM seals")
        forget_end()
        assert sealing.seal(most_s=0) == 4, "two of each kind"
        sealing.seal()
        chain = sealing.check()
        assert (chain.links, chain.broken, chain.unsealed, chain.end) == (links, None, 0, None)


@pytest.mark.parametrize("write", [lambda: a_customer("丁"), lambda: entries("four")], ids=TABLES)
def test_waiting_for_an_hour_means_that_nobody_seals(app: Flask, write: Callable[[], object]) -> None:
    with app.app_context():
        write()
        assert not sealing.check().is_late
        with clock.frozen(NOW + sealing.LATE + timedelta(minutes=1)):
            assert sealing.check().is_late


def test_old_rows_that_a_sealer_is_coming_to_are_not_late(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update the sealer has years to catch up with."""
    monkeypatch.setattr(sealing, "BATCH", 2)
    with app.app_context():
        run("DELETE FROM seals")
        forget_end()
        with clock.frozen(NOW + HUNDRED_YEARS):
            assert sealing.check().is_late
            sealing.seal(most_s=0)
            chain = sealing.check()
            assert chain.unsealed and not chain.is_late


def test_seals_from_before_a_column_hold(app: Flask) -> None:
    """A change says nothing of a second record where it has none, as when there was no column for it."""
    with app.app_context():
        run("UPDATE changes SET also_id = NULL")
        set_id = db.session.execute(text("SELECT min(set_id) FROM changes")).scalar()
        rows = db.session.execute(text(f"SELECT * FROM changes WHERE set_id = {set_id}")).mappings().all()
        said = [seals.said(row) for row in rows]
        assert all("also_id" in row for row in rows) and not any("also_id" in row for row in said)
        assert sealing.check().broken is None
    assert altered(app, f"UPDATE changes SET also_id = 1 WHERE set_id = {set_id}").broken is not None


def test_the_doctor_says_what_is_wrong_and_takes_the_end_only_when_told(app: Flask) -> None:
    run_command = app.test_cli_runner().invoke
    with app.app_context():
        ((place, row),) = last_rows("entry", 1)
        run(
            "DELETE FROM journal_entries WHERE id = :row",
            "DELETE FROM seals WHERE id >= :place",
            row=row,
            place=place,
        )
    for _again in range(2):
        told = run_command(args=["doctor"])
        assert told.exit_code == 1
        assert f"BAD  end of the chain: it had {place} links" in told.output
    accepted = run_command(args=["doctor", "--accept-end"])
    assert "end of the chain: as written down" in accepted.output
    with app.app_context():
        entry = db.session.execute(
            text("SELECT kind, details FROM journal_entries ORDER BY id DESC LIMIT 1")
        ).one()
        assert entry.kind == "end_accepted" and str(place) in str(entry.details)


def test_the_doctor_names_the_row_that_was_altered(app: Flask) -> None:
    with app.app_context():
        (place, row), _last = last_rows("entry", 2)
        run("UPDATE journal_entries SET address = 'x' WHERE id = :row", row=row)
    told = app.test_cli_runner().invoke(args=["doctor"]).output
    assert f"broken at link {place}, journal entry {row}" in told
    assert "ok   journal entries not sealed yet: 0" in told


def test_an_anchor_that_cannot_be_read_is_said(app: Flask) -> None:
    path = Path(app.extensions["huifang"].data) / anchoring.NAME
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("{")
    with app.app_context():
        entries("four")
        sealing.seal(everything=True)
        assert sealing.check().end == sealing.UNREADABLE
    assert path.read_text() == "{"


def test_an_anchor_that_is_gone_is_told_until_it_is_accepted(app: Flask) -> None:
    """Whoever removes it, and then an end of the trail, must not find it made anew a few seconds later."""
    path = Path(app.extensions["huifang"].data) / anchoring.NAME
    path.unlink()
    run_command = app.test_cli_runner().invoke
    with app.app_context():
        entries("four")
        sealing.seal(everything=True)
        assert not path.exists()
        assert sealing.check().end == sealing.GONE
        db.session.rollback()
    told = run_command(args=["doctor"])
    assert told.exit_code == 1 and "BAD  end of the chain" in told.output and "is gone" in told.output
    assert run_command(args=["doctor", "--accept-end"]).exit_code == 0
    assert path.exists() and run_command(args=["doctor"]).exit_code == 0


def test_a_data_folder_that_is_new_to_the_database_is_no_alarm(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a second machine on the same database, or one that was moved without its anchor."""
    path = Path(app.extensions["huifang"].data) / anchoring.NAME
    path.unlink()
    monkeypatch.setattr("core.anchoring.socket.gethostname", lambda: "another")
    with app.app_context():
        assert sealing.check().end is None
        sealing.seal()
        assert path.exists() and sealing.check().end is None
        path.unlink()
        assert sealing.check().end == sealing.GONE


def test_an_anchor_from_before_it_was_expected_is_expected_from_then_on(app: Flask) -> None:
    path = Path(app.extensions["huifang"].data) / anchoring.NAME
    with app.app_context():
        run("DELETE FROM counters WHERE name LIKE 'trail-anchor%'")
        sealing.seal()
        path.unlink()
        assert sealing.check().end == sealing.GONE


def test_a_chain_of_which_nothing_is_left_can_be_accepted(app: Flask) -> None:
    with app.app_context():
        run("DELETE FROM seals")
        (Path(app.extensions["huifang"].data) / anchoring.NAME).unlink()
        assert sealing.check().end == sealing.GONE
        sealing.accept_end()
        db.session.rollback()
        assert sealing.check().end is None
