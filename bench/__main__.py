"""`make bench SIZES=10000,1000000 DATABASES=sqlite,postgresql ONLY=search`, or `make bench FILLED=/srv/million`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from bench import journeys, measuring, people, report
from bench.databases import Filled, filled, kept
from bench.floors.database import Database
from bench.measuring import Figures
from bench.servers import APPLICATION, FLOORS, serving

TIMES = 60


def main() -> None:
    """Measure what the arguments name, print it as it comes, keep it."""
    arguments = _arguments()
    measured = []
    for opened in _databases(arguments):
        with opened as database:
            print(report.head(database), flush=True)
            for figures in _run(database, arguments.only, arguments.times):
                measured.append((database, figures))
                print(report.line(figures), flush=True)
    report.write(measured)
    print(f"\n{len(measured)} figures are in bench/results.json")


def _databases(arguments: argparse.Namespace) -> Iterator[AbstractContextManager[Filled]]:
    if arguments.filled:
        yield nullcontext(kept(Path(arguments.filled).absolute()))
        return
    for kind in arguments.databases.split(","):
        for size in map(int, arguments.sizes.split(",")):
            yield filled(kind, size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="10000", help="numbers of customers, with commas")
    parser.add_argument("--databases", default="sqlite", help="sqlite, postgresql")
    parser.add_argument("--filled", default="", help="a data folder that `flask bench fill` filled, instead")
    parser.add_argument("--only", default="", help="a part of the names of the actions")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each action is repeated")
    return parser.parse_args()


def _run(database: Filled, only: str, times: int) -> Iterator[Figures]:
    cast = people.cast(Database(database.url))
    wanted = [
        each for each in journeys.journeys(cast, Database(database.url), database.password)
        if only.lower() in each.name.lower()
    ]  # fmt: skip
    environment, folder = database.environment, Path(database.folder)
    with (
        serving(APPLICATION, environment, folder / "application.log") as ours,
        serving(FLOORS, environment, folder / "floors.log") as bare,
    ):
        sides = measuring.sides(ours, bare, cast, database.password)
        for journey in wanted:
            yield measuring.measured(journey, *sides, times)


if __name__ == "__main__":
    main()
