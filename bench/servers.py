"""Application and floors, each under its own gunicorn of the same make."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATION, FLOORS = "bench.counted:create()", "bench.floors.application:create()"
PATIENCE_S = 60
KEPT_ALIVE_S = "3600"  # somebody who waits while slow floors are asked comes back


@contextmanager
def serving(what: str, environment: dict[str, str], log: Path) -> Iterator[int]:
    """A server with one worker of four threads; yields its port."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "1", "--threads", "4",
        "--keep-alive", KEPT_ALIVE_S, "--no-control-socket", "--bind", f"127.0.0.1:{port}", what,
    ]  # fmt: skip
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment_with(environment), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(port, server, log)
            yield port
        finally:
            server.terminate()
            server.wait()


def environment_with(settings: dict[str, str]) -> dict[str, str]:
    """The environment of this process, with these settings."""
    return {**os.environ, **settings}


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers. Raises RuntimeError for one that does not."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"A server did not start: {log.read_text(errors='replace')[-2000:]}")
