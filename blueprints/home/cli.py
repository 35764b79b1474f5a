"""`flask demo`: fills an empty database with the demonstration company."""

from __future__ import annotations

import os
import secrets
import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from blueprints.access import actions as access
from blueprints.home.demo import company
from blueprints.home.demo.script import Script
from core import changes, clock, demonstration, journal, sealing
from core.db import db

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing, and say nothing, where there is data already.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Fill an empty database with an invented company, its customers and 90 days of contacts."""
    if not inspect(db.engine).has_table("users"):
        sys.exit("The database has no tables yet. Run `flask db upgrade` first.")
    if company.is_half_made():
        sys.exit(
            f"An earlier filling was broken off. Delete {_database()}, then run `flask db upgrade` and "
            "`flask demo` again."
        )
    if company.is_begun():
        if if_empty:
            return
        sys.exit("There is data in this database already. The demonstration fills only an empty one.")
    _check_loopback()
    click.echo("Filling the database with the demonstration company")
    _fill(_new_password())


def _check_loopback() -> None:
    config = current_app.extensions["huifang"]
    if not config.only_here:
        sys.exit(
            f"The demonstration shows its password to everybody, so it needs the loopback address and no proxy: "
            f"HUIFANG_HOST is {config.host}, HUIFANG_TRUSTED_PROXY {config.trusted_proxies}. "
            f"For a real company run `flask init`."
        )


def _database() -> str:
    url = db.engine.url
    return (
        f"the file {url.database}" if url.drivername.startswith("sqlite") else f"the database {url.database}"
    )


def _new_password() -> str:
    """One password for all, kept in the data folder for the sign-in page, mode 0600."""
    password = "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(3))
    path = demonstration.password_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    return password


def _fill(password: str) -> None:
    """Step by step, each at its own time and in the name of who did it."""
    for step in Script(clock.today(), access.hash_password(password)).steps():
        with clock.frozen(step.at), changes.acting(step.actor()):
            step.act()
            db.session.commit()
            journal.write()
    sealing.seal()


COMMANDS = (demo,)
