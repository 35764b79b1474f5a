"""`flask purchases` and `flask products`: lists in, by the rights of a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from blueprints.access import queries as access
from blueprints.sales import importing
from core import changes
from core.commands import acting
from core.csvfiles import ON_DISK
from core.importing import Action, Outcome, Report
from core.importways import BOTH, DAYS, MODES, Way
from core.words import _, listed

purchases = AppGroup("purchases", help="Purchases in.")
products = AppGroup("products", help="Products in.")
COMMANDS = (purchases, products)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _options(command: Any) -> Any:
    """What both commands take."""
    for option in (
        click.option("--as", "username", required=True, metavar="USER", help="Whose rights apply."),
        click.option("--dry-run", is_flag=True, help="Write nothing, tell what would be done."),
        click.option("--encoding", help="Such as utf-8 or gb18030; without it, it is found out."),
        click.option(
            "--mapping", type=_FILE, help="JSON {column: field}; without it known columns map themselves."
        ),
        click.argument("file", type=_FILE),
    ):
        command = option(command)
    return command


@purchases.command("import")
@click.option(
    "--mode", type=click.Choice(list(MODES)), default=BOTH, help="What the file may do.", show_default=True
)
@click.option(
    "--days",
    type=click.Choice([name for name in DAYS if name]),
    help="What comes first in 03/05/2026; without it, such rows are refused.",
)
@_options
def import_purchases(mode: str, days: str | None, **options: Any) -> None:
    """Import purchases, or lines of them, from FILE (CSV or XLSX). The exit status is 0 only if every row was taken."""
    _import(importing.PURCHASE_LIST, Way(mode, days=days or ""), **options)


@products.command("import")
@_options
def import_products(**options: Any) -> None:
    """Import products from FILE (CSV or XLSX). The exit status is 0 only if every row was taken."""
    _import(importing.PRODUCT_LIST, Way(), **options)


def _import(
    what: importing.List,
    way: Way,
    file: Path,
    mapping: Path | None,
    encoding: str | None,
    dry_run: bool,
    username: str,
) -> None:
    with acting(username, access.viewer_named(username), what.right) as by:
        wanted = mapping.read_bytes() if mapping else None
        header, lines = importing.opened(what, file, encoding, ON_DISK, wanted, way)
        report = what.try_out(lines, by) if dry_run else what.carry_out(lines, by)
        made = None if dry_run else changes.set_id()
    taken = set(lines[0].places.values()) if lines else set(header)
    _tell(report, made, [column for column in header if column not in taken])


def _tell(report: Report, change_set: int | None, left: Sequence[str]) -> None:
    words = {
        Action.CREATE: _("new"), Action.UPDATE: _("updated"), Action.SKIP: _("unchanged"),
        Action.REFUSE: _("refused rows"),
    }  # fmt: skip
    for action, word in words.items():
        click.echo(f"{word}: {report.counts[action]}")
    if change_set:
        click.echo(_("change set: %(id)s", id=change_set))
    if left:
        click.echo(_("Not imported: %(columns)s.", columns=listed(left)))
    for outcome in report.shown:
        if outcome.action is not Action.REFUSE:
            _tell_of(outcome)
    for outcome, _row in report.refused:
        _tell_of(outcome)
    if not report.complete:
        raise SystemExit(1)


def _tell_of(outcome: Outcome) -> None:
    """Why a row is refused goes to standard error, a warning to standard output."""
    refused = outcome.action is Action.REFUSE
    word = _("not taken") if refused else _("warning")
    for finding in outcome.findings:
        place = f"{finding.column}: " if finding.column else ""
        line = _("line %(line)s, %(word)s: ", line=outcome.line, word=word)
        click.echo(f"{line}{place}{finding.message}", err=refused)
