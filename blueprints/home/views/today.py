"""The first page of the day."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from blueprints.home import today
from core import clock, navigation
from core.requests import viewer
from core.rights import Right, signed_in

bp = Blueprint("today", __name__)


@bp.get("/")
@signed_in("everybody begins the day here, and sees of it what is theirs")
def index() -> ResponseReturnValue:
    if not current_user.may(Right.INTERACTIONS_LOG):
        places = [place for place in navigation.ways(viewer()).side if not place.active]
        return render_template("home/places.html", places=places, today=clock.today())
    return render_template("home/today.html", today=today.read(viewer(), request.args))
