"""Templates are compiled once for each language, and hold by then what is the same on every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, get_locale
from jinja2 import DictLoader, Undefined
from markupsafe import Markup, escape

from core.templating import Templates, answers_alike, shown
from core.words import _l

PAGES = {
    "page": """{% from "mark" import mark %}{{ said("a") }}{{ mark(said("b", strong=said("c"))) }}{{ said(name) }}""",
    "mark": """{% macro mark(text) %}<b title="{{ said("d") }}">{{ text }}</b>{% endmacro %}""",
    "loop": """{% for name in names %}{{ said(name) }}{{ said("f") }}{{ cycle(*[name]) }}{% endfor %}""",
}


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def pages(app: Flask, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def said(text: str, strong: str = "") -> str:
        asked.append(text)
        return f"{text}{strong}<{get_locale()}>"

    made = Templates(app, loader=DictLoader(PAGES), autoescape=True, auto_reload=False)
    monkeypatch.setattr(app, "jinja_env", made)
    app.jinja_env.globals["cycle"] = str.upper
    answers_alike(app, said=said)
    with app.test_request_context(), force_locale("en"):
        yield app.jinja_env


def test_what_stands_in_a_template_is_asked_once(pages: Templates, asked: list[str]) -> None:
    for name in ("x", "y"):
        drawn = pages.get_template("page").render(name=name)
        assert drawn == f'a&lt;en&gt;<b title="d&lt;en&gt;">bc&lt;en&gt;&lt;en&gt;</b>{name}&lt;en&gt;'
    assert sorted(asked) == ["a", "b", "c", "d", "x", "y"]


def test_each_language_has_its_own_page(pages: Templates) -> None:
    english = pages.get_template("page")
    with force_locale("zh_Hans_CN"):
        chinese = pages.get_template("page").render(name="x")
        assert pages.get_template("page") is pages.get_template("page") is not english
    assert chinese == english.render(name="x").replace("en", "zh_Hans_CN")


def test_what_a_row_brings_is_asked_as_it_is_drawn(pages: Templates, asked: list[str]) -> None:
    drawn = pages.get_template("loop").render(names=["1", "<2>"])
    assert drawn == "1&lt;en&gt;f&lt;en&gt;1&lt;2&gt;&lt;en&gt;f&lt;en&gt;&lt;2&gt;"
    assert asked == ["f", "1", "<2>"]


def test_what_is_reloaded_is_asked_each_time(pages: Templates, asked: list[str]) -> None:
    pages.auto_reload = True
    for _time in range(2):
        pages.get_template("page").render(name="x")
    assert sorted(asked) == ["a", "a", "b", "b", "c", "c", "d", "d", "x", "x"]


class Marked(Markup):
    """A kind of Markup of somebody's own."""


class Text(str):
    """A kind of text of somebody's own."""


@pytest.mark.parametrize(
    "made", [str, Text, Markup, Marked, _l, lambda text: [text], lambda text: {text: text}]
)
@pytest.mark.parametrize("text", ["", "a", "<b>&amp;\"'</b>", "华兴 <script>"])
def test_a_value_stands_in_a_page_as_markupsafe_escapes_it(app: Flask, made: Any, text: str) -> None:
    with app.test_request_context():
        assert "".join([shown(made(text))]) == str(escape(made(text)))


@pytest.mark.parametrize("value", [None, 0, 1.5, True, Undefined()])
def test_what_is_no_text_stands_as_its_text(value: Any) -> None:
    assert shown(value) == str(value)
