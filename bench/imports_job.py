"""`python -m bench.imports_job import FILE USER`, or `undo`: does one job in this process, and tells how it went."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, select

from app import create_app
from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import import_batches, importing
from blueprints.customers.models import CustomerImport
from core import acts, changes, serving, undoing, working
from core.changes import Actor, ChangeSet
from core.csvfiles import ON_DISK
from core.db import db
from core.jobs import DONE, Job


def main(what: str, file: str, username: str) -> None:
    """Do it, and print seconds, memory and how long each transaction kept others from writing."""
    with create_app().app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        with changes.acting(Actor(user.id, user.name, "web")):
            id = _asked(what, Path(file), user)
            db.session.commit()
        serving.keep_loaded()  # as in a worker
        held, began = _watched(), (time.process_time(), time.perf_counter())
        working.work_on(id)
        took = time.process_time() - began[0], time.perf_counter() - began[1]
        job = db.session.get_one(Job, id, populate_existing=True)
        if job.state != DONE:
            raise SystemExit(f"{what}: {job.state} {job.failure}")
        made = _made()
        batch = made.rows // len(acts.set_ids(db.session.get_one(ChangeSet, made.change_set_id)))
    print(
        json.dumps({"cpu_s": took[0], "wall_s": took[1], "held_ms": held, "batch": batch, "peak_mb": _peak()})
    )


def _asked(what: str, file: Path, user: User) -> int:
    if what == "undo":
        return undoing.ask(db.session.get_one(ChangeSet, _made().change_set_id)).id
    viewer = access.viewer_of(user)
    made = importing.receive(file.name, file, by=viewer, limits=ON_DISK)
    return import_batches.ask(made, import_batches.RUN).id


def _made() -> CustomerImport:
    return db.session.scalars(select(CustomerImport).order_by(CustomerImport.id.desc()).limit(1)).one()


def _watched() -> list[float]:
    """Milliseconds from the first moment to the commit of each transaction that is to come."""
    began = WeakKeyDictionary[Any, float]()  # the peak is to be the job's, not that of what watches it
    held: list[float] = []

    def begin(connection: Any) -> None:
        began[connection] = time.perf_counter()

    def commit(connection: Any) -> None:
        held.append((time.perf_counter() - began.pop(connection)) * 1000)

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "commit", commit)
    return held


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
