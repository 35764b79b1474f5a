"""kill -9 of what answers requests, in a burst of writes: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from bench.visitor import Visitor
from blueprints.customers.models import Customer
from core.db import db, reading
from tests.faults.servers import Server, facts, persistent, until

pytestmark = [pytest.mark.extra, pytest.mark.both_databases]

PEOPLE, KILLS, BETWEEN = 8, 5, 7


def test_what_was_acknowledged_is_there_once(app: Flask, server: Server) -> None:
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
    assert Counter(names_in(app)) == Counter(acknowledged)
    until(lambda: "not sealed yet: 0" in server.flask("doctor").stdout, "the trail is sealed")
    checked = server.flask("doctor")
    assert checked.returncode == 0, checked.stdout + server.said()[-2_000:]
    print(f"\n{KILLS} kills, {len(acknowledged)} customers acknowledged: lost 0, twice 0")


def write(visitor: Visitor, person: int, enough: Event, acknowledged: list[str]) -> None:
    """Make one customer after the other, each with a form of its own; note the names that were acknowledged."""
    number = 0
    while not enough.is_set():
        number += 1
        name = f"Burst {person} {number}"
        answer = persistent(visitor, "/customers", facts(name))
        assert answer.status == 303, (answer.status, re.sub("<[^>]+>|\\s+", " ", answer.text)[-3000:])
        acknowledged.append(name)


def names_in(app: Flask) -> list[str]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(Customer.name)))
