"""Commands that act for a person: with their rights, and in their name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from blueprints.access import queries
from core import changes, journal
from core.db import db
from core.errors import Problem, Refused
from core.kinds import refusal
from core.rights import Right, Viewer
from core.words import _


@contextmanager
def acting(username: str, right: Right) -> Iterator[Viewer]:
    """Do something with the rights of a person and as theirs; all of it is kept, or nothing."""
    try:
        by = _viewer(username, right)
        with changes.acting(changes.Actor(by.id, by.name, "cli")):
            yield by
            db.session.commit()
    except Problem as problem:
        db.session.rollback()
        raise click.ClickException(str(problem.message)) from None
    finally:
        journal.write()


def _viewer(username: str, right: Right) -> Viewer:
    user = queries.user_named(username)
    if user is None or not user.is_living:
        raise click.ClickException(_("There is no active user %(name)s.", name=username))
    by = queries.viewer_of(user)
    if not by.may(right):
        raise Refused(refusal(right))
    return by
