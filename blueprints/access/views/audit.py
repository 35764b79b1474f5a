"""The audit trail: who changed what, and the security journal."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.access import auditing
from core import acts
from core.rights import Right, requires

bp = Blueprint("audit", __name__)


@bp.get("/admin/audit")
@requires(Right.ACCESS_AUDIT)
def index() -> ResponseReturnValue:
    asked = auditing.Asked.read(request.args)
    page = auditing.change_sets(asked, current_user, request.args.get("after"))
    return render_template(
        "access/audit/index.html",
        asked=asked,
        page=page,
        words=auditing.verb_words(),
        sources=auditing.SOURCES,
        summaries=auditing.summaries(page.rows, current_user),
        sizes=acts.sizes([row.id for row in page.rows]),
    )


@bp.get("/admin/audit/journal")
@requires(Right.ACCESS_AUDIT)
def journal() -> ResponseReturnValue:
    asked = auditing.Asked.read(request.args)
    page = auditing.entries(asked, current_user, request.args.get("after"))
    return render_template(
        "access/audit/journal.html",
        asked=asked,
        page=page,
        words=auditing.event_words(),
        records=auditing.records(page.rows, current_user),
        details={entry.id: auditing.details(entry) for entry in page.rows},
    )
