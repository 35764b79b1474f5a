"""Addresses are those of Flask, whatever goes into them."""

from __future__ import annotations

from typing import Any

import flask
import pytest
from flask import Flask

from core.addresses import url_for


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("customers.index", {}),
        ("customers.show", {"id": 7}),
        ("customers.show", {"id": 7_000_000_000_000}),
        ("customers.show", {"id": 7, "page": 70}),
        ("customers.show", {"id": 7, "_anchor": "condition"}),
        ("customers.show", {"id": 7, "q": "100 % 华"}),
        ("customers.show", {"id": 7, "q": None}),
        ("customers.show", {"id": 7, "_external": True}),
        ("customers.index", {"q": "%(id)d"}),
    ],
)
@pytest.mark.parametrize("root", ["", "/with%20root"])
def test_they_are_flasks(app: Flask, endpoint: str, values: dict[str, Any], root: str) -> None:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        assert url_for(endpoint, **values) == flask.url_for(endpoint, **values)
        assert url_for(endpoint, **values) == flask.url_for(endpoint, **values)
