"""`make soak MINUTES=30 PEOPLE=200`: people who click for half an hour at a server as it runs in a company.

Whole figures, not ratios: how many requests a second, how long they took, what went wrong, and how memory moved.
What goes beyond `LIMITS` ends it with 1.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import quote

from bench.databases import Filled, filled
from bench.floors.database import Database, Row
from bench.journeys import CLASSES, Request, contact, fresh
from bench.people import CUSTOMERS, EMPLOYEE, SPREAD, Somebody
from bench.report import RESULTS
from bench.servers import ROOT, environment_with, free_port, wait_for
from bench.visitor import Visitor

WEIGHTS = {"today": 20, "list": 15, "search": 25, "file": 25, "log": 12, "create": 3}
SIGN_IN = "sign-in"
SETTLED = 0.2  # of the time: until then caches fill, and memory may grow
SAMPLE_S = 15
CLICKS, GROWTH = "soak: clicks, p95 ms", "soak: memory, times what it was once settled"
LIMITS = {"soak: faults": 0.0, CLICKS: 500.0, GROWTH: 1.1}
_numbers = count(1)


@dataclass
class Tally:
    """What people met with. Their threads only append: nothing is lost between them."""

    took: dict[str, list[float]] = field(default_factory=lambda: {what: [] for what in (*WEIGHTS, SIGN_IN)})
    faults: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def main() -> None:
    """Run the load that the arguments name, print and keep what came of it. Ends with 1 beyond a limit."""
    arguments = _arguments()
    with filled(arguments.database, arguments.size) as database:
        crowd = _crowd(database, arguments.people)
        with _served(database, arguments.workers) as (port, server):
            print(f"{len(crowd)} people click for {arguments.minutes:g} minutes", flush=True)
            tally = _run(crowd, database.password, port, server, arguments)
    rows = figures(tally, arguments.minutes * 60)
    for row in rows:
        print(f"{row['name']:40}{row['value']:>12,.1f}")
    for fault, times in Counter(tally.faults).most_common(20):
        print(f"{times:>6} × {fault}")
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    broken = broken_limits(rows)
    for sentence in broken:
        print(sentence)
    sys.exit(1 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--pause", type=float, default=8, help="mean seconds between two clicks of a person")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--size", type=int, default=10_000, help="number of customers")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    return parser.parse_args()


def _crowd(filled: Filled, most: int) -> list[Somebody]:
    """Those who own customers, each as often as it takes."""
    database = Database(filled.url)
    with database.transaction(writing=False):
        owners = database.rows(EMPLOYEE)
        last = int(database.rows("SELECT max(id) AS n FROM customers")[0]["n"])
        known = [
            Somebody(
                owner["username"],
                database.rows(CUSTOMERS, owner=owner["id"], first=0, last=last, most=SPREAD),
            )
            for owner in owners[:most]
        ]
    return [known[n % len(known)] for n in range(most)]


@contextmanager
def _served(database: Filled, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The server with its job worker, as `flask serve` starts it."""
    port, log = free_port(), Path(database.folder) / "soak.log"
    environment = environment_with({**database.environment, "HUIFANG_PORT": str(port)})
    command = [sys.executable, "-m", "flask", "--app", "app:create_app", "serve", "--workers", str(workers)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(port, server, log)
            yield port, server
        finally:
            server.terminate()
            server.wait()


def _run(
    crowd: Sequence[Somebody],
    password: str,
    port: int,
    server: subprocess.Popen[bytes],
    arguments: argparse.Namespace,
) -> Tally:
    tally = Tally()
    until = time.monotonic() + arguments.minutes * 60
    threads = [
        threading.Thread(
            target=_click,
            args=(Visitor(port), somebody, password, until, arguments.pause, tally),
            daemon=True,
        )
        for somebody in crowd
    ]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        tally.memory.append(megabytes(server.pid))
        time.sleep(max(0.0, min(SAMPLE_S, until - time.monotonic())))
    for thread in threads:
        thread.join()
    return tally


def _click(
    visitor: Visitor, somebody: Somebody, password: str, until: float, pause: float, tally: Tally
) -> None:
    """One person, from signing in to the end."""
    chance = random.Random(somebody.username + str(next(_numbers)))
    time.sleep(chance.uniform(0, pause))
    try:
        visitor.read_token("/sign-in")
        answer = visitor.post("/sign-in", {"username": somebody.username, "password": password})
        tally.took[SIGN_IN].append(answer.ms)
        visitor.read_token("/customers")
    except (OSError, HTTPException) as broken:
        tally.faults.append(f"{SIGN_IN}: {type(broken).__name__}")
        return
    if answer.status != 303:
        tally.faults.append(f"{SIGN_IN}: status {answer.status}")
        return
    while time.monotonic() < until:
        what = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        request = _request(what, somebody, chance)
        visitor = Visitor(visitor.port, visitor.cookies, visitor.token)  # the server closes what rests
        try:
            answer = (
                visitor.get(request.path, part=request.part)
                if request.fields is None
                else visitor.post(request.path, request.fields)
            )
        except (OSError, HTTPException) as broken:
            tally.faults.append(f"{what}: {type(broken).__name__}")
            continue
        tally.took[what].append(answer.ms)
        if answer.status != (200 if request.fields is None else 303):
            tally.faults.append(f"{what}: status {answer.status} of {request.path}")
        time.sleep(chance.expovariate(1 / pause))


def _request(what: str, somebody: Somebody, chance: random.Random) -> Request:
    row: Row = chance.choice(somebody.customers)
    if what == "search":
        typed = chance.choice(list(CLASSES.values()))(row) or "华"
        return Request(f"/search?q={quote(typed)}", part=True)
    if what == "log":
        return Request(f"/customers/{row['id']}/interactions", contact())
    if what == "create":
        return Request("/customers", fresh(next(_numbers), somebody.username))
    return Request({"today": "/", "list": "/customers", "file": f"/customers/{row['id']}"}[what])


def figures(tally: Tally, seconds: float) -> list[dict[str, object]]:
    """What is printed and kept: requests a second, times, faults, and memory once settled and at its end."""
    every = [ms for took in tally.took.values() for ms in took]
    clicks = [ms for what, took in tally.took.items() if what != SIGN_IN for ms in took]
    settled = tally.memory[int(len(tally.memory) * SETTLED) :]
    values = {
        "soak: requests a second": len(every) / seconds,
        "soak: median ms": median(every),
        "soak: p95 ms": percentile(every, 0.95),
        "soak: slowest ms": max(every),
        "soak: faults": float(len(tally.faults)),
        "soak: memory once settled, MB": settled[0],
        "soak: memory at the end, MB": settled[-1],
        CLICKS: percentile(clicks, 0.95),
        GROWTH: settled[-1] / settled[0],
        **{f"soak: {what}, p95 ms": percentile(took, 0.95) for what, took in tally.took.items() if took},
    }
    return [
        {"name": name, "value": round(value, 2), "floor": None, "ratio": None}
        for name, value in values.items()
    ]


def broken_limits(rows: Sequence[dict[str, object]]) -> list[str]:
    """A sentence for each figure that is beyond its limit: faults, 95 of 100 clicks after signing in, memory."""
    values = {str(row["name"]): float(str(row["value"])) for row in rows}
    return [
        f"{name} is {values[name]:g}, more than {most:g}"
        for name, most in LIMITS.items()
        if values[name] > most
    ]


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return sorted(values)[int(part * (len(values) - 1))]


def megabytes(pid: int) -> float:
    """Memory of a process and all below it; what they share is counted once."""
    kilobytes = 0
    for member in _family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:  # ended meanwhile
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [member for child in children.read_text().split() for member in _family(int(child))]
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
