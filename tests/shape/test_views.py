"""Every view says who may open it; every address is typed and written alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from core.rights import Right, UnmarkedView, access_of, check_marks, public, requires
from tests.shape.test_imports import told

SAFE = {"GET", "HEAD", "OPTIONS"}
STEP = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")


def rules(app: Flask) -> Iterator[Rule]:
    return app.url_map.iter_rules()


def test_an_unmarked_view_stops_the_start() -> None:
    with pytest.raises(UnmarkedView, match=r"mark with @requires, @signed_in or @public: customers\.show"):
        check_marks({"customers.show": lambda: "", "home.show": public("why")(lambda: "")})


def test_marked_views_may_start() -> None:
    check_marks({"a.show": requires(Right.CUSTOMERS_SEE)(lambda: ""), "b.show": public("why")(lambda: "")})


def test_each_mark_says_a_right_or_why_none(app: Flask) -> None:
    marks = {name: access_of(view) for name, view in app.view_functions.items()}
    told(
        [
            name
            for name, a in marks.items()
            if a is None or bool(a.rights) + bool(a.public) + bool(a.signed_in) != 1
        ],
        "Mark it with exactly one of @requires(Right.X), @signed_in('why'), @public('why').",
    )


def test_rights_stand_in_alphabetical_order() -> None:
    names = [str(right) for right in Right]
    assert names == sorted(names), f"Put them in this order: {sorted(names)}"
    told([n for n in names if not re.fullmatch(r"[a-z]+:[a-z]+(-[a-z]+)*", n)], "Name a right <area>:<verb>.")


def test_url_parameters_are_typed(app: Flask) -> None:
    told(
        [rule.rule for rule in rules(app) if re.search(r"<[^:>]+>", rule.rule)],
        "Give each parameter a type: <int:id>, <string:slug>.",
    )


def test_addresses_are_kebab_case_without_a_slash_at_the_end(app: Flask) -> None:
    told(
        [
            rule.rule
            for rule in rules(app)
            for step in rule.rule.strip("/").split("/")
            if not (
                (step == "" and rule.rule == "/")
                or re.fullmatch(r"<[^>]+>(\.\w+)?", step)
                or STEP.fullmatch(step)
            )
        ],
        "Write an address like /customers/<int:id>/contact-points.",
    )


def test_reading_and_writing_are_two_functions(app: Flask) -> None:
    told(
        [rule.rule for rule in rules(app) if (methods := rule.methods or set()) - SAFE and methods & {"GET"}],
        "GET and POST are two views: show and update, new and create.",
    )


def test_forms_need_only_get_and_post(app: Flask) -> None:
    told([rule.rule for rule in rules(app) if (rule.methods or set()) - SAFE - {"POST"}], "Write with POST.")


def test_endpoints_are_named_for_a_noun_and_what_is_done(app: Flask) -> None:
    told(
        [name for name in app.view_functions if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name)],
        "Name it noun.verb.",
    )


def test_own_static_route_of_flask_is_off(app: Flask) -> None:
    assert "static" not in app.view_functions, "Static files are answered in WSGI, with the exact headers."
