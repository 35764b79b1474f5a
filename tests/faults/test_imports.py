"""An import whose worker is killed again and again while people write: every row once, and taken back as one."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from bench.visitor import Visitor
from blueprints.customers import import_batches
from blueprints.customers.import_report import Account
from blueprints.customers.models import ContactPoint, Customer, CustomerImport
from core import jobs, sealing, undoing
from core.changes import ChangeSet
from core.db import db, reading
from core.jobs import Job
from tests.faults.servers import Server, again, facts, persistent, until, upload
from tests.faults.test_jobs import forgo_nightly_work, let_it_be_lost
from tests.pages import form_values

pytestmark = [pytest.mark.extra, pytest.mark.both_databases]

ROWS, TWICE, KILLS = 10_000, 500, 3
MOMENT_S = 0.3
PATIENCE_S = 400


def the_file() -> bytes:
    """Customers with a phone each; some stand there twice, far apart, with a second phone."""
    lines = ["客户编号,公司,手机"]
    lines += [f"K{n},Company {n},1390000{n:04d}" for n in range(ROWS)]
    lines += [f"K{n},Company {n},1380000{n:04d}" for n in range(TWICE)]
    return "\n".join(lines).encode()


def test_an_import_whose_worker_is_killed_holds_every_row_once(app: Flask, server: Server) -> None:
    with app.app_context():
        forgo_nightly_work()
    visitor = server.visitor("manager")
    assert upload(visitor, "/customers/import", "in.csv", the_file()) == 303
    url = "/customers/import/1"
    fields = form_values(BeautifulSoup(visitor.get(url).text, "html.parser"), f"{url}/columns")
    assert visitor.post(f"{url}/columns", {name: sent[0] for name, sent in fields.items()}).status == 303
    killed(app, server, import_batches.TRY, 1)
    assert again(visitor).post(f"{url}/run", {}).status == 303
    killed(app, server, import_batches.RUN, KILLS, visitor)
    with app.app_context(), reading():
        made = db.session.get_one(CustomerImport, 1)
        account = Account.stored(made.report)
        assert (account.created, account.updated, account.refused) == (ROWS, TWICE, 0), server.said()[-2_000:]
        imported = Customer.number.like("K%") & Customer.number.not_like("KH%")
        numbers = Counter(db.session.scalars(select(Customer.number).where(imported)))
        assert numbers == Counter(f"K{n}" for n in range(ROWS))
        points = db.session.scalar(select(func.count()).select_from(ContactPoint))
        assert points == ROWS + TWICE
        act = made.change_set_id
    assert again(visitor).post(f"/changes/{act}/undo", {}).status == 303
    killed(app, server, undoing.JOB, KILLS)
    with app.app_context():
        assert db.session.scalars(select(Customer.number).where(imported)).all() == []
        assert db.session.scalar(select(func.count()).select_from(ContactPoint)) == 0
        sealing.seal(everything=True)
        chain = sealing.check()
        assert (chain.broken, chain.unsealed) == (None, 0)
        begun = select(func.count()).select_from(ChangeSet).where(ChangeSet.part_of_id.is_(None))
        assert db.session.scalar(begun.where(ChangeSet.verb == "customer.imported")) == 1


def killed(app: Flask, server: Server, kind: str, kills: int, visitor: Visitor | None = None) -> None:
    """Kill whoever does the job at moments of its course; somebody makes customers meanwhile. It ends all the same."""
    attempts = done = 0
    for kill in range(kills):
        known = attempts, done
        job = until(lambda known=known: running_beyond(app, kind, *known), "a batch is done", PATIENCE_S)
        attempts, done = job.attempts, job.done
        time.sleep(random.uniform(0, MOMENT_S))
        os.kill(until(server.job_worker, "the job worker is there"), signal.SIGKILL)
        if visitor is not None:
            name = f"Written meanwhile {kill}"
            assert persistent(visitor, "/customers", facts(name)).status == 303
        let_it_be_lost(app)
    job = until(lambda: None if (found := the_job(app, kind)).is_open else found, "an end", PATIENCE_S)
    assert job.state == jobs.DONE, (job.failure, server.said()[-2_000:])
    assert job.attempts > kills


def running_beyond(app: Flask, kind: str, attempts: int, done: int) -> Job | None:
    """The job, if it runs, in another attempt than the one that was killed, and is further than that one."""
    job = the_job(app, kind)
    assert job.is_open, "it was over before it could be killed"
    runs = job.state == jobs.RUNNING and job.attempts > attempts
    return job if runs and job.done > done else None


def the_job(app: Flask, kind: str) -> Job:
    with app.app_context(), reading():
        return db.session.scalars(select(Job).where(Job.kind == kind)).one()
