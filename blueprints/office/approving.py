"""Ask for something and decide on it. Whoever asks never decides; of two who decide at once, one does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.office import approval_kinds, approval_rules, approval_words, approvals, deputies, queries
from blueprints.office.approval_kinds import kind_of
from blueprints.office.approval_rules import APPROVED, AWAY, LAPSED, OPEN, RECALLED, REFUSED, Question, Step
from blueprints.office.models import WAITING, Approval, ApprovalReader, ApprovalStep
from core import changes, clock, events, notifications
from core.db import db, one_after_another
from core.erasing import Order
from core.errors import Refused, RuleBroken, Stale
from core.rights import Viewer
from core.wholes import Whole
from core.words import _
from core.worktime import Calendar

ASKED, DECIDED, WITHDRAWN = "approval.requested", "approval.decided", "approval.recalled"
PASSED, NUDGED, MOVED, EXPIRED = "approval.passed", "approval.nudged", "approval.moved", "approval.lapsed"
STOOD_IN, WENT_ROUND = "approval.stood_in", "approval.went_round"
AT_ONCE = 50


def request(
    kind: str,
    subject: tuple[str, int],
    *,
    by: Viewer,
    reason: str,
    payload: Mapping[str, Any] | None = None,
    readers: Iterable[int] = (),
) -> Approval:
    """Ask for something; whoever decides is told. `readers` may look at it and are told too.

    Raises RuleBroken without a reason, where it was asked for already, and where nobody could decide.
    """
    if not reason.strip():
        raise RuleBroken(_("Say why you ask for it."), "reason")
    one_after_another(f"approval {kind} {subject} {by.id}")
    if _asked_already(kind, subject, by.id):
        raise RuleBroken(_("You have asked for this already, and it is not decided yet."))
    table, id = subject
    made = Approval(
        kind=kind, record_table=table, record_id=id, requester_id=by.id, reason=reason.strip(),
        payload=dict(payload or {}),
    )  # fmt: skip
    declared = kind_of(made)
    step = approval_rules.first_step(_question(made))
    if step is None:
        raise RuleBroken(_("There is nobody else who could decide on this. Tell your administrator."))
    made.approver_id, made.due_at = step.user_id, _due(step.user_id, declared.days)
    with changes.apart(ASKED):
        db.session.add(made)
        db.session.flush()
        _write_down(made, step)
        _let_read(made, [*readers, *([step.deputy_for] if step.deputy_for else [])])
    _tell(made, "requested", [step.user_id], step=step)
    _tell(made, "concerns", set(readers) - {step.user_id, by.id})
    return made


def _question(approval: Approval, steps: Sequence[ApprovalStep] = ()) -> Question:
    """What tells who is asked next, as things stand. Seven statements, and those of the kind."""
    kind = kind_of(approval)
    return Question(
        approvals.chain_of(kind, approval), kind.deciders(approval), approval.requester_id,
        parties=kind.parties(approval), deputies=deputies.deputies(), away=deputies.away().keys(),
        asked={step.user_id for step in steps},
    )  # fmt: skip


def _write_down(approval: Approval, step: Step) -> None:
    made = ApprovalStep(
        approval_id=approval.id, user_id=step.user_id, why=step.why, instead_of_id=step.instead_of
    )
    db.session.add(made)
    db.session.flush()


def _asked_already(kind: str, subject: tuple[str, int], user_id: int) -> bool:
    same = Approval.kind == kind, Approval.record_table == subject[0], Approval.record_id == subject[1]
    mine = select(Approval.id).where(*same, Approval.requester_id == user_id, Approval.state == OPEN)
    return db.session.scalar(mine.limit(1)) is not None


def _due(approver_id: int, days: int) -> Any:
    team = access.main_team_ids([approver_id]).get(approver_id)
    calendar: Calendar = queries.calendar_for(team)
    return approval_rules.due(calendar, clock.local(clock.now()), days)


def approve(approval: Approval, values: Mapping[str, Any], *, by: Viewer) -> None:
    """Say yes: what was asked for is done at once. Raises Stale, Refused, or RuleBroken where it cannot be done."""
    _decide(approval, APPROVED, values.get("remark"), by)
    try:
        kind_of(approval).approve(approval, by, values)
    except RuleBroken:
        db.session.rollback()  # the page that tells why shows the request as it still is: open
        raise


def refuse(approval: Approval, reason: str, *, by: Viewer) -> None:
    """Say no, with a reason. Raises Stale, Refused or RuleBroken."""
    if not reason.strip():
        raise RuleBroken(_("Say why you refuse."), "remark")
    _decide(approval, REFUSED, reason, by)


def _decide(approval: Approval, state: str, remark: str | None, by: Viewer) -> None:
    _hold(approval)
    yes, kind = approval.state == OPEN and state == APPROVED, kind_of(approval)
    if yes and not kind.stands(approval):
        raise RuleBroken(_("What this is about is not there any more. Refuse the request, or leave it."))
    may = kind.deciders(approval) if yes else {by.id}  # a no uses no right
    approval_rules.check_decision(
        approval.state, by=by.id, requester=approval.requester_id, approver=approval.approver_id, may=may,
        outcome=approval_words.outcome(approval, by),
    )  # fmt: skip
    with changes.apart(DECIDED):
        approval.state, approval.remark = state, (remark or "").strip() or None
        approval.decided_by_id, approval.decided_at = by.id, clock.now()
    _tell(approval, "decided", [approval.requester_id, *_readers(approval)], but=by.id)


def pass_on(approval: Approval, to: int, *, by: Viewer) -> None:
    """Let somebody else decide who may. Raises Stale, Refused or RuleBroken."""
    _hold(approval)
    may = kind_of(approval).deciders(approval) if approval.state == OPEN else {}
    approval_rules.check_decision(
        approval.state, by=by.id, requester=approval.requester_id, approver=approval.approver_id, may={by.id},
        outcome=approval_words.outcome(approval, by),
    )  # fmt: skip
    approval_rules.check_passing(
        to, requester=approval.requester_id, present=approval.approver_id, may=may.keys()
    )
    _hand_to(approval, Step(to, approval_rules.PASSED, by.id), PASSED)
    _tell(approval, "passed", [to])


def nudge(approval: Approval, *, by: Viewer) -> None:
    """Remind whoever decides; not too often. Raises Stale, Refused or RuleBroken."""
    _hold_own(approval, by)
    approval_rules.check_nudge(clock.now(), approval.created_at, approval.nudged_at)
    with changes.apart(NUDGED):
        approval.nudged_at = clock.now()
    _tell(approval, "nudged", [approval.approver_id])


def recall(approval: Approval, *, by: Viewer) -> None:
    """Pull one's own request back. Raises Stale or Refused."""
    _hold_own(approval, by)
    with changes.apart(WITHDRAWN):
        approval.state, approval.decided_at = RECALLED, clock.now()
    _tell(approval, "recalled", [approval.approver_id])


