"""Errors as pages: what happened, what was kept, what to do. A request of the page's script gets a toast."""

from __future__ import annotations

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from core import htmx, journal, logs, settings
from core.config import MAX_FILE_MEGABYTES
from core.db import db, set_mode
from core.errors import Busy, Moved, NotFound, Problem, Refused, Stale
from core.requests import login_manager, translate
from core.words import _

AGAIN_S = 10  # until a browser, a script or a proxy may try again
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def register(app: Flask) -> None:
    """Answer every exception with a page of ours, and keep the log of what is known readable."""
    logs.be_brief()
    app.register_error_handler(Exception, lambda error: answer(app, error))


def answer(app: Flask, error: Exception) -> Response:
    """The page for an exception; faults of ours are logged with their trace, never shown."""
    try:
        return _answer(app, error)
    except DBAPIError as away:  # the page asks too: who is it, and what is the company's language
        login_manager._update_request_context_with_user()
        settings.assume_defaults()
        return _answer(app, away)


def _answer(app: Flask, error: Exception) -> Response:
    db.session.rollback()
    set_mode(writing=False)
    problem = translate(error)
    if problem is None:
        app.logger.exception("fault at %s %s", request.method, request.path)
        return page(500, "")
    if isinstance(problem, Busy):
        app.logger.warning("out of reach at %s %s: %s", request.method, request.path, _without_values(error))
    if isinstance(problem, Moved):
        return _moved(problem)
    if isinstance(problem, Problem):
        if isinstance(problem, Refused | NotFound):
            journal.note("refused", path=request.path, method=request.method)
        return page(problem.status, str(problem.message))
    return _http(problem)


def _moved(problem: Moved) -> Response:
    """On to the same page of the record that stands for the one asked for; what was sent there is not kept."""
    if request.method not in ("GET", "HEAD"):
        return page(Stale.status, str(problem.message))
    values = request.view_args or {}
    if not request.endpoint or values.get("id") != problem.gone:
        return page(problem.status, _("This page does not exist, or it is not yours to see."))
    same = {**request.args.to_dict(flat=False), **values, "id": problem.into}
    return make_response(redirect(url_for(request.endpoint, **same), 303))


def _without_values(error: Exception) -> str:
    """What went wrong, and in which statement: what was to be written or looked for is no matter of the log."""
    if not isinstance(error, DBAPIError):
        return type(error).__name__
    return f"{type(error.orig).__name__} in {' '.join((error.statement or 'no statement').split())}"


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if isinstance(error, CSRFError):
        return page(400, _("This page was open for too long. Go back, reload it, and send it again."))
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    sentence = _too_large() if code == 413 else ""
    return page(code if code in PAGES else 400, sentence)


def _too_large() -> str:
    most = MAX_FILE_MEGABYTES
    return _("A file can have at most %(size)s MB. Nothing was saved. Go back and split it.", size=most)


def page(status: int, sentence: str) -> Response:
    """The error page of a status with a sentence of its own, or the toast for the page's script."""
    template = "errors/_toast.html" if htmx.is_htmx() else f"errors/{status}.html"
    response = make_response(render_template(template, status=status, sentence=sentence), status)
    if status == 503:
        response.headers["Retry-After"] = str(AGAIN_S)
    return response
