"""The server talks to nobody but whoever asks it, and its database: seen in all its calls from start to end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from bench.visitor import Visitor
from blueprints.customers import exporting, import_batches
from core import jobs
from core.db import db, reading
from core.jobs import Job
from tests.addresses import writing
from tests.faults.servers import Server, again, serving, until, upload
from tests.faults.test_jobs import forgo_nightly_work
from tests.faults.tracing import permitted
from tests.pages import form_values
from tests.security.test_writing import BODY
from tests.security.world import Sample, a_full_customer, pages

pytestmark = pytest.mark.extra

# How a process reaches another one; accept shows that the trace holds what it should
CALLS = "trace=connect,sendto,sendmsg,sendmmsg,accept,accept4"
FAMILY, HERE = re.compile(r"sa_family=(AF_\w+)"), re.compile(r'"(127\.[\d.]+|::1|::ffff:127\.[\d.]+)"')
ON_THIS_MACHINE = frozenset({"AF_UNIX", "AF_NETLINK", "AF_UNSPEC"})
ACCEPTED = re.compile(r"\baccept4?\(.*\) = \d")
LAST = frozenset({"sign_in.leave"})
MANY = exporting.AT_ONCE + 500  # rows: so many are a job's work


def strace(log: Path) -> list[str]:
    """Beside the process that it starts, not between it and us; `-f`: whatever that starts, too."""
    return [permitted(), "-D", "-f", "-o", str(log), "-e", CALLS]


def elsewhere(log: Path) -> list[str]:
    """The calls by which a process reached beyond this machine."""
    return [line for line in log.read_text(errors="replace").splitlines() if _leaves(line)]


def _leaves(call: str) -> bool:
    family = FAMILY.search(call)
    if family is None or ACCEPTED.search(call) or " accept" in call:
        return False
    return family[1] not in ON_THIS_MACHINE and not HERE.search(call)


@pytest.mark.parametrize(
    "way",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))",
        "import socket; socket.create_connection(('192.0.2.1', 9), 0.2)",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('2001:db8::1', 9))",
    ],
)
def test_whoever_talked_to_another_machine_would_be_seen(tmp_path: Path, way: str) -> None:
    log = tmp_path / "strace.log"
    ran = subprocess.run([*strace(log), sys.executable, "-c", way], capture_output=True, check=False)
    until(lambda: "+++ exited with" in log.read_text(), "strace has written all of it")
    assert len(elsewhere(log)) == 1, (log.read_text(), ran.stderr)


@pytest.mark.both_databases
def test_it_talks_to_no_other_machine(app: Flask, folder: Path, tmp_path: Path) -> None:
    with app.app_context():
        sample = a_full_customer(lambda column: "某某")
        forgo_nightly_work()
    log, url = tmp_path / "strace.log", app.extensions["huifang"].database_url
    with serving(folder, url, under=strace(log)) as server:
        visitor = server.visitor("manager")
        a_job_of_each(app, visitor)
        opened = sum(open_everything(app, sample, server, name) for name in ("manager", "admin"))
        sent = sum(send_everything(app, sample, server, name) for name in ("manager", "admin"))
        server.process.send_signal(signal.SIGTERM)
        ended = f"{server.process.pid} +++ exited with"
        until(lambda: ended in log.read_text(errors="replace"), "strace has written all of it")
        assert "Traceback" not in server.said()
    assert not (found := elsewhere(log)), "\n".join(found[:20])
    assert opened > 100 and sent > 100
    assert len(ACCEPTED.findall(log.read_text(errors="replace"))) >= opened, (
        "each visit has to be in the trace"
    )


def a_job_of_each(app: Flask, visitor: Visitor) -> None:
    """An import and an export, both behind the page."""
    rows = "".join(f"Company {n},139{n:08d}\r\n" for n in range(MANY))
    assert upload(visitor, "/customers/import", "in.csv", f"公司,手机\r\n{rows}".encode()) == 303
    url = "/customers/import/1"
    fields = form_values(BeautifulSoup(visitor.get(url).text, "html.parser"), f"{url}/columns")
    assert visitor.post(f"{url}/columns", {name: sent[0] for name, sent in fields.items()}).status == 303
    is_done(app, import_batches.TRY)
    assert again(visitor).post(f"{url}/run", {}).status == 303
    is_done(app, import_batches.RUN)
    assert again(visitor).post("/customers/export", {}).status == 303
    is_done(app, exporting.JOB)


def is_done(app: Flask, kind: str) -> None:
    def state() -> bool:
        with app.app_context(), reading():
            return jobs.DONE in db.session.scalars(db.select(Job.state).where(Job.kind == kind)).all()

    until(state, f"{kind} is done", 180)


def open_everything(app: Flask, sample: Sample, server: Server, name: str) -> int:
    """Open every page there is; answers how many were shown."""
    visitor = server.visitor(name)
    return sum(again(visitor).get(path).status == 200 for _rule, path in pages(app, sample))


def send_everything(app: Flask, sample: Sample, server: Server, name: str) -> int:
    """Send every form there is; answers how many were sent. Whoever is signed out by one signs in again."""
    rules = sorted(writing(app), key=lambda rule: rule.endpoint in LAST)
    for number, rule in enumerate(rules):
        if number % 20 == 0:
            visitor = server.visitor(name)
        answer = again(visitor).post(sample.path(rule.rule), {**BODY, "id": str(sample.id)})
        assert answer.status < 500, (rule.endpoint, server.said()[-3_000:])
    return len(rules)
