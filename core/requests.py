"""One request: who asks, whether they may, one transaction, the journal, the answer.

GET and HEAD read only. Anything else is one transaction, committed here and nowhere else, inside the reach of the
error handlers and before cookies are written, and only if the answer is a success.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from core import changes, disks, journal
from core.db import CONNECTION, db, set_mode
from core.errors import Busy, Problem, Refused, RuleBroken, Stale
from core.kinds import refusal
from core.rights import Access, Viewer, access_of
from core.templating import Templates
from core.words import _

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
login_manager = LoginManager()


class WholeNumber(IntegerConverter):
    """A number in an address that a column can hold: beyond it there is nothing, on any database."""

    def __init__(self, map: Map, max: int = 2**63 - 1, **options: Any) -> None:
        super().__init__(map, max=max, **options)


class Huifang(Flask):
    """Flask, with the transaction and the journal around the dispatch."""

    jinja_environment = Templates

    def dispatch_request(self) -> ResponseReturnValue:
        response = self.make_response(super().dispatch_request())
        if request.method in SAFE_METHODS:
            _end_reading()
        elif response.status_code < 400:
            _commit()
        db.session.rollback()
        return response

    def full_dispatch_request(self) -> Response:
        response = super().full_dispatch_request()
        try:
            journal.write()
        except OperationalError as error:  # what cannot be written down is not shown either
            return self.finalize_request(self.handle_user_exception(error))
        return response


def _end_reading() -> None:
    """End the transaction of whoever only read in the database, by COMMIT, before the session is rolled back: at a
    ROLLBACK the driver of PostgreSQL forgets all statements that it has prepared, and each page would have every one
    of its own planned anew.
    """
    connection = db.session().info.get(CONNECTION)
    if connection is not None:
        with suppress(
            SQLAlchemyError, connection.dialect.dbapi.Error
        ):  # what is lost is told by whoever rolls back
            connection.connection.commit()


def _commit() -> None:
    try:
        db.session.commit()
    except (StaleDataError, IntegrityError) as error:
        raise translate(error) or error from error


def open_request() -> None:
    """Before any view: read what was sent (a slow sender holds no lock), set the mode, check the mark of the view."""
    writing = request.method not in SAFE_METHODS
    if writing:
        request.form  # noqa: B018 - reads the body
    set_mode(writing=writing)
    _refuse_nul()
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    if access is None:
        return
    changes.set_actor(_actor())
    _guard(access)
    if writing:
        csrf.protect()


def _refuse_nul() -> None:
    """No text of ours holds the character NUL: PostgreSQL cannot keep it, nor be asked for it."""
    if "\x00" in request.path:
        abort(404)
    both = (request.args,) if request.method in SAFE_METHODS else (request.args, request.form)
    for sent in both:
        if any("\x00" in text for name in sent for text in (name, *sent.getlist(name))):
            abort(400)


def _actor() -> changes.Actor:
    address = request.remote_addr or ""
    if current_user.is_authenticated:
        return changes.Actor(current_user.id, current_user.name, "web", address)
    return changes.Actor(None, "", "web", address)


def _guard(access: Access) -> None:
    if access.public:
        return
    if not current_user.is_authenticated:
        abort(login_manager.unauthorized())
    held = current_user.may_or_ask if access.asked else current_user.may
    if access.rights and not any(held(right) for right in access.rights):
        raise Refused(refusal(access.rights[0]))


def viewer() -> Viewer:
    """The person behind this request, who is signed in: themselves, for what asks a hundred things of them."""
    person: Viewer = current_user._get_current_object()
    return person


def translate(error: Exception) -> Problem | HTTPException | None:
    """The problem that an exception means for the person, None if it is a fault of ours."""
    if isinstance(error, Problem | HTTPException):
        return error
    if isinstance(error, StaleDataError):
        return Stale(_("Somebody else has just changed this. Look at it again, then decide."))
    if isinstance(error, IntegrityError):
        return RuleBroken(
            _("This collides with something saved a moment ago. Look again and send it once more.")
        )
    if sentence := disks.trouble(error):
        return Busy(sentence)
    if isinstance(error, OperationalError) or getattr(error, "connection_invalidated", False):
        return Busy(_("The database is busy or out of reach. Nothing was lost; try again in a moment."))
    return None


def register(app: Flask) -> None:
    """Put the guard before every request."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)
    login_manager.init_app(app)
    app.url_map.converters["int"] = WholeNumber
    app.before_request(open_request)
    app.teardown_request(_end_request)


def _end_request(_error: Any = None) -> None:
    """Leave the context as a command or a test expects it."""
    set_mode(writing=True)
    changes.set_actor(changes.SYSTEM)
