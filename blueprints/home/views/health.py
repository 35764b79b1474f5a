"""Whether this process can serve, for monitors and proxies."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from core import schema
from core.rights import public

bp = Blueprint("health", __name__)


@bp.get("/health")
@public("monitors have no account; it tells nothing but whether the database answers")
def show() -> Response:
    try:
        fits = schema.present() == schema.expected()
    except SQLAlchemyError:
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    reason = "ok\n" if fits else "the database does not fit this version: run flask db upgrade\n"
    return Response(reason, 200 if fits else 503, mimetype="text/plain")
