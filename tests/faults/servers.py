"""A real `flask serve` over the database of a test: its processes, what they said, and people who click at once."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from bench.visitor import Answer, Visitor
from core.processes import JOBS
from tests.company import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60  # of tests: generous, for machines that are busy with other things
BROKEN = (OSError, http.client.HTTPException)
T = TypeVar("T")


@dataclass
class Server:
    """A server that runs: its main process, its port and what it was started with."""

    process: subprocess.Popen[bytes]
    port: int
    environment: dict[str, str]
    log: Path

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        return [pid for pid in children(self.process.pid) if not is_job_worker(pid)]

    def job_worker(self) -> int | None:
        """The process beside the server that does the jobs, if there is one at this moment."""
        return next(filter(is_job_worker, children(self.process.pid)), None)

    def visitor(self, username: str, password: str = PASSWORD) -> Visitor:
        """Somebody who has signed in."""
        visitor = Visitor(self.port)
        visitor.read_token("/sign-in")
        answer = visitor.post("/sign-in", {"username": username, "password": password})
        assert answer.status == 303, f"{answer.status} {answer.text[:2_000]} {self.said()}"
        visitor.read_token("/me")
        return visitor

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the installation."""
        return flask(self.environment, *arguments)

    def said(self) -> str:
        """What its processes have written so far."""
        return self.log.read_text(errors="replace")


@contextmanager
def serving(
    folder: Path,
    url: str,
    *,
    workers: int = 2,
    jobs: bool = True,
    settings: Mapping[str, str] | None = None,
    under: Sequence[str] = (),
) -> Iterator[Server]:
    """Serve the database of `url` with the data folder `folder` on a free port; no process of it stays.

    `under`: a command that runs it, and does not come between it and us.
    """
    environment = environment_of(folder, url) | {"HUIFANG_PORT": str(free_port())} | dict(settings or {})
    log = folder.with_name(f"{folder.name}.log")
    command = [
        *under,
        sys.executable,
        "-m",
        "flask",
        "serve",
        "--workers",
        str(workers),
        *([] if jobs else ["--no-jobs"]),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(process, int(environment["HUIFANG_PORT"]), environment, log)
    try:
        until(lambda: listens(server) and len(server.web_workers()) == workers, "the server answers")
        yield server
    finally:
        kill_all(f"HUIFANG_PORT={server.port}".encode())
        process.wait()


def kill_all(started_with: bytes) -> None:
    """Kill every process that has this setting in its environment, orphans too, and wait until none is left."""
    while found := [each for each in Path("/proc").glob("[0-9]*") if _was_started_with(each, started_with)]:
        for entry in found:
            with suppress(ProcessLookupError):
                os.kill(int(entry.name), signal.SIGKILL)
        time.sleep(0.02)


def _was_started_with(entry: Path, setting: bytes) -> bool:
    try:
        return setting in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def environment_of(folder: Path, url: str) -> dict[str, str]:
    """The settings of an installation, and nothing of ours around this test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUIFANG_", "FLASK_"))}
    return kept | {"HUIFANG_DATA": str(folder), "HUIFANG_DATABASE_URL": url}


def flask(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the installation with these settings."""
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def listens(server: Server) -> bool:
    """Whether something answers. Raises AssertionError with what the server said if it has ended."""
    assert server.process.poll() is None, server.said()
    try:
        if "HUIFANG_TLS_CERT" in server.environment:
            return _shakes_hands(server.port)
        return Visitor(server.port).get("/health").status in (200, 503)
    except BROKEN:
        return False


def _shakes_hands(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=2) as plain, context.wrap_socket(plain):
        return True


def until(true: Callable[[], T], what: str, seconds: float = PATIENCE_S) -> T:
    """Wait until something is true, and answer it. Raises AssertionError if it does not become so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"after {seconds} s still not: {what}")


def children(pid: int) -> list[int]:
    """The processes that a process started and that live."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _parent(entry) == pid]


def _parent(entry: Path) -> int | None:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state in "ZX" else int(parent)


def lives(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    return _parent(Path("/proc") / str(pid)) is not None


def is_job_worker(pid: int) -> bool:
    """Whether a process does the jobs: it says so where `top` looks."""
    try:
        return (Path("/proc") / str(pid) / "comm").read_text().strip() == JOBS
    except OSError:
        return False


def all_at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Do all of it in threads that begin at the same moment; answers what each answered, in order."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], T]) -> T:
        barrier.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def again(visitor: Visitor) -> Visitor:
    """The same person and session over a new connection."""
    return replace(visitor)


def persistent(visitor: Visitor, path: str, fields: dict[str, Any]) -> Answer:
    """Send a form as somebody does whose connection breaks or who is told to try again: the same, until it is done."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(*BROKEN):
            answer = again(visitor).post(path, fields)
            if answer.status != 503:
                return answer
        time.sleep(0.05)
    raise AssertionError(f"{path} was not answered")


def upload(visitor: Visitor, path: str, file_name: str, content: bytes) -> int:
    """Send a file as a browser does; answers the status. The page is in no test's way."""
    parts = {"csrf_token": visitor.token.encode(), f'file"; filename="{file_name}': content}
    between = b"--a-line-between-parts"
    pieces = [
        between + b'\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in parts.items()
    ]
    headers = {
        "Content-Type": f"multipart/form-data; boundary={between[2:].decode()}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()),
    }
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("POST", path, b"".join(pieces) + between + b"--\r\n", headers)
        return connection.getresponse().status


def facts(name: str, **others: str) -> dict[str, str]:
    """The fields of a form for a new customer, one form for each name."""
    choices = {
        "kind": "company",
        "relationship_kind": "customer",
        "status": "lead",
        "tier": "none",
        "intent": "none",
    }
    return {"name": name, "create_key": name, "create_anyway": "y", **choices, **others}
