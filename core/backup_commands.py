"""The commands `flask backup` and `flask restore`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from click import ClickException
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from core import clock, encrypted, erasure_log, journal, schema, sealing
from core.backup import back_up
from core.backup_faults import BackupRefused
from core.backup_file import Manifest, is_encrypted
from core.backup_snapshot import sqlite_file
from core.checkup import checkup
from core.config import MADE, Config
from core.db import db
from core.restore import restore
from core.restore_target import files_of

VARIABLE = "HUIFANG_BACKUP_PASSPHRASE"
SHORTEST = 10

_from_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"A file whose first line is the passphrase. {VARIABLE} in the environment does as well.",
)
_path = click.argument("file", type=click.Path(path_type=Path))


@click.command("backup")
@_path
@_from_file
@click.option("--ask", is_flag=True, help="Ask for a passphrase.")
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@with_appcontext
def backup(file: Path, passphrase_file: Path | None, ask: bool, force: bool) -> None:
    """Write database, uploaded files and keys into FILE, while people go on working.

    Where FILE is a folder, the backup gets a name with day and time in it.
    """
    config: Config = current_app.extensions["huifang"]
    passphrase = _given(passphrase_file)
    if ask and passphrase is None:
        passphrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    if passphrase is not None and len(passphrase) < SHORTEST:
        raise BackupRefused(f"The passphrase needs at least {SHORTEST} signs.")
    target = file / f"huifang-{clock.now():%Y%m%d-%H%M%S}.backup" if file.is_dir() else file
    begun = time.monotonic()
    manifest = back_up(config, target, passphrase, force=force)
    megabytes = target.stat().st_size / 1_000_000
    click.echo(f"{target}: {_said(manifest)}; {megabytes:,.1f} MB in {time.monotonic() - begun:,.0f} s.")
    if passphrase is None:
        click.echo(
            "It is not encrypted and holds the keys: keep it safe, or use --passphrase-file.", err=True
        )
    _note(target, encrypted=passphrase is not None)
    if schema.present() == schema.expected() and (trouble := encrypted.trouble(config)):
        click.echo(f"BAD  {trouble}", err=True)
        raise SystemExit(1)


def _note(target: Path, *, encrypted: bool) -> None:
    """The journal says that everything left the house. The backup is whole even where that cannot be written."""
    journal.note("backed_up", file=target.name, encrypted=encrypted)
    db.session.rollback()
    try:
        journal.write()
    except SQLAlchemyError as error:
        click.echo(f"The journal does not say so: {error.__class__.__name__}.", err=True)


@click.command("restore")
@_path
@_from_file
@click.option("--force", is_flag=True, help="Replace what this installation holds.")
@with_appcontext
def restore_command(file: Path, passphrase_file: Path | None, force: bool) -> None:
    """Put what FILE holds in the place of database, uploaded files and keys: all of it, or nothing.

    The database may be another than the one the backup is from: SQLite or PostgreSQL.
    """
    config: Config = current_app.extensions["huifang"]
    with _leaving_nothing(config):
        passphrase = _given(passphrase_file) if is_encrypted(file) else None
        if is_encrypted(file) and passphrase is None:
            passphrase = _asked()
        erasure_log.bring_up_to_date(config.data)  # before what knows of erasures is replaced
        before = sealing.known_end()
        manifest = restore(config, file, passphrase, force=force)
    click.echo(
        f"Restored what was there at {manifest.made_at[:19]} UTC: {_said(manifest)}. Counts and hashes agree."
    )
    click.echo("The sessions of that time have ended: everybody signs in again.")
    _look_over(config, manifest, before)


@contextmanager
def _leaving_nothing(config: Config) -> Iterator[None]:
    """A restore that is refused where there was nothing leaves nothing behind."""
    sqlite = config.database_url.startswith("sqlite")
    was_new = not sqlite_file(config).exists() if sqlite else not schema.present()
    db.session.rollback()
    try:
        yield
    except ClickException:
        if was_new:
            db.session.remove()
            db.engine.dispose()
            for path in files_of(sqlite_file(config)) if sqlite else ():
                path.unlink(missing_ok=True)
            _unmake(config)
        raise


def _unmake(config: Config) -> None:
    for path in reversed(MADE):
        if path.is_dir() and path == config.data:
            with suppress(OSError):  # somebody has put something there
                path.rmdir()
        elif path.parent == config.data:
            path.unlink(missing_ok=True)


def _given(file: Path | None) -> str | None:
    """The passphrase as it was handed in; None if it was not."""
    said = file.read_text(encoding="utf-8").partition("\n")[0].strip() if file else os.environ.get(VARIABLE)
    if file and not said:
        raise BackupRefused(f"{file} holds no passphrase in its first line.")
    return said or None


def _asked() -> str:
    if not sys.stdin.isatty():
        raise BackupRefused(f"The backup is encrypted. Add --passphrase-file FILE, or set {VARIABLE}.")
    return str(click.prompt("Passphrase", hide_input=True))


def _said(manifest: Manifest) -> str:
    rows = sum(facts.rows for facts in manifest.tables.values())
    files = sum(name.startswith("uploads/") for name, _size, _digest in manifest.parts)
    return f"{rows:,} rows of {len(manifest.tables)} tables, {files:,} files"


def _look_over(config: Config, manifest: Manifest, before: int) -> None:
    """What `flask doctor` says now, with the keys that were restored."""
    app = current_app.extensions["huifang.make"](config)
    with app.app_context():
        now = sealing.links()
        journal.note("restored", made_at=manifest.made_at[:19], links=now, before=before)
        db.session.rollback()
        journal.write()
        sealing.seal(breath_s=0)  # what was written in the last seconds before the backup
        again = erasure_log.brought_back(config.data, really=True)
        db.session.commit()
        findings = checkup(config, repair=False)
        db.session.rollback()
        db.engine.dispose()
    if again:
        click.echo(f"Erased again, for they had been erased since the backup: {again:,}.")
    bad = [finding.text for finding in findings if not finding.ok]
    for text in bad:
        click.echo(f"BAD  {text}")
    if bad:
        raise SystemExit(1)
    click.echo(f"flask doctor looked at {len(findings)} things: all is well.")


COMMANDS = (backup, restore_command)
