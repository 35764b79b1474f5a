"""Why can, or cannot, somebody see a record? (权限诊断)"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from blueprints.access import diagnosis
from core.errors import RuleBroken
from core.rights import Right, requires

bp = Blueprint("why", __name__)


@bp.get("/admin/why")
@requires(Right.ACCESS_DIAGNOSE)
def show() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("user", "kind", "record")}
    explainable = diagnosis.explainable()
    context: dict[str, Any] = {"asked": asked, "kinds": explainable}
    if not asked["user"] or not asked["record"]:
        return render_template("access/why.html", **context)
    kind = next((kind for kind in explainable if kind.name == asked["kind"]), explainable[0])
    try:
        user = diagnosis.person_named(asked["user"])
        record = diagnosis.record_named(kind, asked["record"])
    except RuleBroken as broken:
        return make_response(render_template("access/why.html", broken=broken, **context), 422)
    findings = diagnosis.diagnose(user, kind, record)
    return render_template("access/why.html", user=user, kind=kind, findings=findings, **context)
