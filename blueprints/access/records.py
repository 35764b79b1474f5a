"""What access declares: kinds, verbs, settings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from blueprints.access import queries, words
from core import kinds, navigation, verbs
from core.verbs import Verb

verbs.declare(
    Verb("role.created", _l("made a role")),
    Verb("role.updated", _l("changed the rights of a role")),
    Verb("team.created", _l("made a team")),
    Verb("team.updated", _l("changed a team")),
    Verb("user.created", _l("made an account")),
    Verb("user.deactivated", _l("deactivated an account")),
    Verb("user.preferences", _l("changed own preferences")),
    Verb("user.reactivated", _l("reactivated an account")),
    Verb("user.updated", _l("changed an account")),
    Verb("company.installed", _l("set the installation up")),
)

navigation.declare(navigation.Place("me.show", _l("Me"), "user", group="me", order=90, phone=True))
kinds.name_holders(
    lambda right: queries.holders(right, team_id=current_user.team_id, but=current_user.id)
    if current_user and current_user.is_authenticated
    else ()
)
TEMPLATE_GLOBALS = {
    "role_name": words.role_name,
    "role_names": words.role_names,
    "team_names": words.team_names,
}
