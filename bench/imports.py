"""`make bench-import ROWS=20000 DATABASES=sqlite`: an import at size and its undo, beside their floor.

The job runs in a process of its own, as a worker would do it, while somebody logs contacts at a server. The floor
is bare executemany of every row that was finally written (`bench/floors/importing.py`). Rows a second are of the
processor's seconds, which other load of the machine changes least.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from bench.databases import SEED, Filled, beside, filled
from bench.fill import words
from bench.floors.database import Database
from bench.floors.importing import Copy
from bench.journeys import contact
from bench.people import EMPLOYEE, cast
from bench.report import RESULTS
from bench.servers import APPLICATION, ROOT, environment_with, serving
from bench.soak import percentile
from bench.visitor import Visitor

HEADER = ("公司", "联系人", "手机", "城市", "标签", "负责人")
PAUSE_S = 0.3  # between two contacts that somebody logs


def main() -> None:
    """Measure what the arguments name, print it, keep it."""
    arguments = _arguments()
    rows: list[dict[str, Any]] = []
    for kind in arguments.databases.split(","):
        with filled(kind, arguments.size) as database:
            for figure in _measured(database, arguments.rows):
                rows.append({**figure, "database": kind, "size": arguments.size})
                floor = (
                    f" floor {figure['floor']:,.1f}, ratio {figure['ratio']:.2f}" if figure["floor"] else ""
                )
                print(f"{kind} {figure['name']:44}{figure['value']:>12,.1f}{floor}", flush=True)
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=10_000, help="customers that are there before")
    parser.add_argument("--databases", default="sqlite", help="sqlite, postgresql")
    return parser.parse_args()


def _measured(database: Filled, rows: int) -> Iterator[dict[str, Any]]:
    people, file = Database(database.url), database.folder / "import.csv"
    with people.transaction(writing=False):
        owners = [row["username"] for row in people.rows(EMPLOYEE)]
    write_file(file, rows, owners)
    somebody = cast(people)
    with serving(APPLICATION, database.environment, database.folder / "application.log") as port:
        visitor = Visitor(port)
        visitor.read_token("/sign-in")
        visitor.post("/sign-in", {"username": somebody["employee"].username, "password": database.password})
        visitor.read_token("/customers")
        pages = [f"/customers/{row['id']}/interactions" for row in somebody["employee"].customers]
        for what in ("import", "undo"):
            with _writing(visitor, pages) as waits:
                done = _job(database, what, file, somebody["manager"].username)
            floor = _floor(database, done["batch"]) if what == "import" else None
            yield from _figures(what, rows, done, floor, waits)


def write_file(file: Path, rows: int, owners: list[str]) -> None:
    """A file of so many customers, each with a person, a phone, a town, a tag and an owner."""
    random = Random(SEED)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for _row in range(rows):
            _province, city, _area = random.choice(words.CITIES)
            latin = random.random() < 0.25
            name = words.latin_company_name(random) if latin else words.company_name(random, city)[0]
            person = words.person_name(random, latin=latin)
            tag, owner = random.choice(words.TAGS), random.choice(owners)
            writer.writerow((name, person, words.mobile(random), city, tag, owner))


@contextmanager
def _writing(visitor: Visitor, pages: list[str]) -> Iterator[list[float]]:
    """Somebody who logs one contact after the other meanwhile; yields how many milliseconds each took."""
    over = threading.Event()
    took: list[float] = []

    def log() -> None:
        while not over.wait(PAUSE_S):
            answer = visitor.post(pages[len(took) % len(pages)], contact())
            took.append(answer.ms if answer.status == 303 else float("inf"))

    thread = threading.Thread(target=log)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


def _job(database: Filled, what: str, file: Path, username: str) -> dict[str, Any]:
    """What the process that does the job says of itself in the end."""
    job = subprocess.run(
        [sys.executable, "-m", "bench.imports_job", what, str(file), username],
        cwd=ROOT, env=environment_with(database.environment), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(job.stdout.splitlines()[-1])
    return found


def _floor(database: Filled, batch: int) -> float:
    """Customers a second of the processor."""
    with beside(database) as address:
        customers, seconds = Copy(Database(database.url), Database(address)).write(batch)
    return customers / seconds


def _figures(
    what: str, rows: int, done: dict[str, Any], floor: float | None, waits: list[float]
) -> Iterator[dict[str, Any]]:
    values = {
        "rows a second of the processor": rows / done["cpu_s"],
        "rows a second of the clock": rows / done["wall_s"],
        "rows a batch": done["batch"],
        "peak memory, MB": done["peak_mb"],
        "others kept from writing, median ms": percentile(done["held_ms"], 0.5),
        "others kept from writing, p95 ms": percentile(done["held_ms"], 0.95),
        "others kept from writing, longest ms": max(done["held_ms"]),
        "a contact logged meanwhile, p95 ms": percentile(waits, 0.95) if waits else 0.0,
    }
    for name, value in values.items():
        beside = floor if name == "rows a second of the processor" else None
        yield {
            "name": f"{what}: {name}", "value": round(value, 1), "floor": beside and round(beside, 1),
            "ratio": beside and round(value / beside, 2),
        }  # fmt: skip


if __name__ == "__main__":
    main()
