"""The search page; the field in the header takes its results as one types."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.home import finding
from core.rights import signed_in

bp = Blueprint("search", __name__)


@bp.get("/search")
@signed_in("each kind of record answers with what the person may see")
def show() -> ResponseReturnValue:
    q = request.args.get("q", "").strip()[:200]
    return render_template("home/search.html", q=q, hits=finding.find(current_user, q))
