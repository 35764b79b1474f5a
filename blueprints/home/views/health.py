"""Whether this process can serve, for monitors and proxies."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from core import disks, schema
from core.backup_snapshot import sqlite_file
from core.config import Config
from core.rights import public

bp = Blueprint("health", __name__)


@bp.get("/health")
@public("monitors have no account; it tells nothing but whether database and disk do")
def show() -> Response:
    trouble = _of_disk(current_app.extensions["huifang"]) or schema.trouble()
    return Response(f"{trouble or 'ok'}\n", 503 if trouble else 200, mimetype="text/plain")


def _of_disk(config: Config) -> str | None:
    """Why nothing can be saved: files lie in the data folder, a database of SQLite perhaps elsewhere."""
    places = [config.data]
    if config.database_url.startswith("sqlite"):
        places += [sqlite_file(config), sqlite_file(config).parent]
    return next(filter(None, map(disks.refusal_of, places)), None)
