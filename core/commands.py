"""Commands about the installation itself: serve, worker, doctor, backup and restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from flask_migrate.cli import db as migrations  # type: ignore[import-not-found]
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from core import (
    backup_commands,
    changes,
    demonstration,
    encrypted,
    journal,
    locks,
    queue,
    schema,
    sealing,
    serving,
    settings,
)
from core.checkup import checkup
from core.config import Config
from core.db import db, is_away, reading
from core.errors import Problem, Refused
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _


@click.command("serve")
@click.option("--workers", default=serving.WORKERS, show_default=True, help="Processes that answer requests.")
@click.option(
    "--jobs/--no-jobs", default=True, help="Do the work behind the pages too, in a process of its own."
)
@with_appcontext
def serve(workers: int, jobs: bool) -> None:
    """Serve Huifang on HUIFANG_HOST and HUIFANG_PORT."""
    config: Config = current_app.extensions["huifang"]
    with reading():
        _check(config)
        _greet(config)
    from core import processes  # with gunicorn, which no other command needs

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    processes.run(app, app.extensions["huifang.make"], config, workers, jobs=jobs)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the work behind the pages until told to stop. `flask serve` has one beside it by itself."""
    with reading():
        _check_database(current_app.extensions["huifang"])
    db.session.remove()
    serving.keep_loaded()
    queue.queue_of(current_app).run()


def _check_database(config: Config) -> None:
    if trouble := schema.misfit() or encrypted.trouble(config):
        raise click.ClickException(trouble)


def _check(config: Config) -> None:
    _check_database(config)
    demo = bool(settings.get("company.demonstration"))
    if found := serving.faults(config, debug=current_app.debug, demonstration=demo):
        raise click.ClickException("\n".join(found))
    if not locks.become_server(config.data, 2 * serving.PATIENCE_S):  # for its requests, then for its job
        raise click.ClickException(
            f"Another server is at work on {config.data}. Stop it, or give this one a HUIFANG_DATA of its own."
        )
    if trouble := serving.deaf(config):
        raise click.ClickException(trouble)


def _greet(config: Config) -> None:
    click.echo(f"Huifang is at {config.base_url}")
    if shown := demonstration.sign_ins():
        click.echo("Sign in as one of the demonstration company:")
        for username, person in shown.people:
            click.echo(f"  {username:<10} {person}")
        click.echo(f"password: {shown.password}")
    click.echo("Stop it with Ctrl-C.")


@click.command("doctor")
@click.option("--repair", is_flag=True, help="Compute derived columns again where they are wrong.")
@click.option(
    "--accept-end", is_flag=True, help="Take the trail for whole as it ends now. The journal says so."
)
@with_appcontext
def doctor(repair: bool, accept_end: bool) -> None:
    """Check the installation; the exit status is 0 only if all is well."""
    if accept_end:
        sealing.accept_end()
        db.session.rollback()
        journal.write()
    findings = checkup(current_app.extensions["huifang"], repair=repair)
    if repair:
        db.session.commit()
    else:
        db.session.rollback()
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.text}")
    if not all(finding.ok for finding in findings):
        raise SystemExit(1)


def register(app: Flask, make: Callable[[], Flask]) -> None:
    """Add the commands; the server makes the application anew when it is told to read its settings again."""
    app.extensions["huifang.make"] = make
    app.cli.add_command(serve)
    app.cli.add_command(worker)
    app.cli.add_command(doctor)
    for command in backup_commands.COMMANDS:
        app.cli.add_command(command)


def tell_briefly(app: Flask) -> None:
    """Let every command there is by now, those about migrations too, say in one line that the database is away."""
    for command in (*app.cli.commands.values(), migrations):
        _tell_briefly(command)


def _tell_briefly(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _tell_briefly(each)
    whole = command.callback
    if whole is None or hasattr(whole, "tells_briefly"):
        return

    @wraps(whole)
    def brief(*given: Any, **options: Any) -> Any:
        try:
            return whole(*given, **options)
        except DBAPIError as error:
            if not is_away(error):
                raise
            app = click.get_current_context().ensure_object(ScriptInfo).load_app()
            raise click.ClickException(_away(app.extensions["huifang"], error)) from None

    brief.tells_briefly = True  # type: ignore[attr-defined]
    command.callback = brief


def _away(config: Config, error: DBAPIError) -> str:
    """Which database does not answer, and what its driver says, without the password and in one line."""
    address = make_url(config.database_url)
    reason = next(iter(str(error.orig).splitlines()), "").strip()
    if address.password and str(address.password) in reason:
        reason = ""
    shown = address.set(query={}).render_as_string(hide_password=True)
    return f"The database {shown} does not answer{f': {reason}' if reason else ''}"


@contextmanager
def acting(username: str, by: Viewer | None, right: Right) -> Iterator[Viewer]:
    """Do something as the person of this name, by a right of theirs (`by`: None if there is nobody); all or nothing."""
    try:
        if by is None:
            raise click.ClickException(_("There is no active user %(name)s.", name=username))
        if not by.may(right):
            raise Refused(refusal(right))
        with changes.acting(changes.Actor(by.id, by.name, "cli")):
            yield by
            db.session.commit()
    except Problem as problem:
        db.session.rollback()
        raise click.ClickException(str(problem.message)) from None
    finally:
        journal.write()
