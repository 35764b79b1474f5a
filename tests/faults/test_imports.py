"""An import whose worker is killed again and again while people write: every row once, and taken back as one.

`make kill-import ROWS=100000 KILLS=10` does it at size, waits as long as the application does for a sign of life, and
says the figures of docs/faults.md.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from bench.soak import percentile
from blueprints.customers import import_batches
from blueprints.customers.import_report import Account
from blueprints.customers.models import ContactPoint, Customer, CustomerImport
from core import jobs, sealing, undoing
from core.changes import ChangeSet
from core.db import db, reading
from core.jobs import Job
from tests.company import a_customer
from tests.faults.servers import Server, again, until, upload
from tests.faults.test_jobs import forgo_nightly_work, let_it_be_lost
from tests.faults.writers import writing
from tests.pages import form_values

pytestmark = [pytest.mark.extra, pytest.mark.both_databases]

ROWS, KILLS = int(os.environ.get("IMPORT_ROWS", 20_000)), int(os.environ.get("IMPORT_KILLS", 10))
AT_SIZE = "IMPORT_ROWS" in os.environ
TWICE = ROWS // 20
KILLS_BESIDE = 2  # of the trial before the import, and of its undo
MOMENT_S = 0.2  # about as long as a batch
PATIENCE_S = 900
RESUMED_WITHIN_S = 125  # a minute without a heartbeat, and as long until somebody looks for such jobs
ANSWERED_WITHIN_S = 5  # a machine with two processors has nine processes to run here


def the_file() -> bytes:
    """Customers with a phone each; some stand there twice, far apart, with a second phone."""
    lines = ["客户编号,公司,手机"]
    lines += [f"K{n},Company {n},139{n:08d}" for n in range(ROWS)]
    lines += [f"K{n},Company {n},138{n:08d}" for n in range(TWICE)]
    return "\n".join(lines).encode()


@dataclass
class Killed:
    """What became of a job that was killed: how long it rested each time, in seconds, and how long it took in all."""

    rested: list[float] = field(default_factory=list)
    lasted: float = 0.0


def test_an_import_whose_worker_is_killed_holds_every_row_once(app: Flask, server: Server) -> None:
    with app.app_context():
        forgo_nightly_work()
        known = a_customer("Known before").id
    visitor = server.visitor("manager")
    assert upload(visitor, "/customers/import", "in.csv", the_file()) == 303
    url = "/customers/import/1"
    fields = form_values(BeautifulSoup(visitor.get(url).text, "html.parser"), f"{url}/columns")
    with writing(server, f"/customers/{known}/interactions") as written:
        assert (
            again(visitor).post(f"{url}/columns", {name: sent[0] for name, sent in fields.items()}).status
            == 303
        )
        tried = killed(app, server, import_batches.TRY, KILLS_BESIDE)
        assert again(visitor).post(f"{url}/run", {}).status == 303
        imported = killed(app, server, import_batches.RUN, KILLS)
        act = every_row_once(app, server)
        assert again(visitor).post(f"/changes/{act}/undo", {}).status == 303
        undone = killed(app, server, undoing.JOB, KILLS_BESIDE)
    nothing_left(app)
    said = written.told(app)
    assert said.lost == said.twice == [], said
    if AT_SIZE:
        assert max(tried.rested + imported.rested + undone.rested) < RESUMED_WITHIN_S
    waited = sorted(written.seconds)
    assert percentile(waited, 0.95) < ANSWERED_WITHIN_S, waited[-20:]
    print(
        f"\n{ROWS + TWICE} rows, {KILLS} kills of the import: lost 0, twice 0; {imported.lasted:.0f} s in all;"
        f"\nresumed after (s): {' '.join(f'{each:.0f}' for each in imported.rested)}; trial and undo:"
        f" {' '.join(f'{each:.0f}' for each in tried.rested + undone.rested)};"
        f"\nwritten meanwhile: {said.contacts} contacts, {said.customers} customers, lost 0, twice 0; median"
        f" {percentile(waited, 0.5) * 1000:.0f} ms, 95 of 100 within {percentile(waited, 0.95) * 1000:.0f} ms,"
        f" longest {waited[-1] * 1000:.0f} ms"
    )


def every_row_once(app: Flask, server: Server) -> int:
    """The import holds each of its rows once; answers its act."""
    with app.app_context(), reading():
        made = db.session.get_one(CustomerImport, 1)
        account = Account.stored(made.report)
        assert (account.created, account.updated, account.refused) == (ROWS, TWICE, 0), server.said()[-2_000:]
        numbers = Counter(db.session.scalars(select(Customer.number).where(imported_ones())))
        assert numbers == Counter(f"K{n}" for n in range(ROWS))
        assert points() == ROWS + TWICE
        assert made.change_set_id is not None
        return made.change_set_id


def nothing_left(app: Flask) -> None:
    """The undo has taken all of it back, as one act, and the trail says so."""
    with app.app_context():
        assert db.session.scalars(select(Customer.number).where(imported_ones())).all() == []
        assert points() == 0
        sealing.seal(everything=True)
        chain = sealing.check()
        assert (chain.broken, chain.unsealed) == (None, 0)
        begun = select(func.count()).select_from(ChangeSet).where(ChangeSet.part_of_id.is_(None))
        assert db.session.scalar(begun.where(ChangeSet.verb == "customer.imported")) == 1


def imported_ones() -> object:
    return Customer.number.like("K%") & Customer.number.not_like("KH%")


def points() -> int:
    return db.session.scalar(select(func.count()).select_from(ContactPoint)) or 0


def killed(app: Flask, server: Server, kind: str, kills: int) -> Killed:
    """Kill whoever does the job at random moments of its course. It ends all the same."""
    found, began = Killed(), time.monotonic()
    total = until(lambda: the_job(app, kind).total, "the job knows how much there is to do", PATIENCE_S)
    attempts = done = 0
    for moment in sorted(random.sample(range(total * 8 // 10), kills)):
        reached = attempts, max(done, moment)
        job = until(lambda reached=reached: running_beyond(app, kind, *reached), "it goes on", PATIENCE_S)
        attempts = job.attempts
        time.sleep(random.uniform(0, MOMENT_S))
        os.kill(until(server.job_worker, "the job worker is there"), signal.SIGKILL)
        since, done = time.monotonic(), the_job(app, kind).done
        if not AT_SIZE:
            let_it_be_lost(app)
        again_at = attempts, done
        until(lambda again_at=again_at: running_beyond(app, kind, *again_at), "it goes on", PATIENCE_S)
        found.rested.append(time.monotonic() - since)
    job = until(lambda: None if (ended := the_job(app, kind)).is_open else ended, "an end", PATIENCE_S)
    assert job.state == jobs.DONE, (job.failure, server.said()[-2_000:])
    assert job.attempts == kills + 1
    found.lasted = time.monotonic() - began
    print(f"\n{kind}: {kills} kills, rested {found.rested}, {found.lasted:.0f} s", flush=True)
    return found


def running_beyond(app: Flask, kind: str, attempts: int, done: int) -> Job | None:
    """The job, if it runs, in another attempt than the one that was killed, and is further than that one."""
    job = the_job(app, kind)
    assert job.is_open, "it was over before it could be killed"
    runs = job.state == jobs.RUNNING and job.attempts > attempts
    return job if runs and job.done > done else None


def the_job(app: Flask, kind: str) -> Job:
    with app.app_context(), reading():
        return db.session.scalars(select(Job).where(Job.kind == kind)).one()
