"""The one page object: a client that parses and checks every page it opens."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from blueprints.access import actions
from core.db import db
from tests import validity
from tests.company import the_user


class Page:
    """An answer, parsed. One that is not as every page must be fails the test that opened it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.is_html = response.mimetype == "text/html"
        self.text = response.get_data(as_text=True) if self.is_html or not response.is_streamed else ""
        faults = [*validity.faults_of_headers(response)]
        if self.is_html:
            found, tree = validity.faults_of(self.text)
            faults += found
            if tree is not None:
                self.soup = tree
        asked = f"{response.request.method} {response.request.path} → {self.status}"
        assert not faults, "\n".join([asked, *faults])

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The elements, none for what is no page."""
        return validity.tree(self.text if self.is_html else "")

    @property
    def words(self) -> str:
        """The text that a person reads, white space folded."""
        return " ".join(self.soup.get_text(" ").split())

    def one(self, selector: str) -> Tag:
        """The only element of a selector."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} × {selector} in {self.words[:300]}"
        return found[0]

    def form(self, action: str | None = None) -> dict[str, Any]:
        """The fields of the form with an action (or of the first in <main>), as a browser sends them."""
        return form_values(self.soup, action)


def form_values(soup: BeautifulSoup, action: str | None) -> dict[str, Any]:
    """Field name → list of values that a browser would send for a form."""
    selector = f'form[action="{action}"]' if action else "main form[method=post]"
    form = soup.select(selector)
    assert form, f"no form {selector}"
    values: dict[str, Any] = {}
    for field in form[0].select("input[name], textarea[name], select[name]"):
        values.setdefault(str(field["name"]), []).extend(_sent(field))
    return {name: sent for name, sent in values.items() if sent}


def _sent(field: Tag) -> list[str]:
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]  # which the parser of a browser leaves out
    if field.name == "select":
        chosen = field.select("option[selected]") or field.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in chosen]
    if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
        return []
    if field.get("type") in ("submit", "button", "file"):
        return []
    return [str(field.get("value", "on" if field.get("type") == "checkbox" else ""))]


class Client:
    """One person's browser without script."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()

    def signed_in_as(self, username: str) -> Client:
        """Start a session for a standing person."""
        with self.app.app_context():
            user = the_user(username)
            token = actions.start_session(user.id)
            db.session.commit()
            person = user.id
        with self.http.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie["person"] = token, True, person
        return self

    def get(self, path: str, **options: Any) -> Page:
        """Open an address."""
        return Page(self.http.get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send fields, with a valid token unless they bring their own."""
        fields = dict(data or {})
        if "csrf_token" not in fields:
            fields["csrf_token"] = self.token()
        return Page(self.http.post(path, data=fields, **options))

    def token(self) -> str:
        """A valid CSRF token, as any page of this person would carry it; it holds as long as the session."""
        with self.http.session_transaction() as cookie, self.app.test_request_context():
            if "csrf_token" in cookie:
                session["csrf_token"] = cookie["csrf_token"]
            token = generate_csrf()
            cookie["csrf_token"] = session["csrf_token"]
        return token

    def cookie(self) -> dict[str, Any]:
        """What the session cookie says."""
        with self.http.session_transaction() as cookie:
            return dict(cookie)
