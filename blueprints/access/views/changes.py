"""A change set: what was done, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import auditing, taking_back, trail
from core import acts
from core import changes as recorder
from core import undo as undoing
from core import undoing as large
from core.changes import ChangeSet
from core.errors import RuleBroken
from core.forms import done
from core.rights import signed_in
from core.words import _

bp = Blueprint("changes", __name__)
WHO = "its author, whoever may see a touched record, and readers of the trail; for others it does not exist"


@bp.get("/changes/<int:id>")
@signed_in(WHO)
def show(id: int) -> ResponseReturnValue:
    change_set = trail.the_set(id, current_user)
    return render_template("access/changes/show.html", **page_context(change_set))


@bp.get("/changes/<int:id>/undo")
@signed_in(WHO)
def decide(id: int) -> ResponseReturnValue:
    change_set = trail.the_set(id, current_user)
    found = large.found_by(request.args.get("job", 0, int), change_set, current_user)
    if found is None:
        return redirect(url_for(".show", id=id))
    plan = undoing.within(undoing.plan(change_set, found.roots), current_user)
    return make_response(_conflicts(plan, found.conflicts))


@bp.post("/changes/<int:id>/undo")
@signed_in(WHO)
def undo(id: int) -> ResponseReturnValue:
    change_set = trail.the_set(id, current_user)
    change_set = trail.the_set(acts.leader_of(change_set).id, current_user)
    try:
        return _undo_behind(change_set) if large.is_large(change_set) else _undo(change_set)
    except RuleBroken as broken:
        return make_response(
            render_template("access/changes/show.html", broken=broken, **page_context(change_set)), 422
        )


def _undo(change_set: ChangeSet) -> ResponseReturnValue:
    undoing.check(change_set, current_user)
    plan = undoing.ahead(change_set, current_user)
    if plan.conflicts and not request.form.get("decided"):
        return make_response(_conflicts(plan), 409)
    undoing.undo(change_set, current_user, overwrite=request.form.getlist("overwrite"), made=plan)
    made = recorder.set_id()
    if made is None:
        flash(_("There was nothing left to take back."))
        return done(to=url_for(".show", id=change_set.id))
    flash(_("Taken back. This page shows what that changed."), "success")
    return done(to=url_for(".show", id=made))


def _undo_behind(change_set: ChangeSet) -> ResponseReturnValue:
    undoing.check(change_set, current_user)
    overwrite = request.form.getlist("overwrite")
    job = large.ask(change_set, decided=bool(request.form.get("decided")), overwrite=overwrite)
    return done(to=url_for("jobs.show", id=job.id))


def _conflicts(plan: undoing.Plan, count: int = 0) -> str:
    """The page that asks; `count` are the conflicts of the whole act where the plan is of some records."""
    found = taking_back.obstacles(plan, current_user)
    more = max(count, len(plan.conflicts)) - len(found)
    context = {"change_set": plan.change_set, "obstacles": found, "more": more}
    return render_template("access/changes/conflicts.html", **context)


def page_context(change_set: ChangeSet) -> dict[str, Any]:
    """What the page of a set needs."""
    leader = trail.leader_of(change_set, current_user)
    undone_by, earlier = undoing.undone_by(change_set), undoing.undone(change_set)
    return {
        "change_set": change_set,
        "leader": leader,
        "verb": trail.verb_label(change_set),
        "source": auditing.SOURCES.get(change_set.source, change_set.source),
        "page": trail.page_of(change_set, current_user, request.args.get("after")),
        "undone_by": undone_by and acts.leader_of(undone_by),
        "standing": large.standing(leader) if leader and large.is_large(leader) else None,
        "earlier": earlier and acts.leader_of(earlier),
        "why_not": trail.why_not(leader, current_user)
        if leader
        else _("This cannot be taken back as a whole."),
    }
