"""The search page; the field in the header takes its results as one types."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.home import finding
from core import textsearch
from core.requests import viewer
from core.rights import signed_in

bp = Blueprint("search", __name__)


@bp.get("/search")
@signed_in("each kind of record answers with what the person may see")
def show() -> ResponseReturnValue:
    q = _typed()
    texts = textsearch.may_search(viewer())
    return render_template("home/search.html", q=q, hits=finding.find(current_user, q), texts=texts)


@bp.get("/search/texts")
@signed_in("a text is found by whoever sees the record on which it hangs")
def texts() -> ResponseReturnValue:
    q = _typed()
    sections = textsearch.find(viewer(), q, request.args.get("of", ""), request.args.get("after"))
    return render_template("home/texts.html", q=q, sections=sections, most=textsearch.NAMED)


def _typed() -> str:
    return request.args.get("q", "").strip()[:200]