def _hold_own(approval: Approval, by: Viewer) -> None:
    _hold(approval)
    if approval.requester_id != by.id:
        raise Refused(_("Only whoever asked may do this."))
    if approval.state != OPEN:
        raise Stale(approval_words.outcome(approval, by))


def _hold(approval: Approval) -> None:
    """Nobody else decides on it until this ends; it is read again."""
    id = approval.id
    db.session.expire(approval)
    db.session.scalars(select(Approval).where(Approval.id == id).with_for_update()).one()


def _hand_to(approval: Approval, step: Step, verb: str) -> None:
    with changes.apart(verb):
        _let_read(approval, [approval.approver_id, *([step.deputy_for] if step.deputy_for else [])])
        approval.passed_from_id, approval.approver_id = approval.approver_id, step.user_id
        approval.due_at, approval.overdue_at = _due(step.user_id, kind_of(approval).days), None
        _write_down(approval, step)
    db.session.expire(approval, ["approver", "passed_from"])


def _let_read(approval: Approval, people: Iterable[int]) -> None:
    wanted = set(people) - set(_readers(approval)) - {approval.requester_id}
    db.session.add_all(ApprovalReader(approval_id=approval.id, user_id=id) for id in sorted(wanted))
    db.session.flush()


def _readers(approval: Approval) -> list[int]:
    return list(
        db.session.scalars(select(ApprovalReader.user_id).where(ApprovalReader.approval_id == approval.id))
    )


def _tell(
    approval: Approval, event: str, people: Iterable[int], *, but: int | None = None, step: Step | None = None
) -> None:
    facts: dict[str, int] = {}
    if step is not None and event == AWAY:
        facts = {"of": step.instead_of or 0, "to": step.user_id}
    elif step is not None and step.deputy_for:
        facts = {"deputy_for": step.deputy_for}
    notifications.notify(
        approval_words.KIND, set(people) - {but}, key=f"{approval.id} {event} {approval.version}",
        about=(Approval.__tablename__, approval.id), event=event, by=approval_words.actor_of(approval, event),
        **facts,
    )  # fmt: skip


