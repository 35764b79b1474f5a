"""The queue that wakes workers: Huey, in a file of its own beside SQLite, in tables of its own on PostgreSQL.

What is in it can be lost: the table of jobs is the truth, and a sweep asks anew for what waits.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy.exc import SQLAlchemyError

from core import jobs, sealing, upkeep, working
from core.config import Config
from core.db import db, set_mode

WORKERS = 2
TICK_S = 5
SEALING_S = 5.0  # of a tick at most: heartbeats do not wait for what an update has left to seal
log = logging.getLogger("huifang.jobs")


def register(app: Flask) -> None:
    """Let the commits of this application wake a worker."""
    jobs.wake_by(_wake)


def _wake(job_id: int) -> None:
    """Tell the workers; if that fails, the sweep of the next minute does."""
    try:
        queue_of(current_app).wake(job_id)
    except Exception:  # whatever a queue throws: what was asked is committed, and will be done
        log.warning("the queue did not take job %s; the next sweep will", job_id)


class Queue:
    """The queue of one installation, and what its workers do."""

    def __init__(self, app: Flask) -> None:
        self.app, self.busy = app, set[int]()
        self.huey = _huey(app.extensions["huifang"])
        self.wake: Callable[[int], Any] = self.huey.task(name="job")(self._job)
        self.huey.periodic_task(crontab(minute="*"), name="minute")(self._minute)

    def _job(self, job_id: int) -> None:
        with self.app.app_context():
            self.busy.add(job_id)
            try:
                working.work_on(job_id)
            finally:
                self.busy.discard(job_id)
                db.engine.dispose()  # what a long job has read is of no use to the next

    def _minute(self) -> None:
        """Ask for what comes by itself, and wake workers for all that waits."""
        with self.app.app_context():
            set_mode(writing=True)
            upkeep.ask_nightly()
            upkeep.ask_frequent()
            for job_id in upkeep.sweep():
                self.wake(job_id)

    def tick(self) -> None:
        """Every few seconds: jobs in hand are alive, what was written is sealed."""
        with self.app.app_context():
            set_mode(writing=True)
            try:
                upkeep.beat(set(self.busy))
                sealing.seal(most_s=SEALING_S)
            except SQLAlchemyError as error:
                db.session.rollback()
                log.warning("the database did not take a tick: %s", error.__class__.__name__)
            finally:
                db.session.remove()

    def run(self, server: int | None = None) -> None:
        """Work until told to stop, or until the server that started this is gone; batches in hand are finished."""
        consumer = self.huey.create_consumer(
            workers=WORKERS, max_delay=2.0, graceful_signal="TERM", shutdown_timeout=20
        )
        self._minute()
        threading.Thread(target=self._tick_until, args=(consumer.stop_flag, server), daemon=True).start()
        consumer.run()

    def _tick_until(self, stop: threading.Event, server: int | None) -> None:
        """Tick until this process is to end, and let the jobs in hand know of that."""
        while not stop.wait(TICK_S):
            self.tick()
            if server is not None and os.getppid() != server:
                os.kill(os.getpid(), signal.SIGTERM)
        working.closing.set()


def queue_of(app: Flask) -> Queue:
    """The queue of an application, made when it is first needed."""
    found: Queue | None = app.extensions.get("huifang.queue")
    if found is None:
        found = app.extensions["huifang.queue"] = Queue(getattr(app, "_get_current_object", lambda: app)())
    return found


def _huey(config: Config) -> Huey:
    signed = SignedSerializer(secret=config.secret_key(), salt="huifang.queue")
    if config.database_url.startswith("sqlite"):
        return SqliteHuey("huifang", filename=str(config.data / "queue.db"), serializer=signed, results=False)
    dsn = config.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return PostgresHuey("huifang", dsn=dsn, serializer=signed, results=False, table_prefix="queue")
