"""What access declares: kinds, verbs, settings."""

from __future__ import annotations

from flask import url_for
from flask_login import current_user
from sqlalchemy import Connection

from blueprints.access import (
    actions,
    incidents,
    leaving,
    queries,
    returning,
    trail,
    trail_words,  # noqa: F401
    words,
)
from blueprints.access.incidents import Incident
from blueprints.access.models import Role, Team, User
from core import events, kinds, navigation, verbs
from core.changes import ChangeSet
from core.kinds import Kind
from core.navigation import Place
from core.rights import Right, Viewer
from core.roots import Root
from core.verbs import Verb
from core.words import _l

kinds.declare(
    Kind(
        name="user",
        model=User,
        label=_l("User"),
        plural=_l("Users"),
        url=lambda id: url_for("users.show", id=id),
        title=lambda user: user.name,
        policy=queries.USERS,
        see=Right.ACCESS_USERS,
        edit=Right.ACCESS_USERS,
        internal=True,
        field_labels=words.FIELDS,
    )
)
kinds.declare(
    Kind(
        name="team",
        model=Team,
        label=_l("Team"),
        plural=_l("Teams"),
        url=lambda id: url_for("teams.edit", id=id),
        title=lambda team: team.name,
        policy=queries.TEAMS,
        see=Right.ACCESS_TEAMS,
        edit=Right.ACCESS_TEAMS,
        internal=True,
        field_labels=words.FIELDS,
    )
)
kinds.declare(
    Kind(
        name="role",
        model=Role,
        label=_l("Role"),
        plural=_l("Roles"),
        url=lambda id: url_for("roles.edit", id=id),
        title=words.role_name,
        policy=queries.ROLES,
        see=Right.ACCESS_ROLES,
        edit=Right.ACCESS_ROLES,
        internal=True,
        field_labels=words.FIELDS,
        value_labels={"right": words.right_label, "scope": words.scope_label},
    )
)
kinds.declare(
    Kind(
        name="incident",
        model=Incident,
        label=_l("Incident"),
        plural=_l("Incidents"),
        url=lambda id: url_for("incidents.show", id=id),
        title=lambda incident: incident.title,
        policy=incidents.POLICY,
        see=Right.ACCESS_AUDIT,
        edit=incidents.R,
        internal=True,
        field_labels=incidents.LABELS,
    )
)
verbs.declare(
    Verb(incidents.NOTED, _l("noted an incident")),
    Verb(incidents.CHANGED, _l("changed an incident"), undo=incidents.R),
    Verb("role.created", _l("made a role")),
    Verb("role.updated", _l("changed the rights of a role")),
    Verb("team.closed", _l("closed a team")),
    Verb("team.created", _l("made a team")),
    Verb("team.reopened", _l("opened a closed team again")),
    Verb("team.updated", _l("changed a team")),
    Verb("user.created", _l("made an account")),
    Verb(
        leaving.DEACTIVATED,
        _l("deactivated an account"),
        undo=Right.ACCESS_USERS,
        overwrite=Right.CUSTOMERS_ASSIGN,
    ),
    Verb("user.preferences", _l("changed own preferences")),
    Verb("user.reactivated", _l("reactivated an account")),
    Verb("user.updated", _l("changed an account")),
    Verb("company.installed", _l("set the installation up")),
)

navigation.declare(
    Place("users.index", _l("Users"), "users-group", rights=(Right.ACCESS_USERS,), group="admin", order=70),
    Place("teams.index", _l("Teams"), "sitemap", rights=(Right.ACCESS_TEAMS,), group="admin", order=71),
    Place(
        "roles.index",
        _l("Roles and rights"),
        "shield-lock",
        rights=(Right.ACCESS_ROLES,),
        group="admin",
        order=72,
    ),
    Place(
        "why.show",
        _l("Why can X see this"),
        "help-circle",
        rights=(Right.ACCESS_DIAGNOSE,),
        group="admin",
        order=73,
    ),
    Place(
        "audit.index",
        _l("Audit trail"),
        "list-search",
        rights=(Right.ACCESS_AUDIT,),
        group="admin",
        order=74,
        beside=("incidents",),
    ),
    Place("me.show", _l("Me"), "user", group="me", order=90, phone=True),
)


@events.listen("backup.restored")
def end_everybodys_sessions(connection: Connection) -> None:
    """Sessions that had ended since the backup was made must not live again, and none can be told from those."""
    actions.end_everybodys_sessions(connection)


@events.listen("undo.checked")
def check_undo(change_set: ChangeSet, viewer: Viewer) -> None:
    """To take a deactivation back is to let somebody in again: that is bound like a reactivation."""
    returning.check(change_set, viewer)


@events.listen("undo.first")
def reopen_first(change_set: ChangeSet) -> list[Root]:
    """An account lives again before customers come back to it."""
    return returning.leavers(change_set)


kinds.name_holders(
    lambda right: (
        queries.holders(right, team_id=current_user.team_id, but=current_user.id)
        if current_user and current_user.is_authenticated
        else ()
    )
)
TEMPLATE_GLOBALS = {
    "verb_label": trail.verb_label,
    "role_name": words.role_name,
    "role_names": words.role_names,
    "team_names": words.team_names,
}
