"""The application: the table of contents of Huifang."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_login import current_user

from bench.cli import bench
from core import (
    addresses,
    assets,
    banners,
    clock,
    commands,
    config,
    encrypted,
    failures,
    headers,
    htmx,
    inplace,
    languages,
    navigation,
    proxies,
    queue,
    requests,
    rights,
    templating,
    watermarks,
)
from core.db import db, migrate
from core.requests import Huifang

AREAS = ("access", "office", "customers", "interactions", "sales", "home")


def create_app(settings: config.Config | None = None) -> Flask:
    """The whole application; refuses to start with a view that says nothing about rights."""
    installation = settings or config.load()
    app = Huifang("huifang", root_path=str(Path(__file__).parent), static_folder=None)
    app.config.update(
        SECRET_KEY=installation.secret_key(),
        SQLALCHEMY_DATABASE_URI=installation.database_url,
        MAX_CONTENT_LENGTH=config.MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1_000,
        SESSION_COOKIE_NAME="huifang",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=installation.secure,
        COMPRESS_MIMETYPES=["text/html", "text/css", "application/javascript", "image/svg+xml"],
        COMPRESS_LEVEL=3,  # twice as quick as the usual 6, for a seventh more to send within the house
    )
    app.extensions["huifang"] = installation
    encrypted.register(app, installation)
    db.init_app(app)
    migrate.init_app(app, db)
    languages.register(app)
    requests.register(app)
    failures.register(app)
    Compress(app)
    queue.register(app)
    commands.register(app, create_app)
    _pages(app)
    for area in AREAS:
        _area(app, area)
    app.cli.add_command(bench)
    commands.tell_briefly(app)
    rights.check_marks(app.view_functions)
    _wsgi(app, installation)
    return app


def _area(app: Flask, area: str) -> None:
    """Register what an area has: its declarations, pages and commands."""
    for module in ("models", "actions", "records", "jobs", "views", "cli"):
        name = f"blueprints.{area}.{module}"
        if find_spec(name) is None:
            continue
        loaded = import_module(name)
        for blueprint in getattr(loaded, "BLUEPRINTS", ()):
            app.register_blueprint(blueprint)
        for command in getattr(loaded, "COMMANDS", ()):
            app.cli.add_command(command)
        app.jinja_env.globals.update(getattr(loaded, "TEMPLATE_GLOBALS", {}))


def _pages(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    templating.answers_alike(app, asset=assets.asset, icon=assets.icon)
    app.jinja_env.globals.update(takes_a_part=htmx.takes_a_part, url_for=addresses.url_for)
    app.jinja_env.globals.update(inplace.TEMPLATE_GLOBALS)
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    """What the frame around a page shows to whoever is signed in."""
    if htmx.takes_a_part():
        return {}
    if not current_user or not current_user.is_authenticated:
        return {"banners": banners.at_the_door()}
    viewer = requests.viewer()
    ways = navigation.ways(viewer)
    minute = f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
    return {
        "navigation": ways.side,
        "top_places": ways.top,
        "phone_main": ways.main,
        "theme": current_user.theme,
        "banners": banners.banners(),
        "watermark": watermarks.across_page(viewer.name, viewer.username, minute),
    }


def _wsgi(app: Flask, installation: config.Config) -> None:
    if installation.trusted_proxies:
        app.wsgi_app = proxies.TrustedProxies(  # type: ignore[method-assign]
            app.wsgi_app, installation.trusted_proxies, installation.proxies_from
        )
    app.wsgi_app = assets.static_files(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = headers.SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]
