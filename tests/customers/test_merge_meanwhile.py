"""A merge, and what others write to its files at the same moment: nothing is lost on a file that is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from blueprints.customers import actions, merging
from blueprints.customers.models import ContactPoint, Customer, CustomerMerge
from blueprints.interactions import actions as interactions
from blueprints.interactions.models import Interaction
from blueprints.office import noting
from blueprints.office.models import Note
from core import changes, kinds
from core.db import db
from core.errors import Stale
from tests.company import a_customer, the_viewer

pytestmark = pytest.mark.both_databases

Write = Callable[[Customer], object]


def a_contact(file: Customer) -> None:
    """Somebody logs a contact."""
    said = {"channel": "phone", "outcome": "reached"}
    interactions.log_contact(file, said, by=the_viewer("manager"))


def a_point(file: Customer) -> None:
    """Somebody adds a number."""
    actions.add_point(file, "13900000009", kind="phone")


def a_note(file: Customer) -> None:
    """Somebody writes a note."""
    noting.write_note(kinds.kind_of(Customer), file, "x", by=the_viewer("manager"))


def an_edit(file: Customer) -> None:
    """Somebody saves the form of the file."""
    actions.update(file, {"city": "深圳"}, version=1)


def merge(ids: list[int]) -> None:
    """The manager merges the second file into the first, as both were when the page was opened."""
    files = [db.session.get_one(Customer, id) for id in ids]
    merging.merge(
        files, files[0], {}, versions=dict.fromkeys(ids, 1), owners_help=False, by=the_viewer("manager")
    )


def acting(app: Flask, work: Callable[[], object]) -> None:
    """In a transaction of its own, as the manager."""
    with app.app_context():
        manager = the_viewer("manager")
        with changes.acting(changes.Actor(manager.id, manager.name, "web")):
            work()
            db.session.commit()


@pytest.fixture
def ids(app: Flask) -> list[int]:
    with app.app_context():
        return [a_customer(name).id for name in ("恒达餐饮", "恒达")]


@pytest.mark.parametrize("write", [a_contact, a_point, a_note])
def test_what_is_written_first_moves_along(app: Flask, ids: list[int], write: Write) -> None:
    written, go_on = Event(), Event()

    def writing() -> None:
        write(db.session.get_one(Customer, ids[1]))
        db.session.flush()
        written.set()
        assert go_on.wait(30)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(acting, app, writing)
        assert written.wait(30)
        second: Future[None] = pool.submit(acting, app, lambda: merge(ids))
        with pytest.raises(StillWaiting):
            second.result(0.5)
        go_on.set()
        first.result(30)
        second.result(30)
    assert_whole(app, ids)


@pytest.mark.parametrize("write", [a_contact, a_point, a_note, an_edit])
def test_what_comes_too_late_is_refused(app: Flask, ids: list[int], write: Write) -> None:
    """The writer has looked for the file before it was merged, and writes to it afterwards."""
    merged, go_on = Event(), Event()

    def merging_it() -> None:
        merge(ids)
        merged.set()
        assert go_on.wait(30)

    def writing() -> None:
        file = db.session.get_one(Customer, ids[1])
        assert file.deleted_at is None or app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        if file.deleted_at is None:
            write(file)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(acting, app, merging_it)
        assert merged.wait(30)
        late: Future[None] = pool.submit(acting, app, writing)
        with pytest.raises(StillWaiting):
            late.result(0.5)
        go_on.set()
        first.result(30)
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
            late.result(30)  # it came to look only now, and has found it merged
        else:
            with pytest.raises((Stale, StaleDataError)):
                late.result(30)
    assert_whole(app, ids)


def test_of_two_merges_of_the_same_files_one_wins(app: Flask, ids: list[int]) -> None:
    merged, go_on = Event(), Event()

    def first_one() -> None:
        merge(ids)
        merged.set()
        assert go_on.wait(30)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(acting, app, first_one)
        assert merged.wait(30)
        second: Future[None] = pool.submit(acting, app, lambda: merge(ids[::-1]))
        with pytest.raises(StillWaiting):
            second.result(0.5)
        go_on.set()
        first.result(30)
        with pytest.raises(Stale):
            second.result(30)
    with app.app_context():
        assert [m.gone_id for m in db.session.scalars(select(CustomerMerge))] == [ids[1]]


def assert_whole(app: Flask, ids: list[int]) -> None:
    """Nothing hangs on the file that is gone."""
    with app.app_context():
        assert db.session.scalars(select(CustomerMerge)).one().gone_id == ids[1]
        for column in (Interaction.customer_id, ContactPoint.customer_id, Note.record_id):
            assert db.session.scalar(select(column).where(column == ids[1]).limit(1)) is None
