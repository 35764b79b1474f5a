"""Importing behind the page: a file of many rows, tried and carried out a batch at a time.

Each batch is committed with how far the job is. What it must know of the batches before lies on file by then or, for
a dry run, in a file of its own; so the rows of one customer may stand anywhere in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from blueprints.access.models import Membership, Team, User
from blueprints.customers import import_file, import_plan, import_rows, import_writing, lookups, permits
from blueprints.customers.import_earlier import Made, Planned
from blueprints.customers.import_matching import highest_count
from blueprints.customers.import_plan import Plan
from blueprints.customers.import_report import FIRST, Account, Lines, Tally, head
from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import Target
from blueprints.customers.import_writing import Ready
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerImport,
    CustomerTag,
    Person,
    Tag,
)
from blueprints.customers.particulars import Consent, SpecialDay
from core import changes, events, importextras, jobs, settings, uploads
from core.cells import clean, restore
from core.db import db, reading
from core.importkinds import Judged
from core.importways import Way
from core.jobs import Job
from core.pacing import Pace
from core.rights import Right, Viewer
from core.working import Work

AT_ONCE = 2_000  # rows; beyond, they are imported behind the page
PACE = Pace()
TRY, RUN = "customers.import_tried", "customers.imported"
TRIES = 3  # of a batch that collides with what somebody else writes
OPEN, TRIED, DONE = "open", "tried", "done"
# What a plan is made from: if others write to these meanwhile, it is made anew
READ = frozenset(
    model.__tablename__
    for model in (
        Affiliation, Consent, ContactPoint, Customer, CustomerHelper, CustomerTag, Membership, Person, SpecialDay, Tag,
        Team, User,
    )
)  # fmt: skip
Place = Mapping[str, Any]
Batch = Callable[[], Sequence[Candidate]]  # its rows, read anew at each call


def ask(made: CustomerImport, kind: str, reason: str | None = None) -> Job:
    """Have a file tried, or imported, behind the page; `reason` is why somebody asked that they may."""
    job = jobs.ask(kind, total=made.rows, file=made.id, reason=reason)
    made.job_id = job.id
    db.session.flush()
    return job


def try_out(work: Work) -> dict[str, Any]:
    """A dry run; the database is only read."""
    place = work.place or begun(work, files=1)
    if not place["scratch"]:
        return {}
    place = {
        **place,
        "scratch": [*place["scratch"][:1], place["account"]],
    }  # which nobody has been told of yet
    earlier = Planned(scratch(place, 0), work.done)
    for batch in _batches(work):
        by = _importer(work)
        with reading():
            known = import_file.facts(place.get("known", ()))
            plan = import_plan.plan(batch(), by, earlier, FIRST - work.done, known)
            db.session.rollback()
        earlier.add(work.done, plan.targets)
        place = further(place, plan)
        work.advance(work.done + len(plan.outcomes), **place)
    earlier.close()
    tell(work, place, TRIED)
    return ended(work, place)


def run(work: Work) -> dict[str, Any]:
    """The import; all its change sets are one act."""
    place = work.place or {**begun(work, files=2), "made": 0, "highest": _highest(work)}
    if not place["scratch"]:
        return {}
    earlier = Made(scratch(place, 0).read_bytes()[: place["made"]], scratch(place, 1), work.done)
    _warm_up()
    for batch in _batches(work):
        plan, fresh = _carried_out(work, batch, earlier, place)
        packed = earlier.add(work.done, fresh, plan.targets)
        made = uploads.append(place["scratch"][0], place["made"], packed)
        place = {**further(place, plan), "made": made}
        tell(work, place, DONE)
        work.advance(work.done + len(plan.outcomes), **place)
    earlier.close()
    return ended(work, place)


def begun(work: Work, *, files: int) -> Place:
    """The place of a job that begins: a file for its account, and others for what it has to remember."""
    scratch = [uploads.keep(b"") for _file in range(files)]
    return {
        "import": work.asked["file"], "account": uploads.keep(b""), "size": 0, "tally": {}, "head": [],
        "scratch": scratch, "known": sorted(import_file.told(import_of(work))), "told": [],
    }  # fmt: skip


def scratch(place: Place, number: int) -> Path:
    """One of the files in which a job remembers."""
    return uploads.path_of(place["scratch"][number])


def ended(work: Work, place: Place) -> dict[str, Any]:
    """The end of a job: what it had to remember is dropped."""
    work.advance(work.done, **{**place, "scratch": []})
    for name in {*place["scratch"]} - {place["account"]}:
        uploads.drop(name)
    return {}


def _batches(work: Work) -> Iterator[Batch]:
    """What is left of the file."""
    made = import_of(work)
    table, columns = import_file.read(made, made.mapping)
    rows, way = islice(table.rows(), work.done, None), Way.stored(made.way)
    pace = PACE
    while some := list(islice(rows, pace.size)):
        yield lambda some=some: list(import_rows.read(some, columns, way))  # type: ignore[misc]
        pace = pace.after(len(some), work.held_s)


def import_of(work: Work) -> CustomerImport:
    """The import that a job is at work on."""
    return db.session.get_one(CustomerImport, work.asked["file"])


def _importer(work: Work) -> Viewer:
    return permits.lent(work.by, Right.CUSTOMERS_IMPORT, Right.CUSTOMERS_CREATE)


def _highest(work: Work) -> int:
    """The greatest running count in the file: none that we give out may be one that a later row brings along."""
    made = import_of(work)
    table, columns = import_file.read(made, made.mapping)
    names = [column for column, field in columns.columns.items() if field == "number"]
    numbers = (clean(restore(row.cells[name])) for row in (table.rows() if names else ()) for name in names)
    return highest_count(numbers, str(settings.get("customers.number_prefix")))


def _warm_up() -> None:
    """Let the areas do what takes long the first time before anybody has to wait for it."""
    with reading():
        events.tell("customers.import_begins")
        db.session.rollback()


def _carried_out(work: Work, batch: Batch, earlier: Made, place: Place) -> tuple[Plan, list[Target]]:
    """Write a batch, anew where it collides with what somebody else wrote; answers also whom it made.

    What takes long is done before, while others may write; if they did, it is done anew, the last time while they wait.
    """
    known = import_file.facts(place.get("known", ()))
    for last in (False,) * (TRIES - 1) + (True,):
        by = _importer(work)
        planned = partial(import_plan.plan, by=by, earlier=earlier, detailed=FIRST - work.done, known=known)
        ahead = None if last else _Ahead.of(batch(), planned)
        work.record("customer.imported", reason=work.asked.get("reason"))
        if ahead is not None and changes.touched_since(ahead.seen, _read_tables()):
            db.session.rollback()
            continue
        try:
            plan = ahead.plan if ahead is not None else planned(batch())
            plan.highest = max(plan.highest, place["highest"])
            fresh = [target for target in plan.targets if target.id is None]
            import_writing.carry_out(plan, ahead.ready if ahead is not None else import_writing.prepare(plan))
        except (IntegrityError, StaleDataError):
            db.session.rollback()
            if last:
                raise
        else:
            break
    return plan, fresh


def _read_tables() -> frozenset[str]:
    return READ.union(*(extra.tables for extra in importextras.extras()))


class _Ahead(NamedTuple):
    """What a batch would write, and the last change that this knows of."""

    seen: int
    plan: Plan
    ready: Mapping[Target, Ready]

    @classmethod
    def of(cls, rows: Sequence[Candidate], planned: Callable[[Sequence[Candidate]], Plan]) -> _Ahead:
        with reading():
            seen, plan = changes.latest(), planned(rows)
            db.session.rollback()
        return cls(seen, plan, import_writing.prepare(plan))


def further(place: Place, plan: Plan | Judged) -> Place:
    """The place behind a batch: its outcomes counted in, those with findings written to the file of the account.

    The first rows of the file are kept with what they change.
    """
    lookups.note_import(plan.told, plan.untold)
    outcomes = [outcome for outcome, _row in plan.outcomes]
    tally = Tally.stored(place["tally"])
    for outcome in outcomes:
        tally.add(outcome)
    size = uploads.append(place["account"], place["size"], Lines.of(outcomes))
    told = [*place.get("told", ()), *plan.facts]
    first = head(place.get("head", ()), outcomes)
    return {**place, "tally": tally.as_json(), "size": size, "head": first, "told": told}


def tell(work: Work, place: Place, state: str) -> None:
    """Write the account so far to the import, with the act that it is."""
    made = import_of(work)
    if made.report.get("file") != place["account"]:
        import_file.drop_report(made)
    told = Account.in_file(Tally.stored(place["tally"]), place["account"], place.get("head", ()))
    made.state, made.report = state, {**told, import_file.TOLD: place.get("told", ())}
    made.change_set_id = work.act if state == DONE else None
    db.session.flush()
