"""Why somebody can or cannot see a record: told from the very clauses that make the SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from blueprints.access import queries, words
from blueprints.access.models import Role, RoleGrant, User, UserRole
from core import journal, kinds
from core.db import db
from core.errors import RuleBroken
from core.kinds import Kind
from core.policy import Clause
from core.rights import SCOPE_LABELS, Right, Scope, Viewer
from core.words import _


@dataclass(frozen=True)
class Reason:
    """One clause: whether it gives the right, and why or why not. `told`: belongs into the sentence."""

    gives: bool
    text: str
    told: bool = True


@dataclass(frozen=True)
class Finding:
    """A right on the record: whether it is held, through which roles, and the reasons."""

    right: Right
    label: Any
    held: bool
    through: str
    reasons: list[Reason]

    @property
    def why(self) -> str:
        """The reasons that decided, in one line."""
        return _("; ").join(
            reason.text for reason in self.reasons if reason.told and reason.gives == self.held
        )


def explainable() -> list[Kind]:
    """The kinds of records that can be asked about."""
    return [kind for kind in kinds.kinds() if kind.exactly is not None]


def person_named(text: str) -> User:
    """The person of a user name or of just this name. Raises RuleBroken for none and for several."""
    if (user := queries.user_named(text)) is not None:
        return user
    return _only(db.session.scalars(select(User).where(User.name == text.strip()).limit(2)).all(), "user")


def record_named(kind: Kind, text: str) -> Any:
    """The record with just this number or name, in the bin too. Raises RuleBroken for none and for several."""
    ids = list(kind.exactly(text)) if kind.exactly else []
    if not ids and text.strip().isdecimal():
        ids = [int(text[:18])]
    found = db.session.scalars(select(kind.model).where(kind.model.id.in_(ids)).limit(2)).all()
    return _only(found, "record")


def _only(found: Sequence[Any], field: str) -> Any:
    if not found:
        raise RuleBroken(_("There is none with exactly this name or number."), field)
    if len(found) > 1:
        raise RuleBroken(_("Several have this name. Type the number or user name instead."), field)
    return found[0]


def diagnose(user: User, kind: Kind, record: Any) -> list[Finding]:
    """All rights on a record, seeing first. Asking is journaled."""
    journal.note("diagnosed", record=record, of=user.username)
    viewer = queries.viewer_of(user)
    rights = list(dict.fromkeys([kind.see, *words.on_records(kind.table)]))
    findings = [_finding(user, viewer, kind, record, right) for right in rights]
    return [findings[0], *(_only_if_seen(finding, findings[0]) for finding in findings[1:])]


def _finding(user: User, viewer: Viewer, kind: Kind, record: Any, right: Right) -> Finding:
    reasons = [*_closed(user, record), *(_reasons(viewer, kind, record, right) if viewer.may(right) else [])]
    if not viewer.may(right):
        reasons.append(Reason(False, _not_held(user, viewer, right)))
    given = any(reason.gives for reason in reasons) and not _closed(user, record)
    return Finding(right, words.RIGHTS[right].label, given, _through(user, right), reasons)


def _closed(user: User, record: Any) -> list[Reason]:
    """What shuts a record to somebody whatever their rights."""
    found = []
    if not user.is_living:
        found.append(Reason(False, _("the account is deactivated")))
    if getattr(record, "deleted_at", None) is not None:
        found.append(Reason(False, _("the record lies in the bin")))
    return found


def _reasons(viewer: Viewer, kind: Kind, record: Any, right: Right) -> list[Reason]:
    clauses = kind.policy.clauses_for(viewer, right, record.id)
    facts, scope = kind.facts(record), viewer.scope(right) or Scope.OWN
    beyond = next((clause for clause, opened, _fits in clauses if not opened), None)
    found = [
        _reason(clause, opened, fits, facts, scope, told=opened or clause is beyond)
        for clause, opened, fits in clauses
        if clause.scope < Scope.ALL or opened
    ]
    if scope < Scope.ALL:
        found.append(Reason(False, _("the scope of this right is %(scope)s", scope=SCOPE_LABELS[scope])))
    return found


def _reason(clause: Clause, opened: bool, fits: bool, facts: Any, scope: Scope, *, told: bool) -> Reason:
    text = str(clause.because if fits else clause.otherwise) % facts
    if fits and not opened:
        text = _(
            "%(reason)s, which counts from the scope %(scope)s on",
            reason=text,
            scope=SCOPE_LABELS[clause.scope],
        )
    return Reason(opened and fits, text, told)


def _not_held(user: User, viewer: Viewer, right: Right) -> str:
    roles = words.role_names(user)
    if right in viewer.asks:
        return _("no role gives this right (%(roles)s): may only ask for it", roles=roles)
    return _("no role gives this right (%(roles)s)", roles=roles or _("none"))


def _through(user: User, right: Right) -> str:
    """The roles through which somebody holds a right, each with its scope."""
    rows = db.session.execute(
        select(Role, RoleGrant.scope)
        .join(RoleGrant, RoleGrant.role_id == Role.id)
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user.id, RoleGrant.right == str(right), RoleGrant.scope.is_not(None))
        .order_by(Role.position, Role.id)
    )
    held = ((words.role_name(role), SCOPE_LABELS[Scope(scope)]) for role, scope in rows if scope)
    return _(", ").join(_("%(role)s (%(scope)s)", role=role, scope=scope) for role, scope in held)


def _only_if_seen(finding: Finding, seeing: Finding) -> Finding:
    """What cannot be seen cannot be dealt with either."""
    if seeing.held or not finding.held:
        return finding
    unseen = Reason(False, _("the record cannot be seen"))
    return Finding(finding.right, finding.label, False, finding.through, [*finding.reasons, unseen])
