"""Asking for a list of customers as a file, and taking it when somebody has said yes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.customers import export_requests, exporting, listing, permits
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.listing import Listing
from blueprints.customers.permit_forms import ExportRequestForm
from core import clock, downloads, lists
from core.forms import make_once
from core.requests import viewer
from core.rights import Right, requires
from core.tablefiles import CSV
from core.words import _

bp = Blueprint("customer_export_requests", __name__, url_prefix="/customers/export/requests")
PAGE = "customers/export_request.html"


@bp.get("")
@requires(Right.CUSTOMERS_EXPORT, asked=True)
def new() -> ResponseReturnValue:
    return render_template(PAGE, form=ExportRequestForm(formdata=None), **_context(_asked()))


@bp.post("")
@requires(Right.CUSTOMERS_EXPORT, asked=True)
def create() -> ResponseReturnValue:
    asked, form = _asked(), ExportRequestForm()

    def ask() -> str:
        made = export_requests.ask_to_export(
            urlencode(list(listing.meant(request.args, current_user).items(multi=True))),
            by=viewer(),
            format=form.format.data or CSV,
            clear=form.numbers.data == "clear",
            reason=form.reason.data or "",
        )
        flash(_("Asked. You get a notification when it is decided."), "success")
        return url_for("approvals.show", id=made.id)

    return make_once(form, PAGE, ask, **_context(asked))


@bp.get("/<int:id>")
@requires(Right.CUSTOMERS_EXPORT, asked=True)
def show(id: int) -> ResponseReturnValue:
    wanted, approval = export_requests.the_request(id, viewer())
    return render_template(
        "customers/export_granted.html",
        wanted=wanted,
        approval=approval,
        said=export_requests.said(wanted, viewer()),
        numbers=export_requests.numbers(wanted),
        format=FORMATS[wanted.format].label,
        why_not=export_requests.why_not(wanted, approval),
        until=permits.holds_until(approval),
    )


@bp.post("/<int:id>/file")
@requires(Right.CUSTOMERS_EXPORT, asked=True)
def take(id: int) -> ResponseReturnValue:
    wanted, path = export_requests.take(id, by=viewer())
    name = exporting.file_name(wanted.taken_at or clock.now(), wanted.format)
    return downloads.download(path, name, FORMATS[wanted.format].mimetype)


def _asked() -> Listing:
    return Listing.read(listing.meant(request.args, current_user))


def _context(asked: Listing) -> dict[str, Any]:
    most = export_requests.most()
    total = lists.count(asked.select(current_user), most)
    return {"listing": asked, "total": total, "limit": most}