def look_after(after: int) -> tuple[int | None, int]:
    """Move on the next requests that are past due, or wait for somebody who is away or has left, at most `AT_ONCE`
    behind an id; answers the last id (None: there are no more) and how many went on.
    """
    due = and_(Approval.due_at < clock.now(), Approval.overdue_at.is_(None))
    left = Approval.approver_id.in_(select(User.id).where(User.deactivated_at.is_not(None)))
    away = Approval.approver_id.in_(deputies.away().keys())
    return _look_after_those(Approval.id > after, or_(due, left, away))


def go_round(user_id: int) -> None:
    """Move on what waits for somebody who is away by now, at most `AT_ONCE`: the others go with the next job."""
    if deputies.away([user_id]):
        _look_after_those(Approval.approver_id == user_id)


def _look_after_those(*which: ColumnElement[bool]) -> tuple[int | None, int]:
    open_ones = WAITING, Approval.kind.in_(approval_kinds.known())
    wanted = select(Approval.id).where(*open_ones, *which).order_by(Approval.id).limit(AT_ONCE)
    ids = db.session.scalars(wanted).all()
    return (ids[-1] if ids else None), sum(_look_after(db.session.get_one(Approval, id)) for id in ids)


def _look_after(approval: Approval) -> bool:
    """Past whoever is away; what is past due, or waits for somebody who left, further up. Whether it went on."""
    _hold(approval)
    if approval.state != OPEN:
        return False
    if not kind_of(approval).stands(approval) or not access.stays(approval.requester_id):
        with changes.apart(EXPIRED):
            approval.state, approval.decided_at = LAPSED, clock.now()
        _tell(approval, "lapsed", [approval.requester_id, approval.approver_id])
        return True
    steps, gone = approvals.steps(approval), User.deactivated_at.is_not(None)
    left = db.session.scalar(select(User.id).where(User.id == approval.approver_id, gone)) is not None
    question, deputy_for = _question(approval, steps), _deputy_for(steps)
    if not left and _went_round(approval, question, deputy_for):
        return True
    late = left or approval.due_at < clock.now()
    return late and _went_up(approval, question, deputy_for, left=left)


def _went_round(approval: Approval, question: Question, deputy_for: int | None) -> bool:
    """Whether it went past somebody who is away. Whoever is not to know who decides is not told."""
    present = approval.approver_id
    step = approval_rules.away_step(question, present=present, deputy_for=deputy_for)
    if step is None:
        return False
    _hand_to(approval, step, WENT_ROUND)
    asker = [] if kind_of(approval).discreet else [approval.requester_id]
    _tell(approval, AWAY, [step.user_id, present, *asker], step=step)
    return True


def _went_up(approval: Approval, question: Question, deputy_for: int | None, *, left: bool) -> bool:
    """To the deputy, then one level up; where nobody is left, both sides are told once that it is past due."""
    present = approval.approver_id
    step = approval_rules.next_step(question, present=present, deputy_for=deputy_for, left=left)
    if step is not None:
        _hand_to(approval, step, STOOD_IN if step.deputy_for else MOVED)
        _tell(approval, "moved", [step.user_id, present, approval.requester_id], step=step)
        return True
    if approval.overdue_at is not None:
        return False
    with changes.apart(MOVED):
        approval.overdue_at = clock.now()
    _tell(approval, "overdue", [present, approval.requester_id])
    return True


def _deputy_for(steps: Sequence[ApprovalStep]) -> int | None:
    """The person for whom a request is with a deputy; None where it is with somebody for themselves."""
    last = steps[-1] if steps else None
    return Step(last.user_id, last.why, last.instead_of_id).deputy_for if last else None


@events.listen("record.gathered")
def forget_requests(order: Order, whole: Whole) -> None:
    """What was asked about a record that is erased goes with it."""
    approvals.gather_requests(whole, order.table, order.ids)
    for name, part in (
        ("approval_readers", ApprovalReader.__table__),
        ("approval_steps", ApprovalStep.__table__),
    ):
        theirs = select(part).where(part.c.approval_id.in_(list(whole["approvals"])))
        for row in db.session.execute(theirs).mappings():
            whole[name][row["id"]] = dict(row)
