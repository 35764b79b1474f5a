"""A list of customers as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import exporting, queries
from blueprints.customers.listing import Listing
from core import clock, lists
from core.errors import RuleBroken
from core.forms import Form, done, refused
from core.rights import Right, requires

bp = Blueprint("customers_export", __name__, url_prefix="/customers/export")


@bp.get("")
@requires(Right.CUSTOMERS_EXPORT)
def show() -> ResponseReturnValue:
    return render_template(
        "customers/export.html", form=Form(formdata=None), **_context(Listing.read(request.args))
    )


@bp.post("")
@requires(Right.CUSTOMERS_EXPORT)
def download() -> ResponseReturnValue:
    asked = Listing.read(request.args)
    try:
        exporting.check(asked, current_user)
    except RuleBroken as broken:
        return refused(Form(), "customers/export.html", broken=broken, **_context(asked))
    exporting.note(asked, current_user)
    if exporting.is_large(asked, current_user):
        job = exporting.ask(asked, current_user, request.query_string.decode())
        return done(to=url_for("jobs.show", id=job.id))
    name = exporting.file_name(clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = stream_with_context(exporting.file(asked, current_user))
    return Response(rows, mimetype="text/csv; charset=utf-8", headers=headers)


def _context(asked: Listing) -> dict[str, Any]:
    wanted = asked.select(current_user, Right.CUSTOMERS_EXPORT)
    limit = current_user.limit(Right.CUSTOMERS_EXPORT)
    return {"listing": asked, "total": lists.count(wanted, queries.MOST_EXPORT), "limit": limit}
