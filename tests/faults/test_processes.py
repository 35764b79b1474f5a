"""The processes of a server: they share what they have loaded, and read the settings again when they are told to."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bench.soak import megabytes
from core.processes import JOBS
from tests.faults.servers import Server, again, is_job_worker, lives, serving, until

pytestmark = pytest.mark.extra

CLICKS, MOST_MB = 15, 300
PATHS = (
    "/",
    "/customers",
    "/customers?sort=next_contact",
    "/search?q=a",
    "/customers/new",
    "/me",
    "/admin/audit",
)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The configuration file of the server."""
    file = tmp_path / "huifang.conf"
    file.write_text("HUIFANG_SECRET_KEY = kT9-vQ2mZ7xL4nB8wR5cY1hJ6dF3gS0pA\n")
    return file


@pytest.fixture
def server(app: Flask, folder: Path, settings: Path) -> Iterator[Server]:
    url = app.extensions["huifang"].database_url
    with serving(folder, url, settings={"HUIFANG_CONFIG": str(settings)}) as running:
        yield running


def test_together_they_take_little_memory(server: Server) -> None:
    people = [server.visitor(name) for name in ("manager", "sales1a", "admin")]
    until(server.job_worker, "the job worker is there")
    for _click in range(CLICKS):
        for visitor in people:
            for path in PATHS:
                assert again(visitor).get(path).status in (200, 403), path
    assert megabytes(server.process.pid) < MOST_MB


def test_told_to_it_reads_its_settings_again(server: Server, settings: Path) -> None:
    visitor, worker = server.visitor("manager"), until(server.job_worker, "the job worker is there")
    before = [*server.web_workers(), worker]
    settings.write_text("HUIFANG_SECRET_KEY = another-3kT9vQ2mZ7xL4nB8wR5cY1hJ6dF3gS0\n")
    os.kill(server.process.pid, signal.SIGHUP)
    until(lambda: not any(map(lives, before)) and server.job_worker(), "other processes have taken over")
    assert len(server.web_workers()) == 2
    assert again(visitor).get("/").status == 303, "the cookie was signed with the secret of before"
    assert server.visitor("manager").get("/").status == 200
    assert "Traceback" not in server.said()


def test_settings_that_cannot_be_used_change_nothing(server: Server, settings: Path) -> None:
    visitor, before = server.visitor("manager"), server.web_workers()
    settings.write_text("HUIFANG_SECRET_KEY = short\n")
    os.kill(server.process.pid, signal.SIGHUP)
    until(lambda: not any(map(lives, before)), "other processes have taken over")
    assert again(visitor).get("/").status == 200
    assert "short or easily guessed" in server.said() and "Traceback" not in server.said()


def test_the_job_worker_is_begun_again_and_holds_nothing_of_the_server(server: Server) -> None:
    first = until(server.job_worker, "the job worker is there")
    held = {str(link.readlink()) for link in Path(f"/proc/{first}/fd").iterdir()}
    listening = {str(link.readlink()) for link in Path(f"/proc/{server.process.pid}/fd").iterdir()}
    assert not [name for name in held & listening if name.startswith("socket:")]
    os.kill(first, signal.SIGKILL)
    second = until(lambda: (found := server.job_worker()) != first and found, "another is there")
    assert is_job_worker(second) and (Path(f"/proc/{second}/comm").read_text().strip()) == JOBS
