"""Whom did you talk to? The first step of recording a contact that no list led to."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.interactions import queries
from core.rights import Right, requires

bp = Blueprint("contacts", __name__, url_prefix="/contacts")


@bp.get("/new")
@requires(Right.INTERACTIONS_LOG)
def new() -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:200]
    found = queries.to_log(current_user, q)
    return render_template("interactions/pick.html", q=q, customers=found)
