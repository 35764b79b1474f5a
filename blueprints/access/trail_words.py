"""The words of the trail for parts of accounts and roles, and for the security journal."""

from __future__ import annotations

from typing import Any

from blueprints.access import words
from core import journal, parts
from core.journal import Event
from core.parts import Part
from core.words import _l


def _fields(*names: str) -> dict[str, Any]:
    return {name: words.FIELDS[name] for name in names}


parts.declare(
    Part("memberships", _l("Place in a team"), _fields("team_id", "main", "lead")),
    Part("user_roles", _l("Role"), _fields("role_id")),
    Part(
        "role_grants",
        _l("Right"),
        _fields("right", "scope", "ask", "most"),
        {"right": words.right_label, "scope": words.scope_label},
    ),
)
_ACCOUNT = {"account": _l("User name typed"), "throttled": _l("Not heard: too many tries")}
_ASKED_FOR = {"path": _l("Asked for"), "method": _l("How")}
_ENDS = {"before": _l("Links written down before"), "links": _l("Links of the trail")}
_METHODS = {"GET": _l("open"), "POST": _l("change")}

journal.declare(
    Event("incident_noted", _l("noted an incident")),
    Event("signed_in", _l("signed in")),
    Event("code_asked", _l("gave the right password and was asked for a code")),
    Event("code_failed", _l("gave no right code after the right password"), _ACCOUNT),
    Event("second_factor_set", _l("set up the second factor")),
    Event("second_factor_ended", _l("turned the second factor off")),
    Event("second_factor_reset", _l("took away somebody's second factor")),
    Event("backup_codes_made", _l("made new backup codes")),
    Event("backup_code_used", _l("signed in with a backup code")),
    Event("signed_out", _l("signed out")),
    Event("sign_in_failed", _l("could not sign in"), _ACCOUNT),
    Event("session_ended", _l("ended a session"), {"sign_in": _l("Session")}),
    Event("sessions_ended", _l("ended all sessions")),
    Event("password_changed", _l("changed a password")),
    Event("password_reset", _l("set a new password for somebody")),
    Event("diagnosed", _l("asked why somebody sees a record"), {"of": _l("About")}),
    Event("backed_up", _l("made a backup"), {"file": _l("File"), "encrypted": _l("Encrypted")}),
    Event("restored", _l("restored a backup"), {"made_at": _l("Saved at (UTC)"), **_ENDS}),
    Event("end_accepted", _l("accepted where the trail ends"), _ENDS),
    Event("refused", _l("was refused"), _ASKED_FOR, {"method": lambda method: _method(method)}),
)


def _method(method: str) -> Any:
    return _METHODS.get(method, method)
