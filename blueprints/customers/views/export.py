"""A list of customers as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import exporting, listing, queries
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.forms import ExportForm
from blueprints.customers.listing import Listing
from core import clock, lists
from core.errors import RuleBroken
from core.forms import done, refused
from core.rights import Right, requires
from core.tablefiles import CSV

bp = Blueprint("customers_export", __name__, url_prefix="/customers/export")


@bp.get("")
@requires(Right.CUSTOMERS_EXPORT, asked=True)
def show() -> ResponseReturnValue:
    if not current_user.may(Right.CUSTOMERS_EXPORT):
        query = request.query_string.decode()
        return redirect(url_for("customer_export_requests.new") + (f"?{query}" if query else ""), 303)
    return render_template("customers/export.html", form=ExportForm(formdata=None), **_context(_asked()))


@bp.post("")
@requires(Right.CUSTOMERS_EXPORT)
def download() -> ResponseReturnValue:
    asked, form = _asked(), ExportForm()
    if not form.validate():
        return refused(form, "customers/export.html", **_context(asked))
    format = form.format.data or CSV
    try:
        exporting.check(asked, current_user, format)
    except RuleBroken as broken:
        return refused(form, "customers/export.html", broken=broken, **_context(asked))
    exporting.note(asked, current_user)
    if exporting.is_large(asked, current_user):
        meant = listing.meant(request.args, current_user)
        job = exporting.ask(asked, current_user, urlencode(list(meant.items(multi=True))), format)
        return done(to=url_for("jobs.show", id=job.id))
    name = exporting.file_name(clock.now(), format)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = stream_with_context(exporting.file(asked, current_user, format))
    return Response(rows, content_type=FORMATS[format].mimetype, headers=headers)


def _asked() -> Listing:
    return Listing.read(listing.meant(request.args, current_user))


def _context(asked: Listing) -> dict[str, Any]:
    wanted = asked.select(current_user, Right.CUSTOMERS_EXPORT)
    limit = current_user.limit(Right.CUSTOMERS_EXPORT)
    return {"listing": asked, "total": lists.count(wanted, queries.MOST_EXPORT), "limit": limit}
