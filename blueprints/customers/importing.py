"""Importing customers: take a file in, try it, carry it out, forget it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from blueprints.customers import (
    import_batches,
    import_file,
    import_mappings,
    import_plan,
    import_requests,
    import_writing,
    lookups,
)
from blueprints.customers.import_batches import DONE, OPEN, TRIED
from blueprints.customers.import_plan import Plan
from blueprints.customers.import_report import Account
from blueprints.customers.import_rows import Candidate
from blueprints.customers.models import CustomerImport
from blueprints.customers.requested import ImportMapping
from core import changes, clock, uploads
from core.changes import ChangeSet
from core.csvfiles import IN_A_REQUEST, FileProblem, Limits, Table, open_csv
from core.db import db, reading, released
from core.encodings import ENCODINGS
from core.errors import NotFound, RuleBroken
from core.importkinds import CUSTOMERS, Fact, ImportKind, Judged, the_kind
from core.importways import Way
from core.intake import READERS, open_table, taken_in
from core.jobs import Job
from core.mapping import Mapping as Columns
from core.names import nfc
from core.rights import Viewer
from core.words import _

KEPT_FOR = timedelta(days=30)
SAMPLES = 200
TOLD = 24


def receive(
    file_name: str,
    data: bytes | Path,
    *,
    by: Viewer,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = IN_A_REQUEST,
    header: int = 0,
    kind: str = CUSTOMERS,
) -> CustomerImport:
    """Take a file in, as a list of a kind; its header is found where no line of it is named.

    Raises FileProblem, and keeps nothing, if it cannot be read to its end.
    """
    with ExitStack() as stack:
        with released():
            kept, form = stack.enter_context(taken_in(data, limits))
            words = the_kind(kind).words(by)
            table = open_table(kept, form or encoding, delimiter, limits, header, words)
            rows = sum(1 for _row in table.rows())
        _forget_old()
        made = CustomerImport(
            kind=kind,
            user_id=by.id,
            at=clock.now(),
            file_name=nfc(Path(file_name.replace("\\", "/")).name)[-255:] or _("file"),
            stored_as=uploads.keep(kept),
            encoding=table.encoding,
            delimiter=table.delimiter,
            rows=rows,
            mapping=the_kind(kind).suggested(table.header, table.samples(SAMPLES), by),
            way={"header": line} if (line := import_file.header_of(table)) else {},
            report={},
        )
    db.session.add(made)
    db.session.flush()
    return made


def read_again(
    made: CustomerImport, encoding: str | None, delimiter: str | None, header: int = 0, *, by: Viewer
) -> None:
    """Read the file in another encoding, with another separator or, of a workbook, another sheet (None: find it), and
    its header in this line (0: find it).

    The columns are mapped anew. Raises FileProblem for a file that cannot be read like this; it is then read as before.
    """
    _check_open(made)
    path, words = uploads.path_of(made.stored_as), the_kind(made.kind).words(by)
    table = open_table(path, encoding, delimiter, IN_A_REQUEST, header, words)
    import_file.take_header(made, table)
    made.mapping = the_kind(made.kind).suggested(table.header, table.samples(SAMPLES), by)
    made.state, made.report = OPEN, {}
    db.session.flush()


def map_anew(made: CustomerImport, kept: ImportMapping) -> None:
    """Map the columns as in a mapping that was kept; what was tried is to be tried anew."""
    _check_open(made)
    import_mappings.use(kept, made)
    import_file.drop_report(made)
    made.state, made.report = OPEN, {}
    db.session.flush()


def previews(made: CustomerImport) -> dict[str, str]:
    """What each encoding makes of words of the file that tell encodings apart; empty: it cannot be read.

    Nothing for a file in which all encodings read the same, and for one whose rows were told apart on its way in.
    """
    if made.encoding in READERS:
        return {}
    path = uploads.path_of(made.stored_as)
    line = Way.stored(made.way).header
    found = {encoding: _preview(path, encoding, made.delimiter, line) for encoding in ENCODINGS}
    return found if any(found.values()) else {}


def _preview(path: Path, encoding: str, delimiter: str, header: int) -> str:
    try:
        table = open_csv(path, encoding, delimiter, header=header)
        return _(", ").join(telling(table.samples(SAMPLES), most=2))
    except FileProblem:
        return ""


def telling(samples: Mapping[str, Sequence[str]], most: int = 3) -> list[str]:
    """Words from a file beyond plain letters, by which a person sees whether it is read rightly."""
    cells = (cell.strip() for found in samples.values() for cell in found if not cell.isascii())
    words = (cell if len(cell) <= TOLD else f"{cell[:TOLD]}…" for cell in cells)
    return list(islice(dict.fromkeys(words), most))


def try_out(made: CustomerImport, wanted: dict[str, str], way: Way, *, by: Viewer) -> Job | None:
    """A dry run with a mapping: find out what each row would do. Answers the job that does it for a large file.

    Raises MappingProblem, FileProblem.
    """
    _check_open(made)
    table, columns = import_file.read(made, wanted, way)
    alike = (made.mapping, Way.stored(made.way)) == (columns.columns, way)
    if made.rows > import_batches.AT_ONCE:
        if not alike:
            import_file.forget_told(made)
        made.mapping, made.way, made.state = columns.columns, way.as_json(), OPEN
        return import_batches.ask(made, the_kind(made.kind).jobs[0])
    known = import_file.told(made) if alike else frozenset()
    with released():
        found = _dry_run(the_kind(made.kind), table, columns, way, by, known)
    import_file.drop_report(made)
    made.mapping, made.way, made.report, made.state = columns.columns, way.as_json(), found, TRIED
    db.session.flush()
    return None


def _dry_run(
    kind: ImportKind, table: Table, columns: Columns, way: Way, by: Viewer, known: Collection[Fact]
) -> dict[str, Any]:
    while True:
        rows = kind.read(table.rows(), columns, way)
        with reading():
            judged = kind.judge(rows, by, known)
            db.session.rollback()
        if lookups.may_tell(judged.told, judged.untold):
            return {**Account.of(judged.outcomes).as_json(), import_file.TOLD: list(judged.facts)}


def _check_open(made: CustomerImport) -> None:
    if made.state == DONE:
        raise RuleBroken(_("This file has been imported. Choose it once more to import it again."))
    _check_no_job(made)


def _check_no_job(made: CustomerImport) -> None:
    if is_under_way(made):
        raise RuleBroken(_("A job is still at work on this file. Wait for its end, or cancel it."))


def run(made: CustomerImport, *, by: Viewer) -> Job | None:
    """Carry an import out as it was mapped; one that is done already stays as it is. Raises FileProblem, RuleBroken.

    Answers the job that does it for a large file.
    """
    _check_no_job(made)
    reason = import_requests.check(made, by) if made.state != DONE else None
    if made.rows > import_batches.AT_ONCE:
        return _run_behind(made, by)
    table, columns = import_file.read(made, made.mapping)
    kind = the_kind(made.kind)
    with released():
        rows = kind.read(table.rows(), columns, Way.stored(made.way))
    db.session.refresh(made, with_for_update=True)
    if made.state == DONE:
        return None
    changes.record(kind.verb, reason=reason)
    judged = kind.judge(rows, by, import_file.told(made))
    judged.write()
    made.report, made.state = _accounted(judged).as_json(), DONE
    made.change_set_id = changes.set_id()
    db.session.flush()
    return None


def _run_behind(made: CustomerImport, by: Viewer) -> Job | None:
    import_file.read(made, made.mapping)
    db.session.refresh(made, with_for_update=True)
    _check_no_job(made)
    if made.state == DONE:
        return None
    return import_batches.ask(made, the_kind(made.kind).jobs[1], import_requests.check(made, by))


def job_of(made: CustomerImport) -> Job | None:
    """The last job that was to try or to import the file; None if there was none, or it is forgotten."""
    return db.session.get(Job, made.job_id, populate_existing=True) if made.job_id is not None else None


def is_under_way(made: CustomerImport) -> bool:
    """Whether a job is at work on the file, or may go on with it."""
    job = job_of(made)
    return job is not None and job.is_open


def dry_run(rows: Sequence[Candidate], *, by: Viewer) -> Account:
    """What the rows would do; the database is only read."""
    with reading():
        plan = import_plan.plan(rows, by)
        db.session.rollback()
    return _accounted(plan)


def carry_out(rows: Sequence[Candidate], *, by: Viewer) -> Account:
    """Import the rows, in one change set that can be undone as a whole."""
    changes.record("customer.imported")
    plan = import_plan.plan(rows, by)
    import_writing.carry_out(plan, import_writing.prepare(plan))
    return _accounted(plan)


def _accounted(done: Plan | Judged) -> Account:
    lookups.note_import(done.told, done.untold)
    return Account.of(done.outcomes)


def is_undone(made: CustomerImport) -> bool:
    """Whether what was imported has been taken back."""
    undoing = select(ChangeSet.id).where(ChangeSet.undoes_id == made.change_set_id)
    return made.change_set_id is not None and db.session.scalar(undoing) is not None


def forget(made: CustomerImport) -> None:
    """Remove an import and its file; what it imported stays. Raises RuleBroken while a job is at work on it."""
    _check_no_job(made)
    import_file.drop(made)
    db.session.delete(made)
    db.session.flush()


def _forget_old() -> None:
    for old in db.session.scalars(select(CustomerImport).where(CustomerImport.at < clock.now() - KEPT_FOR)):
        if not is_under_way(old):
            forget(old)


def the_import(id: int, by: Viewer, kind: str = CUSTOMERS) -> CustomerImport:
    """One of the person's own imports of a kind. Raises NotFound."""
    found = db.session.get(CustomerImport, id) if 0 < id < 2**63 else None
    if found is None or (found.user_id, found.kind) != (by.id, kind):
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def imports_of(by: Viewer, kind: str = CUSTOMERS) -> Sequence[CustomerImport]:
    """The person's own imports of a kind, the latest first."""
    mine = select(CustomerImport).where(CustomerImport.user_id == by.id, CustomerImport.kind == kind)
    return db.session.scalars(mine.order_by(CustomerImport.id.desc()).limit(20)).all()
