"""One data folder has one server: a second is refused, and one that follows the first waits for its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.servers import ROOT, Server, environment_of, facts, flask, free_port, serving

pytestmark = pytest.mark.extra


def second(server: Server, **settings: str) -> subprocess.CompletedProcess[str]:
    return flask({**server.environment, "HUIFANG_PORT": str(free_port()), **settings}, "serve")


def test_a_second_server_on_the_folder_is_refused_in_one_line(server: Server, folder: Path) -> None:
    refused = second(server)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Error: Another server is at work on {folder}. Stop it, or give this one a HUIFANG_DATA of its own.\n"
    )
    assert server.visitor("manager").get("/").status == 200


def test_commands_work_beside_a_server(server: Server, folder: Path, tmp_path: Path) -> None:
    assert "BAD" not in server.flask("doctor").stdout
    done = server.flask("backup", str(tmp_path / "beside.backup"))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_next_server_waits_for_the_end_of_the_one_before(
    server: Server, app: Flask, folder: Path, how: signal.Signals
) -> None:
    visitor = server.visitor("manager")
    assert visitor.post("/customers", facts("Before")).status == 303
    os.kill(server.process.pid, how)
    if how == signal.SIGKILL:
        server.process.wait()
    with serving(folder, app.extensions["huifang"].database_url) as following:
        assert following.visitor("manager").get("/customers").status == 200


HOLDER = """
import os, sys, time
from pathlib import Path
from core import locks
assert locks.become_server(Path(sys.argv[1]), 0)
if sys.argv[2] == "killed" and os.fork():
    os._exit(9)  # and what it started finishes what it has in hand
print("held", flush=True)
time.sleep(1)
if sys.argv[2] == "told":
    locks.say_ending()
time.sleep(4)
"""


@pytest.mark.parametrize("ends", ["told", "killed"])
def test_one_that_is_ending_is_waited_for_longer(app: Flask, folder: Path, ends: str) -> None:
    environment = environment_of(folder, "") | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HOLDER, str(folder), ends]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        begun = time.monotonic()
        if ends == "killed":  # its child may have spoken before it is gone
            assert holder.wait(timeout=10) == 9
        else:
            assert holder.poll() is None
        with serving(folder, app.extensions["huifang"].database_url):
            assert time.monotonic() - begun > 4
