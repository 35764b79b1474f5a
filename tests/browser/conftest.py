"""A real browser and a live application for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from blueprints.access import actions
from core.db import db
from tests.company import the_user
from tests.needs import needs
from tests.pages import Client

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PATIENCE_MS = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser of this machine, not one that Playwright would fetch."""
    return {"executable_path": needs("chromium"), "args": ARGUMENTS, "headless": True}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are no news."""


@dataclass
class Live:
    """The application at an address; `app` is the same one, for what tests read and write beside it."""

    app: Flask
    url: str

    def token_of(self, username: str) -> str:
        """The cookie of a new session of somebody."""
        cookie = Client(self.app).signed_in_as(username).http.get_cookie("huifang")
        assert cookie is not None
        return cookie.value

    def end_sessions(self, username: str) -> None:
        """Let all sessions of somebody end, as time would."""
        with self.app.app_context():
            actions.end_sessions(the_user(username).id)
            db.session.commit()


@pytest.fixture
def live(app: Flask) -> Iterator[Live]:
    """The application of this test, served on a free port of the loopback address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Watch:
    """What a browser said while a test went on; `expected` are statuses that it may complain about."""

    said: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def on(self, page: Page, url: str) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"error {error}"))
        page.on("dialog", self._dialog)
        page.on("request", lambda request: self._request(request.url, url))

    def _console(self, message: ConsoleMessage) -> None:
        if not any(f"status of {status}" in message.text for status in self.expected):
            self.said.append(f"{message.type}: {message.text} at {message.location.get('url', '')}")

    def _dialog(self, dialog: Dialog) -> None:
        self.said.append(f"{dialog.type} {dialog.message}")
        dialog.dismiss()

    def _request(self, asked: str, url: str) -> None:
        if not asked.startswith((url, "data:", "blob:", "about:")):
            self.said.append(f"asked another host: {asked}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """No console message, no script error, no alert, no other host: asserted when the test ends."""
    watching = Watch()
    yield watching
    assert not watching.said, "\n".join(watching.said)


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, live: Live, watch: Watch) -> Iterator[Opener]:
    """`open_page("sales1a", width=390, script=True, dark=False)`: a page of a new browser; None: nobody."""
    contexts: list[BrowserContext] = []

    def opened(
        username: str | None = None, *, width: int = 1280, script: bool = True, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            reduced_motion="reduce",
            base_url=live.url,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if username:
            context.add_cookies([{"name": "huifang", "value": live.token_of(username), "url": live.url}])
        page = context.new_page()
        watch.on(page, live.url)
        return page

    yield opened
    for context in contexts:
        context.close()
