"""Whether this process can serve, for monitors and proxies."""

from __future__ import annotations

from flask import Blueprint, Response

from core import schema
from core.rights import public

bp = Blueprint("health", __name__)


@bp.get("/health")
@public("monitors have no account; it tells nothing but whether the database answers")
def show() -> Response:
    trouble = schema.trouble()
    return Response(f"{trouble or 'ok'}\n", 503 if trouble else 200, mimetype="text/plain")
