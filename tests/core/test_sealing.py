"""The seal of the change trail: every set gets its link, and whatever was altered afterwards is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from core import clock, sealing
from core.db import db
from tests.company import a_customer
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def sealed(app: Flask) -> None:
    """A company with three customers whose trail is sealed."""
    with app.app_context():
        for name in ("甲", "乙", "丙"):
            a_customer(name)
        sealing.seal()


def altered(app: Flask, statement: str) -> sealing.Chain:
    with app.app_context():
        db.session.execute(text(statement))
        db.session.commit()
        return sealing.check()


def test_every_set_has_a_link_and_the_chain_is_whole(app: Flask) -> None:
    with app.app_context():
        chain = sealing.check()
        assert chain.links == db.session.execute(text("SELECT count(*) FROM change_sets")).scalar()
        assert (chain.broken, chain.unsealed, chain.is_late) == (None, 0, False)
        assert sealing.seal() == 0


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE change_sets SET actor = 'somebody else' WHERE id = {set}",
        "UPDATE change_sets SET on_day = '2020-01-01' WHERE id = {set}",
        "UPDATE changes SET record_id = record_id + 1 WHERE set_id = {set}",
        "DELETE FROM changes WHERE set_id = {set}",
        "UPDATE seals SET link = {zeros} WHERE set_id = {set}",
        "UPDATE seals SET digest = {zeros} WHERE set_id = {set}",
        "DELETE FROM seals WHERE set_id = {set}",
    ],
)
def test_an_alteration_is_found_where_it_is(app: Flask, database: str, alteration: str) -> None:
    with app.app_context():
        last_but_one = sealing.check().links - 1
        zeros = "zeroblob(32)" if database == "sqlite" else "decode(repeat('00', 32), 'hex')"
        set_id = db.session.execute(text(f"SELECT set_id FROM seals WHERE id = {last_but_one}")).scalar()
    assert altered(app, alteration.format(set=set_id, zeros=zeros)).broken == last_but_one


def test_an_added_change_is_found(app: Flask) -> None:
    chain = altered(
        app,
        "INSERT INTO changes (set_id, action, record_table, record_id, root_table, record_version)"
        " SELECT max(set_id), 'update', 'customers', 1, 'customers', 1 FROM seals",
    )
    assert chain.broken is not None


def test_what_was_erased_by_law_leaves_a_chain_that_holds(app: Flask) -> None:
    with app.app_context():
        set_id = db.session.execute(text("SELECT max(set_id) FROM seals")).scalar()
    chain = altered(app, f"UPDATE seals SET salt = NULL WHERE set_id = {set_id}")
    assert (
        altered(app, f"UPDATE changes SET after = NULL WHERE set_id = {set_id}").broken
        is chain.broken
        is None
    )


def test_a_set_that_commits_late_is_sealed_behind_the_others(app: Flask) -> None:
    with app.app_context():
        first = db.session.execute(text("SELECT min(set_id) FROM seals")).scalar()
        links = sealing.check().links
        db.session.execute(text("DELETE FROM seals"))
        db.session.execute(text("UPDATE change_sets SET at = at"))
        db.session.commit()
        assert sealing.seal() == links
        assert db.session.execute(text("SELECT id FROM seals WHERE set_id = :s"), {"s": first}).scalar() == 1


def test_waiting_for_an_hour_means_that_nobody_seals(app: Flask) -> None:
    with app.app_context():
        a_customer("丁")
        assert not sealing.check().is_late
        with clock.frozen(NOW + sealing.LATE + timedelta(minutes=1)):
            assert sealing.check().is_late


def test_seals_from_before_a_column_hold(app: Flask) -> None:
    """A change says nothing of a second record where it has none, as when there was no column for it."""
    with app.app_context():
        db.session.execute(text("UPDATE changes SET also_id = NULL"))
        set_id = db.session.execute(text("SELECT min(set_id) FROM changes")).scalar()
        rows = db.session.execute(text(f"SELECT * FROM changes WHERE set_id = {set_id}")).mappings().all()
        said = [sealing._said(row) for row in rows]
        assert all("also_id" in row for row in rows) and not any("also_id" in row for row in said)
        assert sealing.check().broken is None
    assert altered(app, f"UPDATE changes SET also_id = 1 WHERE set_id = {set_id}").broken is not None
