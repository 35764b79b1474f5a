"""Requests in words: states, what became of one, and what notifications say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from blueprints.access.models import User
from blueprints.office import approval_rules, approvals
from blueprints.office.approval_kinds import kind_of, known
from blueprints.office.approval_rules import APPROVED, OPEN, RECALLED, REFUSED
from blueprints.office.models import Approval, ApprovalStep
from core import clock
from core.db import db
from core.languages import moment
from core.notifications import Notification, Told
from core.rights import Viewer
from core.words import _, _l

KIND = "office.approval"
STATES = {
    "open": _l("waiting for approval"),
    "approved": _l("approved"),
    "refused": _l("refused"),
    "recalled": _l("recalled"),
    "lapsed": _l("lapsed"),
}
STEP = {"user_id": _l("Colleague"), "why": _l("Why they were asked"), "instead_of_id": _l("After or for")}
WHY = {
    approval_rules.FIRST: _l("as the first one"),
    approval_rules.AWAY: _l("as the deputy of somebody away"),
    approval_rules.LATE: _l("as the deputy of somebody who had not answered"),
    approval_rules.ABSENT: _l("instead of somebody away without a deputy"),
    approval_rules.UP: _l("one level above somebody who had not answered"),
    approval_rules.LEFT: _l("instead of somebody who has left"),
    approval_rules.PASSED: _l("passed on"),
}
MARKS = {"open": "amber", "approved": "green", "refused": "red"}


def who_decides(approval: Approval, viewer: Viewer) -> str:
    """The name of the approver, as far as this person may know it."""
    if is_hidden(approval, viewer):
        return _("whoever looks after it")
    return approval.approver.name


def outcome(approval: Approval, viewer: Viewer) -> str:
    """What became of a request that is decided, for somebody who came too late; empty while it is open."""
    if approval.state == OPEN:
        return ""
    if approval.state == RECALLED:
        return _("%(name)s has recalled this request meanwhile.", name=approval.requester.name)
    hidden = is_hidden(approval, viewer)
    name = approval.decided_by.name if approval.decided_by and not hidden else _("somebody else")
    if approval.state == APPROVED:
        return _("%(name)s has approved this request already.", name=name)
    if approval.state == REFUSED:
        return _("%(name)s has refused this request already.", name=name)
    return _("This request has lapsed.")


def result(approval: Approval, viewer: Viewer) -> str:
    """How a request ended, for its page."""
    hidden = is_hidden(approval, viewer)
    name = approval.decided_by.name if approval.decided_by and not hidden else _("whoever looks after it")
    day = moment(approval.decided_at) if approval.decided_at else ""
    if approval.state == APPROVED:
        return _("Approved by %(name)s on %(when)s", name=name, when=day)
    if approval.state == REFUSED:
        return _("Refused by %(name)s on %(when)s", name=name, when=day)
    return (
        _("Recalled on %(when)s", when=day) if approval.state == RECALLED else _("This request has lapsed.")
    )


def step_title(step: ApprovalStep) -> str:
    """Why a request came to somebody."""
    name = step.instead_of.name if step.instead_of else ""
    return {
        approval_rules.FIRST: lambda: _("asked to decide"),
        approval_rules.AWAY: lambda: _("as the deputy of %(name)s, who was away", name=name),
        approval_rules.LATE: lambda: _("as the deputy of %(name)s, who had not answered in time", name=name),
        approval_rules.ABSENT: lambda: _("%(name)s was away, and no deputy could decide on this", name=name),
        approval_rules.UP: lambda: _("one level up: %(name)s had not answered in time", name=name),
        approval_rules.LEFT: lambda: _("instead of %(name)s, who has left", name=name),
        approval_rules.PASSED: lambda: _("passed on by %(name)s", name=name),
    }[step.why]()


def is_hidden(approval: Approval, viewer: Viewer) -> bool:
    """Whether somebody is not to know who decides."""
    return approval.requester_id == viewer.id and kind_of(approval).discreet


def is_late(approval: Approval) -> bool:
    """Whether a request is past due."""
    return approval.state == OPEN and approval.due_at < clock.now()


def actor_of(approval: Approval, event: str) -> int | None:
    """Who did what a notification tells of; None where nobody did."""
    if event in ("requested", "concerns", "nudged", "recalled"):
        return approval.requester_id
    return {"decided": approval.decided_by_id, "passed": approval.passed_from_id}.get(event)


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """What happened to requests that the person may read. Two statements, and those of the kinds."""
    asked = select(Approval).where(
        Approval.id.in_({row.record_id for row in rows}), approvals.readable(viewer)
    )
    asked = asked.where(Approval.kind.in_(known())).options(*approvals.PEOPLE)
    found = {approval.id: approval for approval in db.session.scalars(asked)}
    named = {row.facts.get(name) for row in rows for name in ("by", "deputy_for", "of")}
    people = select(User.id, User.name).where(User.id.in_(named - {None}))
    names = dict(db.session.execute(people).all()) if found else {}
    titles = approvals.titles(list(found.values()), viewer)
    return {
        row.id: Told(
            _sentence(row.facts, approval, names, viewer), (titles[approval.id].text,), "approvals.show",
            {"id": approval.id},
        )
        for row in rows
        if (approval := found.get(row.record_id or 0)) is not None
    }  # fmt: skip


def _sentence(
    facts: Mapping[str, int | str], approval: Approval, names: Mapping[int, str], viewer: Viewer
) -> str:
    kind, by = kind_of(approval), int(facts["by"] or 0)
    hidden = kind.discreet and viewer.id == approval.requester_id
    said = {"what": kind.label, "name": _("somebody") if hidden else names.get(by, _("Huifang"))}
    refused = approval.state == REFUSED
    if facts["event"] == approval_rules.AWAY:
        return _past_away({**said, "of": names.get(int(facts["of"]), "")}, theirs=facts["to"] == viewer.id)
    if deputy_for := int(facts.get("deputy_for") or 0):
        return _to_deputy(facts, {**said, "of": names.get(deputy_for, "")})
    sentences = {
        "requested": lambda: _("%(name)s asks for your approval: %(what)s", **said),
        "concerns": lambda: _("%(name)s asks for something that concerns your team: %(what)s", **said),
        "nudged": lambda: _("%(name)s reminds you of a request: %(what)s", **said),
        "recalled": lambda: _("%(name)s has recalled a request: %(what)s", **said),
        "passed": lambda: _("%(name)s passed a request on to you: %(what)s", **said),
        "decided": lambda: _("Refused: %(what)s", **said) if refused else _("Approved: %(what)s", **said),
        "lapsed": lambda: _("A request has lapsed: %(what)s", **said),
        "overdue": lambda: _("A request is past due: %(what)s", **said),
        "moved": lambda: _("A request is past due and went one level up: %(what)s", **said),
    }
    return sentences[str(facts["event"])]()


def _to_deputy(facts: Mapping[str, int | str], said: Mapping[str, Any]) -> str:
    if facts["event"] == "requested":
        return _("%(name)s asks for your approval, as the deputy of %(of)s: %(what)s", **said)
    return _("A request is past due and went to a deputy: %(what)s", **said)


def _past_away(said: Mapping[str, Any], *, theirs: bool) -> str:
    if theirs:
        return _("%(of)s is away, and a request waits for you instead: %(what)s", **said)
    return _("%(of)s is away, and a request went to somebody else: %(what)s", **said)
