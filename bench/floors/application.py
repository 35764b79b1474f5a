"""The bare Flask application with the floors, under the addresses of the pages they stand for."""

from __future__ import annotations

import os

from flask import Flask, abort, g, redirect, request, session
from flask.typing import ResponseReturnValue

from bench.floors import doors, files, lists, searches, today, writes
from bench.floors.database import Database
from bench.floors.people import person_of


def create() -> Flask:
    """The floors over the database of HUIFANG_DATABASE_URL, with the cookie of the application."""
    app = Flask(__name__)
    app.secret_key = os.environ["HUIFANG_SECRET_KEY"]
    app.config["SESSION_COOKIE_NAME"] = "huifang"
    database = Database(os.environ["HUIFANG_DATABASE_URL"])
    _reading(app, database)
    _writing(app, database)
    return app


def _reading(app: Flask, database: Database) -> None:
    def answer(make: object, *args: object) -> ResponseReturnValue:
        with database.transaction(writing=False):
            g.person = person_of(database, session.get("_user_id")) or abort(401)
            return make(database, g.person, *args) or abort(404)  # type: ignore[operator]

    app.add_url_rule("/", "today", lambda: answer(today.today))
    app.add_url_rule("/customers", "list", lambda: answer(lists.customers, request.args))
    app.add_url_rule("/search", "search", lambda: answer(searches.search, request.args.get("q", "")))
    app.add_url_rule("/customers/<int:id>", "file", lambda id: answer(files.customer, id))


def _writing(app: Flask, database: Database) -> None:
    def signed_in(make: object, *args: object) -> ResponseReturnValue:
        with database.transaction(writing=True):
            g.person = person_of(database, session.get("_user_id")) or abort(401)
            return redirect(make(database, g.person, *args), 303)  # type: ignore[operator]

    @app.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        token = doors.sign_in(database, request.form["username"], request.form["password"]) or abort(422)
        session["_user_id"] = token
        return redirect("/", 303)

    app.add_url_rule("/customers", "create", lambda: signed_in(writes.create, request.form), methods=["POST"])
    app.add_url_rule(
        "/customers/<int:id>/interactions",
        "log",
        lambda id: signed_in(writes.log, id, request.form),
        methods=["POST"],
    )
