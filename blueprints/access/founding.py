"""The first day of a real installation: company, roles, the top of the tree, and the first administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from blueprints.access import actions, queries
from blueprints.access.models import User
from core import changes, events, settings
from core.db import db
from core.errors import RuleBroken
from core.names import nfc
from core.settings import SettingValue
from core.words import _

ROOT = "company"
FIRST_ROLES = ("admin", "manager")


def is_founded() -> bool:
    """Whether there is anybody already."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def found(
    *, company: str, username: str, name: str, password_hash: str, choices: Mapping[str, Any]
) -> User:  # fmt: skip
    """Found the company: its name and settings (`choices`), built-in roles, one team, one person with both
    the administrator's and the manager's role. Raises RuleBroken on a database that is not empty.
    """
    changes.record("company.installed")
    if is_founded():
        raise RuleBroken(_("There are people in this database already."))
    values = {"company.name": nfc(company), **choices}
    db.session.add_all(SettingValue(name=key, value={"value": value}) for key, value in values.items())
    db.session.flush()
    settings.forget()
    actions.make_builtin_roles(guarded=True)
    team = actions.create_team(ROOT, nfc(company))
    roles = queries.roles_of_codes(FIRST_ROLES)
    user = actions.create_user(
        username, nfc(name), password_hash=password_hash, team=team, roles=roles, must_change=False
    )
    events.tell("company.founded")
    return user
