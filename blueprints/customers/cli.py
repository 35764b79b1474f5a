"""`flask customers`: a list of customers in and out, by the same code and rights as the pages."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click
from flask.cli import AppGroup
from werkzeug.datastructures import MultiDict

from blueprints.access import queries as access
from blueprints.customers import (
    exporting,
    import_batches,
    import_fields,
    import_file,
    import_rows,
    importing,
)
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.import_report import Account
from blueprints.customers.listing import Listing
from blueprints.customers.models import CustomerImport
from core import changes, jobs, working
from core.commands import acting
from core.csvfiles import ON_DISK, FileProblem, Table
from core.csvheaders import NO_HEADER
from core.db import db, released
from core.importing import Action, Outcome
from core.importkinds import CUSTOMERS, the_kind
from core.importways import BOTH, DAYS, MATCHES, MODES, Way
from core.intake import open_table, taken_in
from core.jobs import Job
from core.mapping import Mapping
from core.rights import Right, Viewer
from core.tablefiles import CSV
from core.words import _

customers = AppGroup("customers", help="Customers in and out.")
COMMANDS = (customers,)

_ENDINGS = {"vcf": "vcard"}  # of files, beside those that are the names of their format
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@customers.command("import")
@click.argument("file", type=_FILE)
@click.option("--mapping", type=_FILE, help="JSON {column: field}; without it known columns map themselves.")
@click.option("--encoding", help="Such as utf-8 or gb18030; without it, it is found out.")
@click.option("--sheet", help="Which sheet of a workbook; without it, the first that has rows.")
@click.option("--header", type=click.IntRange(1), help="The line of the header; without it, it is found out.")
@click.option(
    "--no-header", is_flag=True, help="The first row is a row; a mapping calls the columns #1, #2 …"
)
@click.option(
    "--mode", type=click.Choice(list(MODES)), default=BOTH, help="What the file may do.", show_default=True
)
@click.option(
    "--match",
    type=click.Choice([name for name in MATCHES if name]),
    help="By what alone a customer on file is recognised; without it, by what tells most.",
)
@click.option("--clear", is_flag=True, help="Empty cells empty the field on file.")
@click.option(
    "--days",
    type=click.Choice([name for name in DAYS if name]),
    help="What comes first in 03/05/2026; without it, such rows are refused.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing, tell what would be done.")
@click.option("--as", "username", required=True, metavar="USER", help="Whose rights apply.")
def import_customers(
    file: Path,
    mapping: Path | None,
    encoding: str | None,
    sheet: str | None,
    header: int | None,
    no_header: bool,
    mode: str,
    match: str | None,
    clear: bool,
    days: str | None,
    dry_run: bool,
    username: str,
) -> None:
    """Import customers from FILE (CSV, XLSX or vCard). The exit status is 0 only if every row was taken."""
    way = Way(mode, match or "", clear, days or "")
    with acting(username, access.viewer_named(username), Right.CUSTOMERS_IMPORT) as by, ExitStack() as stack:
        with released():
            kept, kind = stack.enter_context(taken_in(file, ON_DISK))
        words = the_kind(CUSTOMERS).words(by)
        table = _table(kept, kind or encoding, sheet, NO_HEADER if no_header else header or 0, words)
        way = replace(way, header=import_file.header_of(table))
        known = import_fields.suggested(table.header, table.samples(importing.SAMPLES), by)
        columns = import_fields.checked(mapping.read_bytes() if mapping else known, table.header, way)
        with released():
            rows = list(import_rows.read(islice(table.rows(), import_batches.AT_ONCE + 1), columns, way))
        if len(rows) > import_batches.AT_ONCE:
            account, made = _in_batches(file.name, kept, table, columns, way, by, dry_run=dry_run)
        else:
            account = (importing.dry_run if dry_run else importing.carry_out)(rows, by=by)
            made = None if dry_run else changes.set_id()
    _tell(account, made)
    if account.refused:
        raise SystemExit(1)


def _table(
    kept: bytes | Path, encoding: str | None, sheet: str | None, header: int, words: Collection[str]
) -> Table:
    table = open_table(kept, encoding, None, ON_DISK, header, words)
    if sheet is None:
        return table
    if sheet not in table.sheets:
        raise FileProblem(_("The file has no sheet “%(sheet)s”.", sheet=sheet))
    return open_table(kept, encoding, str(table.sheets.index(sheet)), ON_DISK, header, words)


def _in_batches(
    name: str, kept: bytes | Path, table: Table, columns: Mapping, way: Way, by: Viewer, *, dry_run: bool
) -> tuple[Account, int | None]:
    """The job that the page would ask for, done here and now; its account, and the change set that leads it."""
    made = importing.receive(
        name,
        kept,
        by=by,
        encoding=table.encoding,
        delimiter=table.delimiter,
        limits=ON_DISK,
        header=table.begins,
    )
    made.mapping, made.way = columns.columns, way.as_json()
    job = import_batches.ask(made, import_batches.TRY if dry_run else import_batches.RUN)
    db.session.commit()
    while not working.work_on(job.id) and db.session.get_one(Job, job.id, populate_existing=True).is_open:
        time.sleep(1)  # a worker beside the server was quicker
        db.session.rollback()
    job = db.session.get_one(Job, job.id, populate_existing=True)
    if job.state != jobs.DONE:
        raise click.ClickException(str(job.why or jobs.STATES[job.state]))
    made = db.session.get_one(CustomerImport, made.id, populate_existing=True)
    return Account.stored(made.report), made.change_set_id


@customers.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--as", "username", required=True, metavar="USER", help="Whose rights apply.")
@click.option(
    "--format",
    type=click.Choice([*FORMATS, *_ENDINGS]),
    help="Without it, what FILE ends in says it, else csv.",
)
def export_customers(file: Path, username: str, format: str | None) -> None:
    """Export all customers that USER may export into a FILE (CSV, XLSX or vCard)."""
    format = format or file.suffix.lower().removeprefix(".")
    format = _ENDINGS.get(format, format if format in FORMATS else CSV)
    with acting(username, access.viewer_named(username), Right.CUSTOMERS_EXPORT) as by:
        everything = Listing.read(MultiDict())
        exporting.check(everything, by, format)
        exporting.note(everything, by)
        _write(file, exporting.file(everything, by, format, codes=True))


def _tell(account: Account, change_set: int | None) -> None:
    counts = {
        _("new"): account.created,
        _("updated"): account.updated,
        _("unchanged"): account.skipped,
        _("taken with a warning"): account.warned,
        _("refused rows"): account.refused,
    }
    for word, count in counts.items():
        click.echo(f"{word}: {count}")
    if change_set:
        click.echo(_("change set: %(id)s", id=change_set))
    for outcome in account.problems:
        _tell_of(outcome)


def _tell_of(outcome: Outcome) -> None:
    """Refused rows go to standard error, warnings to standard output."""
    refused = outcome.action is Action.REFUSE
    for finding in outcome.findings:
        place = f"{finding.column}: " if finding.column else ""
        word = _("not taken") if refused else _("warning")
        line = _("line %(line)s, %(word)s: ", line=outcome.line, word=word)
        click.echo(f"{line}{place}{finding.message}", err=refused)


def _write(file: Path, pieces: Iterator[bytes]) -> None:
    """Write the whole file or none: it gets its name when it is complete, and only its owner may read it."""
    descriptor, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=".export-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            for piece in pieces:
                target.write(piece)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
