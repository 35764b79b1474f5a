"""kill -9 of what answers requests, in a burst of writes: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from bench.visitor import Visitor
from tests.faults.servers import Server, facts, persistent, until

pytestmark = pytest.mark.extra

PEOPLE, KILLS, BETWEEN = 8, 5, 7


def test_what_was_acknowledged_is_there_once(server: Server, folder: Path) -> None:
    visitor, enough, acknowledged = server.visitor("manager"), Event(), list[str]()
    with ThreadPoolExecutor(PEOPLE) as pool:
        writing = [pool.submit(write, visitor, person, enough, acknowledged) for person in range(PEOPLE)]
        try:
            for kill in range(KILLS):
                seen = len(acknowledged)
                until(lambda seen=seen: len(acknowledged) >= seen + BETWEEN, "customers are made")
                os.kill(sorted(server.web_workers())[kill % 2], signal.SIGKILL)
        finally:
            enough.set()
    assert not [error for one in writing if (error := one.exception())]
    assert Counter(names_in(folder / "huifang.db")) == Counter(acknowledged)
    until(lambda: "not sealed yet: 0" in server.flask("doctor").stdout, "the trail is sealed")
    checked = server.flask("doctor")
    assert checked.returncode == 0, checked.stdout + server.said()[-2_000:]


def write(visitor: Visitor, person: int, enough: Event, acknowledged: list[str]) -> None:
    """Make one customer after the other, each with a form of its own; note the names that were acknowledged."""
    number = 0
    while not enough.is_set():
        number += 1
        name = f"Burst {person} {number}"
        answer = persistent(visitor, "/customers", facts(name))
        assert answer.status == 303, answer.text[:500]
        acknowledged.append(name)


def names_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [name for (name,) in database.execute("SELECT name FROM customers")]
