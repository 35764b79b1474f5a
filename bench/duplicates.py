"""`make bench-duplicates SIZES=10000,100000`: how well the sweep for duplicates finds them, and how long it takes.

Found are pairs: of the two files of Febrl (`FEBRL=folder`), whose numbers of records the sweep does not see, and of a
list of Chinese companies of our own with planted slips. `FILLED=folder` sweeps a company that `flask bench fill` made.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from bench.databases import SEED, filled, kept
from bench.fill import words
from bench.report import RESULTS
from bench.servers import ROOT
from blueprints.customers import actions, duplicate_sweep
from blueprints.customers.models import ContactPoint, Customer
from blueprints.customers.pairs import Duplicate
from core import changes, config, jobs, working
from core.db import db
from core.jobs import DONE, Job

COMPANIES, IN_TWO_FILES = 2_000, 600
AIM = 0.95
Row = dict[str, Any]
Marked = tuple[str, Row]  # whose file it is, and the file


def main() -> None:
    """Measure what the arguments name, print it, keep it."""
    arguments = _arguments()
    rows: list[Row] = []
    for figure in _figures(arguments):
        rows.append(figure)
        print(f"{figure['name']:52}{figure['value']:>14,}", flush=True)
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.duplicates", description=__doc__)
    parser.add_argument("--febrl", default="", help="the folder of dataset1.csv and dataset2.csv")
    parser.add_argument("--sizes", default="10000", help="numbers of customers, with commas")
    parser.add_argument("--databases", default="sqlite", help="sqlite, postgresql")
    parser.add_argument("--filled", default="", help="a data folder that `flask bench fill` filled, instead")
    return parser.parse_args()


def _figures(arguments: argparse.Namespace) -> Iterator[Row]:
    folder = Path(arguments.febrl or ROOT.parent / "shared" / "data" / "febrl")
    for name in ("dataset1", "dataset2"):
        if (folder / f"{name}.csv").exists():
            yield from _found(f"febrl {name}", febrl(folder / f"{name}.csv"))
        else:
            print(f"{folder} holds no {name}.csv: left out", flush=True)
    yield from _found("companies of our own", companies(Random(SEED)))
    for kind in arguments.databases.split(","):
        for size in map(int, arguments.sizes.split(",")):
            with (
                nullcontext(kept(Path(arguments.filled).absolute()))
                if arguments.filled
                else filled(kind, size)
            ) as database:
                app = create_app(config.load(database.environment))
                yield from _swept(app, f"{database.kind}, {database.size:,} customers")
            if arguments.filled:
                return


def febrl(file: Path) -> list[Marked]:
    """The persons of a file of Febrl as an import would make them: the number of the record is not among it."""
    with file.open(encoding="utf-8", newline="") as lines:
        records = [{name: (value or "").strip() for name, value in row.items()} for row in _read(lines)]
    return [(record["rec_id"].split("-")[1], _person(record)) for record in records]


def _read(lines: Any) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(lines, skipinitialspace=True)


def _person(record: dict[str, str]) -> Row:
    street = [record[name] for name in ("street_number", "address_1", "address_2") if record[name]]
    return {
        "kind": "person", "name": f"{record['given_name']} {record['surname']}".strip() or "?",
        "address": " ".join(street) or None, "city": record["suburb"] or None,
        "postal_code": record["postcode"] or None, "province": record["state"] or None,
        "birthday": _day(record["date_of_birth"]),
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def companies(random: Random) -> list[Marked]:
    """Companies, some of them twice: as somebody else would have noted them, with another number or the same."""
    made: list[Marked] = []
    for number in range(COMPANIES):
        _province, city, _area = random.choice(words.CITIES)
        name, short = words.company_name(random, city)
        whole: Row = {"kind": "company", "name": name, "city": city, "phone": words.mobile(random)}
        made.append((str(number), whole))
        if number < IN_TWO_FILES:
            slip = random.choice(SLIPS)
            again = {**whole, "name": slip(random, name, short or name[2:])}
            if slip not in ALIKE and random.random() < 0.3:
                again["city"] = None
            elif slip in ALIKE and random.random() < 0.5:
                again["phone"] = words.mobile(random)
            made.append((str(number), again))
    random.shuffle(made)
    return made


def _without_form(_random: Random, name: str, _short: str) -> str:
    return (
        name.replace("有限责任公司", "")
        .replace("股份有限公司", "")
        .replace("集团有限公司", "")
        .replace("有限公司", "")
    )


def _other_form(random: Random, name: str, _short: str) -> str:
    return _without_form(random, name, "") + random.choice(("有限公司", "有限责任公司", "（集团）有限公司"))


def _wide(_random: Random, name: str, _short: str) -> str:
    return f" {name[:2]}　{name[2:]} "


def _traditional(_random: Random, name: str, _short: str) -> str:
    return name.translate(
        str.maketrans(
            "华兴达东汇联创信贸电机医疗发软务锦万盛腾"[:19], "華興達東匯聯創信貿電機醫療發軟務錦萬盛騰"[:19]
        )
    )


def _slip(random: Random, name: str, _short: str) -> str:
    place = random.randrange(2, len(name) - 4)
    return name[:place] + random.choice("大新中天金") + name[place + 1 :]


def _left_out(random: Random, name: str, _short: str) -> str:
    place = random.randrange(4, len(name) - 4)
    return name[:place] + name[place + 1 :]


def _short(_random: Random, _name: str, short: str) -> str:
    return short


def _in_brackets(random: Random, name: str, _short: str) -> str:
    return _without_form(random, name[2:], "") + f"（{name[:2]}）有限公司"


Slip = Callable[[Random, str, str], str]
TRADITIONAL = str.maketrans("华兴达东汇创贸电医疗发软务锦万腾", "華興達東匯創貿電醫療發軟務錦萬騰")
ALIKE: tuple[Slip, ...] = (_without_form, _other_form, _wide, _traditional, _in_brackets)
SLIPS: tuple[Slip, ...] = (*ALIKE, _slip, _left_out, _short)


def _found(name: str, marked: Sequence[Marked]) -> Iterator[Row]:
    """Precision, recall and F1 of the pairs that a sweep finds."""
    with _empty() as app, app.app_context():
        ids = _put([row for _mark, row in marked])
        owners = dict(zip(ids, (mark for mark, _row in marked), strict=True))
        _sweep()
        pairs = set(db.session.execute(select(Duplicate.customer_id, Duplicate.other_id)).tuples())
    files = defaultdict(list)
    for id, mark in owners.items():
        files[mark].append(id)
    true = {pair for those in files.values() for pair in combinations(sorted(those), 2)}
    right = len(pairs & true)
    precision, recall = right / (len(pairs) or 1), right / len(true)
    score = 2 * precision * recall / ((precision + recall) or 1)
    for what, value, floor in (("precision", precision, None), ("recall", recall, None), ("f1", score, AIM)):
        yield {
            "name": f"duplicates, {name}: {what}", "value": round(value, 4), "floor": floor,
            "ratio": floor and round(value / floor, 3),
        }  # fmt: skip


@contextmanager
def _empty() -> Iterator[Flask]:
    """A migrated database without anybody, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="huifang-bench-") as folder:
        url = f"sqlite:///{folder}/huifang.db"
        app = create_app(config.load({"HUIFANG_DATA": folder, "HUIFANG_DATABASE_URL": url}))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
        yield app
        with app.app_context():
            db.engine.dispose()


