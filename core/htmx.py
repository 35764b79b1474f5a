"""The only module that knows the headers of htmx."""

from __future__ import annotations

from flask import Response, request


def is_htmx() -> bool:
    """Whether the page's script sent this request, not the browser itself."""
    return request.headers.get("HX-Request") == "true"


def takes_a_part() -> bool:
    """Whether the script takes but a part of the page, so that nobody sees its frame; Back fetches the whole of it."""
    return is_htmx() and "HX-History-Restore-Request" not in request.headers


def target() -> str:
    """The id of the element that the answer is meant for, empty if none is named."""
    return request.headers.get("HX-Target", "").removeprefix("#")


def go_to(response: Response, url: str) -> Response:
    """Let the page go to another address after this answer."""
    response.headers["HX-Redirect"] = url
    return response


def trigger(response: Response, event: str) -> Response:
    """Let the page know of an event."""
    response.headers["HX-Trigger"] = event
    return response
