"""What somebody is to know of: one's own notifications, and nobody else's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.office import notifications, waiting
from blueprints.office.forms import SeenForm
from core.forms import back_or, done
from core.notifications import Told, icon_of, told
from core.rights import signed_in

bp = Blueprint("notifications", __name__)
OWN = "one's own notifications"


@bp.get("/notifications")
@signed_in(OWN)
def index() -> ResponseReturnValue:
    unread_only = request.args.get("show") == "unread"
    page = notifications.page(current_user, request.args.get("after"), unread_only=unread_only)
    return render_template(
        "office/notifications.html",
        page=page,
        told=told(page.rows, current_user),
        unread=waiting.notices(current_user),
        unread_only=unread_only,
        icon_of=icon_of,
        address_of=_address,
    )


@bp.post("/notifications/<int:id>/opening")
@signed_in(OWN)
def follow(id: int) -> ResponseReturnValue:
    notification = notifications.the_notification(id, current_user)
    notifications.read(notification)
    found = told([notification], current_user).get(id)
    return done(to=_address(found) or back_or(".index"))


@bp.post("/notifications/reading")
@signed_in(OWN)
def read() -> ResponseReturnValue:
    form = SeenForm()
    if form.validate():
        notifications.read_until(form.last.data or 0, current_user)
    return done(to=back_or(".index"))


def _address(found: Told | None) -> str | None:
    """Where the rest is seen, if there is more to see for this person."""
    values: dict[str, Any] = dict(found.values) if found else {}
    return url_for(found.endpoint, **values) if found and found.endpoint else None
