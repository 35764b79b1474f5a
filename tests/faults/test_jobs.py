"""Jobs whose worker is killed or told to stop: begun again where they stopped, and done once."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from blueprints.customers import exporting, search
from blueprints.customers.models import Customer
from core import clock, jobs, upkeep
from core.db import db, reading
from core.jobs import Job
from core.serving import PATIENCE_S
from tests.company import a_customer
from tests.faults.servers import Server, again, lives, until

pytestmark = pytest.mark.extra

CUSTOMERS = 6_000
KILLS = 3
MOMENT_S = 0.08


@pytest.fixture(autouse=True)
def many(app: Flask) -> Iterator[None]:
    """So many customers that their file is made behind the page; copies of one, for the file needs no more."""
    table = Customer.__table__
    with app.app_context():
        a_customer()
        given = [column for column in table.columns if not column.computed]
        first = dict(db.session.execute(select(*given)).one()._mapping)
        rows = [
            {**first, "id": n, "number": number(n), "name": f"Copy {n}", **forms(n)}
            for n in range(2, CUSTOMERS + 1)
        ]
        db.session.connection().execute(insert(table), rows)
        db.session.commit()
        forgo_nightly_work()
    assert CUSTOMERS > exporting.AT_ONCE
    yield


def test_an_export_whose_worker_is_killed_again_and_again_holds_each_customer_once(
    app: Flask, server: Server
) -> None:
    visitor = server.visitor("manager")
    page = visitor.post("/customers/export", {}).headers["Location"]
    done = 0
    for _kill in range(KILLS):
        done = until(lambda done=done: running_beyond(app, done), "a batch is done")
        time.sleep(random.uniform(0, MOMENT_S))
        os.kill(until(server.job_worker, "the job worker is there"), signal.SIGKILL)
        let_it_be_lost(app)
    job = until(lambda: None if (found := the_job(app)).is_open else found, "an end", 60)
    assert (job.state, job.done, job.result["rows"]) == (jobs.DONE, CUSTOMERS, CUSTOMERS), server.said()
    *rows, _mark = csv.DictReader(io.StringIO(again(visitor).get(f"{page}/file").body.decode("utf-8-sig")))
    assert Counter(row["编号"] for row in rows) == Counter(map(number, range(1, CUSTOMERS + 1)))
    assert job.attempts == KILLS + 1


def test_a_job_in_hand_waits_again_when_its_worker_is_told_to_stop(app: Flask, server: Server) -> None:
    server.visitor("manager").post("/customers/export", {})
    done = until(lambda: running_beyond(app, 0), "a batch is done")
    worker = until(server.job_worker, "the job worker is there")
    os.kill(worker, signal.SIGTERM)
    until(lambda: not lives(worker), "it has ended", PATIENCE_S)
    job = the_job(app)
    assert (job.state, job.ended_at) == (jobs.WAITING, None), server.said()
    assert done <= job.done < CUSTOMERS


def forgo_nightly_work() -> None:
    """Let what comes by itself have been today, so that the export has the worker to itself."""
    with clock.frozen(datetime.now(UTC)):
        upkeep.ask_nightly()
        upkeep.ask_frequent()
    db.session.execute(update(Job).values(state=jobs.CANCELLED))
    db.session.commit()


def forms(n: int) -> dict[str, str]:
    """What is computed from the name: were it wrong, the nightly job would mend it, and so the order of the list."""
    return search.name_forms(f"Copy {n}", None, human=False)


def number(n: int) -> str:
    return f"KH{n:06d}"


def running_beyond(app: Flask, done: int) -> int:
    """How many customers the job has done, if it runs and has done more than these."""
    job = the_job(app)
    assert job.state in (jobs.WAITING, jobs.RUNNING), "it was over before it could be killed"
    return job.done if job.state == jobs.RUNNING and job.done > done else 0


def the_job(app: Flask) -> Job:
    """Read so that it holds up nobody: it is asked many times a second."""
    with app.app_context(), reading():
        return db.session.scalars(select(Job).where(Job.kind == exporting.JOB)).one()


def let_it_be_lost(app: Flask) -> None:
    """Let the time pass after which a job without a heartbeat counts as lost."""
    with app.app_context():
        before = clock.now() - upkeep.LOST - timedelta(days=9)
        db.session.execute(update(Job).where(Job.state == jobs.RUNNING).values(beat_at=before))
        db.session.commit()
