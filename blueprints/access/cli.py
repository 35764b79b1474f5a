"""`flask init` for a real installation, and `flask users add`."""

from __future__ import annotations

import sys
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale
from sqlalchemy import inspect

from blueprints.access import actions, founding, queries, rules, second_factor
from core import changes, clock, journal, settings
from core.changes import Actor
from core.db import db
from core.errors import Problem
from core.languages import DEFAULT_LANGUAGE, LANGUAGES

BY_HAND = Actor(None, "flask", "cli")
users = AppGroup("users", help="Accounts.")


@users.command("add")
@click.argument("username", metavar="NAME")
@click.option(
    "--role", "roles", multiple=True, required=True, help="Code of a role, such as employee; repeatable."
)
@click.option("--team", required=True, help="Short name of the main team, such as sales1.")
@click.option("--full-name", help="The person's name; the user name if it is not given.")
@click.option("--must-change", is_flag=True, help="The password has to be changed at the first sign-in.")
def add(username: str, roles: tuple[str, ...], team: str, full_name: str | None, must_change: bool) -> None:
    """Make an account; its password is read from standard input."""
    _check_tables()
    password = _password()
    try:
        _add(username.strip().lower(), full_name or username, password, roles, team, must_change=must_change)
    except Problem as problem:
        _refuse(str(problem.message))
    click.echo(f"{username} may sign in now.")


def _add(
    username: str, name: str, password: str, codes: tuple[str, ...], slug: str, *, must_change: bool
) -> None:
    rules.check_username(username)
    place, roles = queries.team_named(slug), queries.roles_of_codes(codes)
    if place is None or place.closed_at is not None:
        _refuse(f"There is no team {slug!r}. Teams: {', '.join(t.slug for t, _depth in queries.tree())}")
    if unknown := set(codes) - {role.code for role in roles}:
        _refuse(
            f"There is no role {unknown.pop()!r}. Roles: {', '.join(role.code for role in queries.roles())}"
        )
    rules.check_password(password, actions.about_names(username, name, str(settings.get("company.name"))))
    hashed = actions.hash_password(password)
    with changes.acting(BY_HAND):
        actions.create_user(
            username, name, password_hash=hashed, team=place, roles=roles, must_change=must_change
        )
        db.session.commit()


@users.command("reset-second-factor")
@click.argument("username", metavar="NAME")
def reset_second_factor(username: str) -> None:
    """Take away the second factor of an account: for the last administrator, whom nobody else could let in."""
    _check_tables()
    user = queries.user_named(username)
    if user is None or second_factor.state(user.id) is None:
        _refuse(f"There is no account {username!r} with a second factor.")
    with changes.acting(BY_HAND):
        second_factor.end(user.id)
        journal.note("second_factor_reset", record=user)
        db.session.commit()
        journal.write()
    click.echo(f"{user.username} signs in with the password alone, and can set up a new second factor.")


@click.command("init")
@click.option("--company", prompt="Name of the company", help="Name of the company.")
@click.option("--admin", "username", prompt="User name of the first administrator", help="User name.")
@click.option("--full-name", prompt="Their name", help="The first administrator's name.")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default=DEFAULT_LANGUAGE,
    prompt="Language",
    show_default=True,
)
@click.option(
    "--zone", default=clock.DEFAULT_ZONE, prompt="Time zone", show_default=True, help="As in Asia/Shanghai."
)
@with_appcontext
def init(company: str, username: str, full_name: str, language: str, zone: str) -> None:
    """Found the company in an empty database: settings, roles, a first administrator and manager."""
    _check_tables()
    if founding.is_founded():
        _refuse("There are people in this database already. This is for an empty one; see `flask users add`.")
    _check_zone(zone)
    username = username.strip().lower()
    with force_locale(language):
        try:
            rules.check_username(username)
            password = _password()
            rules.check_password(password, actions.about_names(username, full_name, company))
            _found(
                company, username, full_name, password, {"company.language": language, "company.zone": zone}
            )
        except Problem as problem:
            _refuse(str(problem.message))
    click.echo(f"\n{company} is founded. {username} is administrator and manager.")
    click.echo("The first sign-in sets up a second factor: have a phone with an authenticator app at hand.\n")
    click.echo(_way())


def _found(company: str, username: str, name: str, password: str, choices: dict[str, Any]) -> None:
    hashed = actions.hash_password(password)
    with changes.acting(BY_HAND):
        founding.found(company=company, username=username, name=name, password_hash=hashed, choices=choices)
        db.session.commit()


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        _refuse(f"{zone!r} is no time zone. Write it like Asia/Shanghai.")


def _check_tables() -> None:
    if not inspect(db.engine).has_table("users"):
        _refuse("The database has no tables yet. Run `flask db upgrade` first.")


def _password() -> str:
    """One line of standard input; asked for twice, unseen, where a person sits there."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


def _way() -> str:
    """How the company's people come to this installation."""
    config = current_app.extensions["huifang"]
    return f"""\
The way onto the company's network
  Now it answers at {config.base_url} and only on {"this machine" if config.on_loopback else config.host}.
  1. Address: give this machine a fixed name or address in the network, and set
       HUIFANG_HOST=0.0.0.0   HUIFANG_BASE_URL=https://crm.example.lan
  2. Encryption, one of:
       a certificate of your own    HUIFANG_TLS_CERT=/path/cert.pem  HUIFANG_TLS_KEY=/path/key.pem
       a proxy that has one         HUIFANG_TRUSTED_PROXY=1  (and leave HUIFANG_HOST at 127.0.0.1)
     Without either it starts only with HUIFANG_INSECURE_HTTP=1, and says so on every page.
  3. Serve it: flask serve
  Data, keys and logs are in {config.data}: back this folder up, and keep others out of it."""


COMMANDS = (users, init)
