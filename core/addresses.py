"""The addresses of pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import flask
from flask import request

_STAND_IN = 7_000_000_000_000  # longer than any number that an address has of itself


def url_for(endpoint: str, **values: Any) -> str:
    """The address of an endpoint. Of one that only numbers go into the pattern is made once: a page names dozens."""
    named = {name: value for name, value in values.items() if value is not None}
    if endpoint.startswith(".") or any(type(value) is not int for value in named.values()):
        return flask.url_for(endpoint, **named)
    return _pattern(endpoint, tuple(named), request.script_root) % named


@lru_cache(1_000)
def _pattern(endpoint: str, names: tuple[str, ...], _root: str) -> str:
    stand_ins: dict[str, Any] = {name: _STAND_IN + place for place, name in enumerate(names)}
    pattern = flask.url_for(endpoint, **stand_ins).replace("%", "%%")
    for name, number in stand_ins.items():
        pattern = pattern.replace(str(number), f"%({name})d")
    return pattern
