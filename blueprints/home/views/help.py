"""Pages about Huifang itself."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.rights import signed_in
from core.specimen import specimen

bp = Blueprint("help", __name__, url_prefix="/help")


@bp.get("/ui")
@signed_in("shows macros with invented content, and nothing of the company")
def ui() -> ResponseReturnValue:
    return render_template("help/ui.html", form=specimen(), refused_form=specimen(wrong=True))
