"""Addresses of the application with something in the place of their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule

PARAMETER = re.compile(r"<(?:(?P<type>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


def filled(rule: str, values: Mapping[str, object] | None = None) -> str:
    """The address of a rule, with `values` for its parameters, 1 or x for those not named."""

    def value(found: re.Match[str]) -> str:
        given = (values or {}).get(found["name"])
        return str(given if given is not None else 1 if found["type"] in {"int", "float"} else "x")

    return PARAMETER.sub(value, rule)


def reading(app: Flask) -> Iterator[Rule]:
    """All rules that answer GET."""
    return (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))


def writing(app: Flask) -> Iterator[Rule]:
    """All rules that answer POST."""
    return (rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()))
