"""Approvals: what waits for oneself, what one asked for, and deciding on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.office import approval_words, approvals, approving, deputies, deputy_words, waiting
from blueprints.office.approval_kinds import kind_of
from blueprints.office.approval_rules import APPROVED, OPEN
from blueprints.office.forms import PassingForm, RefusalForm
from blueprints.office.models import Approval
from core.errors import RuleBroken
from core.forms import Form, done, refused
from core.requests import viewer
from core.rights import signed_in
from core.words import _

bp = Blueprint("approvals", __name__, url_prefix="/approvals")
OWN = (
    "what one asked for oneself, and what waits for oneself; whoever decides is judged by the kind of request"
)
PAGE = "office/approvals/show.html"


@bp.get("")
@signed_in(OWN)
def index() -> ResponseReturnValue:
    shown = request.args.get("show", "")
    asked = {"requested": approvals.requested_by, "decided": approvals.decided_by}.get(shown)
    page = (asked or approvals.waiting_for)(viewer(), request.args.get("after"))
    return render_template(
        "office/approvals/index.html",
        page=page,
        titles=approvals.titles(page.rows, viewer()),
        shown=shown if asked else "",
        waiting=waiting.requests(viewer()),
    )


@bp.get("/<int:id>")
@signed_in(OWN)
def show(id: int) -> ResponseReturnValue:
    return render_template(PAGE, form=None, **page_context(approvals.the_approval(id, viewer())))


@bp.post("/<int:id>/approval")
@signed_in(OWN)
def approve(id: int) -> ResponseReturnValue:
    approval = approvals.the_approval(id, viewer())
    form = _approval_form(approval)
    if not form.validate():
        return refused(form, PAGE, **page_context(approval, approve=form))
    onward = kind_of(approval).onward
    try:
        approving.approve(approval, form.values, by=viewer())
    except RuleBroken as broken:
        return refused(form, PAGE, broken=broken, **page_context(approval, approve=form))
    flash(_("Approved."), "success")
    return done(to=onward(approval) if onward else url_for(".show", id=id))


@bp.post("/<int:id>/refusal")
@signed_in(OWN)
def refuse(id: int) -> ResponseReturnValue:
    approval, form = approvals.the_approval(id, viewer()), RefusalForm()
    act = lambda: approving.refuse(approval, form.remark.data or "", by=viewer())  # noqa: E731
    return _done(approval, form, act, _("Refused."), "refuse")


@bp.post("/<int:id>/passing")
@signed_in(OWN)
def pass_on(id: int) -> ResponseReturnValue:
    approval = approvals.the_approval(id, viewer())
    form = _passing_form(approval)
    chosen = form.approver.data or ""
    to = int(chosen) if chosen.isdecimal() else 0
    act = lambda: approving.pass_on(approval, to, by=viewer())  # noqa: E731
    return _done(approval, form, act, _("Passed on."), "pass_on")


@bp.post("/<int:id>/nudge")
@signed_in(OWN)
def nudge(id: int) -> ResponseReturnValue:
    approval, form = approvals.the_approval(id, viewer()), Form()
    act = lambda: approving.nudge(approval, by=viewer())  # noqa: E731
    return _done(approval, form, act, _("Nudged: whoever decides gets a notification."), "own")


@bp.post("/<int:id>/recall")
@signed_in(OWN)
def recall(id: int) -> ResponseReturnValue:
    approval, form = approvals.the_approval(id, viewer()), Form()
    act = lambda: approving.recall(approval, by=viewer())  # noqa: E731
    return _done(approval, form, act, _("The request is recalled."), "own")


def _done(
    approval: Approval, form: Form, act: Callable[[], None], sentence: str, name: str
) -> ResponseReturnValue:
    """Do it, or show the page again with what stands in the way."""
    id = approval.id
    if not form.validate():
        return refused(form, PAGE, **page_context(approval, **{name: form}))
    try:
        act()
    except RuleBroken as broken:
        approval = approvals.the_approval(id, viewer())
        return refused(form, PAGE, broken=broken, **page_context(approval, **{name: form}))
    flash(sentence, "success")
    return done(to=url_for(".show", id=id))


def page_context(approval: Approval, **forms: Form) -> dict[str, Any]:
    """What the page of a request needs; `forms` are those that were sent and not taken."""
    me, kind, is_open = viewer(), kind_of(approval), approval.state == OPEN
    mine = is_open and approval.approver_id == me.id
    made: dict[str, Any] = {}
    if mine:
        made = {
            "approve": _approval_form(approval, formdata=None),
            "refuse": RefusalForm(formdata=None),
            "pass_on": _passing_form(approval, formdata=None),
        }
    return {
        "approval": approval,
        "kind": kind,
        "title": approvals.titles([approval], me)[approval.id],
        "facts": kind.facts(approval, me),
        "decides": mine,
        "next_step": _next_step(approval),
        "steps": () if approval_words.is_hidden(approval, me) else approvals.steps(approval),
        "standing": _standing(approval),
        "asked": is_open and approval.requester_id == me.id,
        "forms": {**made, **forms},
        "sent": next(iter(forms), ""),
    }


def _standing(approval: Approval) -> str:
    """That whoever decides is away, and who answers for them."""
    if approval.state != OPEN or approval_words.is_hidden(approval, viewer()):
        return ""
    last = deputies.away([approval.approver_id]).get(approval.approver_id)
    return deputy_words.standing(deputies.cover_of(approval.approver_id), last) if last else ""


def _next_step(approval: Approval) -> tuple[str, str] | None:
    step = kind_of(approval).next_step
    if step is None or approval.state != APPROVED or approval.requester_id != viewer().id:
        return None
    return step(approval)


def _approval_form(approval: Approval, **given: Any) -> Any:
    kind = kind_of(approval)
    form = kind.form(**given)
    if kind.fill is not None:
        kind.fill(form, approval)
    return form


def _passing_form(approval: Approval, **given: Any) -> PassingForm:
    form = PassingForm(**given)
    people = approvals.passing_choices(approval)
    away = deputies.away([id for id, _name in people])
    form.approver.choices = [(str(id), _named(name, away.get(id))) for id, name in people]
    return form


def _named(name: str, last: date | None) -> str:
    return _("%(first)s: %(second)s", first=name, second=deputy_words.away_until(last)) if last else name
