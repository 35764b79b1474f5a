"""A change set: what was done, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import auditing, taking_back, trail
from core import changes as recorder
from core import undo as undoing
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


@bp.post("/changes/<int:id>/undo")
@signed_in(WHO)
def undo(id: int) -> ResponseReturnValue:
    change_set = trail.the_set(id, current_user)
    try:
        undoing.check(change_set, current_user)
        plan = undoing.within(undoing.plan(change_set), current_user)
        if plan.conflicts and not request.form.get("decided"):
            found = taking_back.obstacles(plan, current_user)
            context = {"change_set": change_set, "obstacles": found, "more": len(plan.conflicts) - len(found)}
            return make_response(render_template("access/changes/conflicts.html", **context), 409)
        undoing.undo(change_set, current_user, overwrite=request.form.getlist("overwrite"))
    except RuleBroken as broken:
        return make_response(
            render_template("access/changes/show.html", broken=broken, **page_context(change_set)), 422
        )
    made = recorder.set_id()
    if made is None:
        flash(_("There was nothing left to take back."))
        return done(to=url_for(".show", id=id))
    flash(_("Taken back. This page shows what that changed."), "success")
    return done(to=url_for(".show", id=made))


def page_context(change_set: ChangeSet) -> dict[str, Any]:
    """What the page of a set needs."""
    return {
        "change_set": change_set,
        "verb": trail.verb_label(change_set),
        "source": auditing.SOURCES.get(change_set.source, change_set.source),
        "page": trail.page_of(change_set, current_user, request.args.get("after")),
        "undone_by": undoing.undone_by(change_set),
        "why_not": trail.why_not(change_set, current_user),
    }
