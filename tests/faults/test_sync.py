"""What was answered with success is on disk: seen in the calls of the process that answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.servers import Server, again, facts, serving
from tests.faults.tracing import traced

pytestmark = pytest.mark.extra

CALLS = "read,recvfrom,write,writev,sendto,pwrite64,fsync,fdatasync"
ASKED = re.compile(r'(?:read|recvfrom)\(.*"POST /customers HTTP')
ANSWERED = re.compile(r'(?:write|writev|sendto)\(.*"HTTP/1\.1 303')
WRITTEN = re.compile(r"pwrite64\(\d+<[^>]*/huifang\.db-wal>")
SYNCED = re.compile(r"(?:fsync|fdatasync)\(\d+<[^>]*/huifang\.db-wal>")


@pytest.fixture
def server(app: Flask, folder: Path) -> Iterator[Server]:
    """One web worker, so that there is one process to look at."""
    with serving(folder, app.extensions["huifang"].database_url, workers=1, jobs=False) as running:
        yield running


def test_a_customer_is_synced_to_disk_before_the_answer(server: Server, tmp_path: Path) -> None:
    visitor, log = server.visitor("manager"), tmp_path / "strace.log"
    with traced(server.web_workers(), log, "-e", f"trace={CALLS}"):
        assert again(visitor).post("/customers", facts("On disk")).status == 303
    calls = log.read_text(errors="replace").splitlines()
    asked, answered = only(ASKED, calls), only(ANSWERED, calls)
    between = calls[asked:answered]
    writes, syncs = places(WRITTEN, between), places(SYNCED, between)
    assert writes and syncs, "\n".join(between)
    assert writes[-1] < syncs[-1], "something was written after the last sync"


def places(pattern: re.Pattern[str], calls: list[str]) -> list[int]:
    return [place for place, call in enumerate(calls) if pattern.search(call)]


def only(pattern: re.Pattern[str], calls: list[str]) -> int:
    found = places(pattern, calls)
    assert len(found) == 1, (pattern.pattern, found)
    return found[0]
