"""The addresses of pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import flask
from flask import request


def url_for(endpoint: str, **values: Any) -> str:
    """The address of an endpoint. One that no value goes into is made once: a page names a dozen of them."""
    if values or endpoint.startswith("."):
        return flask.url_for(endpoint, **values)
    return _alone(endpoint, request.script_root)


@lru_cache(1_000)
def _alone(endpoint: str, _root: str) -> str:
    return flask.url_for(endpoint)