def _put(rows: Sequence[Row]) -> list[int]:
    """Files of these facts; a phone is a contact point."""
    changes.record("customer.imported")
    for n, row in enumerate(rows, 1):
        facts = {name: value for name, value in row.items() if name != "phone"}
        customer = Customer(number=f"KH{n:06d}", **facts)
        actions.derive([customer])
        db.session.add(customer)
        if row.get("phone"):
            point = ContactPoint(customer=customer, kind="mobile", value=row["phone"])
            actions.derive([point])
            db.session.add(point)
    db.session.flush()
    ids = list(db.session.scalars(select(Customer.id).order_by(Customer.number)))
    db.session.commit()
    return ids


def _sweep() -> Job:
    job_id = jobs.ask(duplicate_sweep.JOB).id
    db.session.commit()
    working.work_on(job_id)
    job = db.session.get_one(Job, job_id, populate_existing=True)
    if job.state != DONE:
        raise RuntimeError(f"the sweep ended as {job.state}: {job.failure}")
    return job


def _swept(app: Flask, where: str) -> Iterator[Row]:
    with app.app_context():
        wall, cpu = time.monotonic(), time.process_time()
        told = _sweep().result or {}
        values = {
            "seconds": round(time.monotonic() - wall, 1),
            "seconds of the processor": round(time.process_time() - cpu, 1),
            "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "pairs compared": told.get("compared", 0), "pairs found": told.get("found", 0),
            "keys left out": told.get("left_out", 0),
        }  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    for what, value in values.items():
        yield {"name": f"sweep, {where}: {what}", "value": value, "floor": None, "ratio": None}


if __name__ == "__main__":
    main()
