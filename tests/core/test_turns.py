"""Writers on SQLite come in their order, wait for a while, and leave their turn whatever happens."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core import turns
from core.db import db, reading
from core.turns import Turns


def test_whoever_has_waited_longest_is_next() -> None:
    lock, order = Turns(), list[int]()
    assert lock.take(0)

    def wait(number: int) -> None:
        assert lock.take(10)
        order.append(number)
        lock.give_back()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(lock._waiting) < number:
            time.sleep(0.001)
    lock.give_back()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]


def test_whoever_gave_up_is_passed_over() -> None:
    lock = Turns()
    assert lock.take(0)
    assert not lock.take(0.01)
    lock.give_back()
    assert lock.take(0)


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(turns, "BUSY_TIMEOUT_MS", 100)
    return app


def test_a_writer_is_refused_while_another_writes_and_not_after(impatient: Flask) -> None:
    with impatient.app_context(), db.engine.connect() as first, db.engine.connect() as second:
        first.execute(text("UPDATE counters SET value = value"))
        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("SELECT 1"))
        second.rollback()
        first.commit()
        assert second.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("end", ["commit", "rollback", "close", "invalidate"])
def test_a_turn_ends_with_the_transaction_however_that_ends(impatient: Flask, end: str) -> None:
    with impatient.app_context(), db.engine.connect() as first, db.engine.connect() as second:
        first.execute(text("UPDATE counters SET value = value"))
        getattr(first, end)()
        assert second.execute(text("SELECT 1")).scalar() == 1


def test_readers_wait_for_nobody(impatient: Flask) -> None:
    with impatient.app_context(), db.engine.connect() as writer:
        writer.execute(text("UPDATE counters SET value = value"))
        with reading(), db.engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM users")).scalar()


def test_writers_that_come_again_and_again_let_each_other_in(app: Flask) -> None:
    """Eight of them hold the database for 20 ms each: nobody has to wait for much more than one round."""
    waits: list[float] = []
    until = time.monotonic() + 2

    def write() -> None:
        while time.monotonic() < until:
            came = time.monotonic()
            with app.app_context(), db.engine.begin():
                waits.append(time.monotonic() - came)
                time.sleep(0.02)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(waits) < 1
