"""The end of a server: told to stop under load it finishes what it took on; killed, it leaves nobody behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bench.visitor import Visitor
from core.serving import PATIENCE_S
from tests.faults.servers import BROKEN, Server, again, children, facts, lives, until

pytestmark = pytest.mark.extra

PEOPLE = 8
GONE_WITHIN_S = 15


def test_told_to_stop_it_finishes_what_it_took_on(server: Server, folder: Path) -> None:
    visitor, acknowledged = server.visitor("manager"), list[str]()
    until(server.job_worker, "the job worker is there")
    processes = [server.process.pid, *children(server.process.pid)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        unanswered = [pool.submit(write_until_refused, visitor, n, acknowledged) for n in range(PEOPLE)]
        until(lambda: len(acknowledged) > PEOPLE, "customers are made")
        begin = time.monotonic()
        server.process.terminate()
        server.process.wait(PATIENCE_S)
        lasted = time.monotonic() - begin
    assert server.process.returncode == 0, server.said()
    assert lasted < PATIENCE_S / 2
    assert not [pid for pid in processes if lives(pid)]
    present = names_in(folder / "huifang.db")
    assert sorted(present) == sorted(acknowledged), [name for one in unanswered for name in one.result()]
    assert "Traceback" not in server.said()


def write_until_refused(visitor: Visitor, person: int, acknowledged: list[str]) -> list[str]:
    """Make customers until nobody answers any more; answers the name that was sent last."""
    number = 0
    while True:
        number += 1
        name = f"Late {person} {number}"
        try:
            answer = again(visitor).post("/customers", facts(name))
        except BROKEN:
            return [name]
        if answer.status == 303:
            acknowledged.append(name)


def test_nobody_stays_when_the_server_is_killed(server: Server) -> None:
    worker = until(server.job_worker, "the job worker is there")
    until(lambda: (Path(server.environment["HUIFANG_DATA"]) / "queue.db").exists(), "it works")
    processes = children(server.process.pid)
    assert worker in processes
    os.kill(server.process.pid, signal.SIGKILL)
    until(lambda: not any(map(lives, processes)), "all its processes have ended", GONE_WITHIN_S)


def names_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [name for (name,) in database.execute("SELECT name FROM customers")]
