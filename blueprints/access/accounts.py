"""The verbs of accounts: made, changed, given a new password, deactivated, reactivated."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from blueprints.access import actions, leaving, places, queries, rules, second_factor
from blueprints.access.models import Role, User, UserRole
from core import changes, clock, events, journal
from core.db import db, released
from core.errors import Refused, RuleBroken, Stale
from core.names import nfc, sort_key
from core.rights import Right, Viewer
from core.words import _

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_COLUMNS = ("name", "staff_number", "email")


def first_password() -> str:
    """A password to be given on and then changed: signs that are not mistaken for one another."""
    return "-".join("".join(secrets.choice(LETTERS) for _sign in range(4)) for _group in range(4))


def create(values: Mapping[str, Any], *, by: Viewer) -> tuple[User, str]:
    """Make an account; answers it with its first password, which is kept nowhere in clear.

    `values`: username, name, staff_number, email, team, teams, leads (slugs), roles (codes).
    Raises RuleBroken, Refused.
    """
    username = str(values["username"]).lower()
    rules.check_username(username)
    password = first_password()
    with released():
        hashed = actions.hash_password(password)
    roles = _check_roles(queries.roles_of_codes(values.get("roles") or ()), by)
    team = places.open_team(values.get("team"))
    user = actions.create_user(username, nfc(values["name"]), password_hash=hashed, team=team, roles=roles)
    _set_columns(user, values)
    places.set_places(user, values)
    db.session.flush()
    return user, password


def update(user: User, values: Mapping[str, Any], *, by: Viewer, version: int | None) -> None:
    """Change what `values` names (see `create`) and nothing else. Raises Stale, RuleBroken, Refused."""
    changes.record("user.updated")
    queries.lock_roles()
    queries.lock(user)
    if version is not None and user.version != version:
        raise Stale(_("Somebody else has changed this account since you opened it."))
    _check_over(user, by)
    _set_columns(user, values)
    before = user.version
    db.session.flush()
    if places.set_places(user, values) | _set_roles(user, values, by):
        _check_not_self(user, by)
        if user.version == before:
            user.version += 1
    db.session.flush()
    _check_administrators()


def reset_password(user: User, *, by: Viewer) -> str:
    """A new first password, to be changed; all sessions of the person end. Raises Refused, RuleBroken."""
    password, id = first_password(), user.id
    with released():
        hashed = actions.hash_password(password)
    user = db.session.get_one(User, id)
    _check_over(user, by)
    if user.id == by.id:
        raise RuleBroken(_("Change your own password on your own page."))
    actions.set_password_hash(user.id, hashed, must_change=True)
    journal.note("password_reset", record=user)
    return password


def end_sessions(user: User, *, by: Viewer) -> None:
    """End all sessions of a person. Raises Refused."""
    _check_over(user, by)
    actions.end_sessions(user.id)
    journal.note("sessions_ended", record=user)


def reset_second_factor(user: User, *, by: Viewer) -> None:
    """Take away the second factor of somebody who has lost it; all their sessions end. Raises Refused, RuleBroken."""
    _check_over(user, by)
    if user.id == by.id:
        raise RuleBroken(_("Change your own second factor on your own page."))
    second_factor.end(user.id)
    journal.note("second_factor_reset", record=user)


def deactivate(user: User, *, successor: User | None, reason: str, by: Viewer) -> None:
    """Close an account: all sessions end, what the person owns goes to the successor (see `leaving`).

    Raises RuleBroken, Refused.
    """
    changes.record(leaving.DEACTIVATED, reason=reason)
    queries.lock_roles()
    queries.lock(user)
    _check_leaver(user, by)
    leaving.check_successor(user, successor)
    user.deactivated_at = clock.now()
    db.session.flush()
    events.tell("user.left", user=user)
    if successor is not None:
        leaving.hand_over(user, successor, act=changes.set_id(), reason=reason)
    actions.end_sessions(user.id)
    _check_administrators()


def _check_leaver(user: User, by: Viewer) -> None:
    if not user.is_living:
        raise RuleBroken(_("This account is deactivated already."))
    if user.id == by.id:
        raise RuleBroken(_("You cannot deactivate yourself. Ask another administrator."))
    _check_over(user, by)


def hand_over(user: User, *, successor: User | None, reason: str, by: Viewer) -> None:
    """Give what somebody who has left still owns to a successor. Raises RuleBroken, Refused."""
    _check_over(user, by)
    leaving.go_on(user, successor, reason=reason)


def reactivate(user: User, *, by: Viewer) -> None:
    """Open an account again, with the roles and teams that it had. Raises Refused, RuleBroken."""
    changes.record("user.reactivated")
    check_return(user, by)
    user.deactivated_at = None
    db.session.flush()


def check_return(user: User, by: Viewer) -> None:
    """Who lets somebody in again, and where to. Raises Refused, RuleBroken."""
    _check_over(user, by)
    if closed := [place.team.name for place in user.memberships if place.team.closed_at]:
        raise RuleBroken(_("%(name)s is closed. Open it first, or choose another team.", name=closed[0]))


def _check_over(user: User, by: Viewer) -> None:
    """Who may sign in as somebody, or shut them out, needs what that person holds."""
    if not rules.covers(by.grants, queries.viewer_of(user).grants):
        raise Refused(_refusal(by))


def _check_not_self(user: User, by: Viewer) -> None:
    if user.id == by.id and not by.may(Right.ACCESS_ROLES):
        raise Refused(_("You may not change your own roles and teams. %(others)s", others=_refusal(by)))


def _check_roles(roles: Sequence[Role], by: Viewer) -> Sequence[Role]:
    if not rules.covers(by.grants, queries.grants_of_roles(role.id for role in roles)):
        raise Refused(_refusal(by))
    return roles


def _refusal(by: Viewer) -> str:
    names = [name for name in queries.holders(Right.ACCESS_ROLES) if name != by.name]
    sentence = _("This account or role holds rights that you do not hold yourself.")
    whom = _("Ask %(names)s.", names=_(", ").join(names))
    return f"{sentence} {whom}" if names else sentence


def _check_administrators() -> None:
    if queries.administrators() == 0:
        raise RuleBroken(
            _("Somebody must remain who may change roles: make somebody else an administrator first."),
            "roles",
        )


def _set_columns(user: User, values: Mapping[str, Any]) -> None:
    for column in _COLUMNS:
        if column in values:
            setattr(user, column, values[column] or None)
    if not user.name:
        raise RuleBroken(_("Fill this in."), "name")
    user.name_key = sort_key(user.name, person=True)[:300]


def _set_roles(user: User, values: Mapping[str, Any], by: Viewer) -> bool:
    if "roles" not in values:
        return False
    present = {held.role_id: held for held in user.roles}
    wanted = {role.id: role for role in queries.roles_of_codes(values["roles"])}
    _check_roles(
        [*_missing(wanted, present), *(held.role for id, held in present.items() if id not in wanted)], by
    )
    for id in present.keys() - wanted.keys():
        user.roles.remove(present[id])
    user.roles.extend(UserRole(role=role) for role in _missing(wanted, present))
    return present.keys() != wanted.keys()


def _missing(wanted: Mapping[int, Role], present: Collection[int]) -> Iterable[Role]:
    return [role for id, role in wanted.items() if id not in present]
