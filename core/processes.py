"""The processes of `flask serve`: a supervisor, the web workers and the job worker.

The supervisor makes the application ready and forks the others, which so share the memory of what never changes:
libraries, tables of characters, texts, templates. No connection and no thread of ours crosses a fork.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from click import ClickException
from flask import Flask
from flask_babel import force_locale
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from core import clock, holidays_cn, locks, queue
from core.config import Config
from core.db import db, keep_small_caches
from core.languages import LANGUAGES
from core.serving import PATIENCE_S, keep_loaded, options
from core.words import catalogue

AGAIN_S = 2
JOBS = "huifang-jobs"  # what `top` and `ps` call the job worker; at most 15 bytes
# The memory that a C library keeps for its own sake, by the numbers of mallopt(3): one area for all threads, and
# what is large (19 MB for the hash of a password) goes back to the system at once.
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = (-8, 1), (-3, 1024 * 1024), (-1, 1024 * 1024)
log = logging.getLogger("huifang")


class JobWorker:
    """The process beside the web workers that does what is asked behind the pages; begun again should it die."""

    def __init__(self, work: Callable[[int], None]) -> None:
        """`work` is given the number of the supervisor's process, and works until told to stop."""
        self._work, self._pid, self._not_before = work, 0, 0.0

    def keep_up(self, supervisor: Arbiter) -> None:
        """Start it if it is not there, and has not been started just now."""
        if (self._pid and not self._has_ended()) or time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + AGAIN_S
        self._pid = os.fork()
        if not self._pid:
            self._be(supervisor)

    def _has_ended(self) -> bool:
        try:
            return os.waitpid(self._pid, os.WNOHANG)[0] != 0
        except ChildProcessError:  # the supervisor has collected it together with a web worker
            return True

    def _be(self, supervisor: Arbiter) -> None:
        """In the new process: leave what is the supervisor's, work, and end here, whatever happens."""
        status = 1
        try:
            _leave(supervisor)
            self._work(supervisor.pid)
            status = 0
        except (SQLAlchemyError, sqlite3.Error) as error:  # the latter comes from the queue's file
            log.warning("the job worker cannot begin, and is tried again: %s", type(error).__name__)
        except Exception:
            log.exception("the job worker has ended")
        finally:
            sys.exit(status)

    def stop(self) -> None:
        """Tell it to end after its batch."""
        if self._pid and not self._has_ended():
            os.kill(self._pid, signal.SIGTERM)

    def end(self, _supervisor: Any = None) -> None:
        """Let it finish its batch."""
        self.stop()
        deadline = time.monotonic() + PATIENCE_S
        while self._pid and time.monotonic() < deadline and not self._has_ended():
            time.sleep(0.05)


def _leave(supervisor: Arbiter) -> None:
    os.setsid()  # Ctrl-C is for the supervisor, which ends this one in its turn
    for each in (*supervisor.SIGNALS, signal.SIGCHLD):
        signal.signal(each, signal.SIG_DFL)
    for listener in supervisor.LISTENERS:
        listener.close()
    for worker in supervisor.WORKERS.values():
        worker.tmp.close()
    with suppress(OSError):
        Path("/proc/self/comm").write_text(JOBS)


class Supervisor(Arbiter):
    """gunicorn's, which looks after the job worker as it does after the web workers."""

    def __init__(self, server: Server) -> None:
        self.beside = server.beside
        super().__init__(server)

    def manage_workers(self) -> None:
        super().manage_workers()
        if self.beside:
            self.beside.keep_up(self)

    def reload(self) -> None:
        super().reload()
        if self.beside:
            self.beside.stop()

    def stop(self, graceful: bool = True) -> None:
        locks.say_ending()
        super().stop(graceful)


class Server(BaseApplication):
    """An application under gunicorn. SIGHUP makes it anew, with settings read afresh."""

    def __init__(
        self, app: Flask, make: Callable[[], Flask], config: Config, workers: int, *, jobs: bool
    ) -> None:
        self._app, self._make, self._options = app, make, options(config, workers)
        self.beside = (
            JobWorker(lambda supervisor: queue.queue_of(self._app).run(supervisor)) if jobs else None
        )
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("post_fork", lambda _supervisor, _worker: keep_small_caches())
        if self.beside:
            self.cfg.set("on_exit", self.beside.end)

    def load(self) -> Flask:
        make_ready(self._app)
        return self._app

    def reload(self) -> None:
        try:
            self._app = self._make()
        except ClickException as refused:
            log.error(
                "the settings cannot be used; the server goes on with those it had: %s", refused.message
            )
        self.callable = None
        super().reload()

    def run(self) -> None:
        Supervisor(self).run()


def run(app: Flask, make: Callable[[], Flask], config: Config, workers: int, *, jobs: bool = True) -> None:
    """Serve until told to stop: gunicorn, as many threads as people click at once on a small machine."""
    _keep_little()
    Server(app, make, config, workers, jobs=jobs).run()


def make_ready(app: Flask) -> None:
    """Load what requests need, for all processes to be forked; no connection stays open."""
    configure_mappers()
    app.test_client().get("/sign-in")
    with app.app_context():
        for language in LANGUAGES:
            with force_locale(language):
                catalogue()
                for name in app.jinja_env.list_templates(extensions=["html"]):
                    app.jinja_env.get_template(name)
        holidays_cn.days_of(clock.today().year)
        db.session.remove()
        db.engine.dispose()
    keep_loaded()


def _keep_little() -> None:
    with suppress(AttributeError, OSError):  # glibc alone can be told
        set_option = ctypes.CDLL(None).mallopt
        for option in (_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD):
            set_option(*option)
