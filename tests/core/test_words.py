"""Texts are looked up once a request, and anew when the language changes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, get_translations, refresh
from markupsafe import escape

from core.words import _, _l, between, catalogue, kept, listed, ngettext, told


def test_the_catalogue_is_found_once_a_request(app: Flask) -> None:
    with app.test_request_context():
        first = catalogue()
        assert catalogue() is first is get_translations()


def test_another_language_is_another_catalogue(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        chinese = catalogue()
        with force_locale("en"):
            assert catalogue() is get_translations() is not chinese
        assert catalogue() is chinese
        refresh()
        assert catalogue() is get_translations()


def test_places_are_filled_and_numbers_said(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert _("No text of ours: 100%") == "No text of ours: 100%"
        assert _("No text of %(name)s", name="ours") == "No text of ours"
        assert ngettext("%(num)s thing", "%(num)s things", 2) == "2 things"
        assert ngettext("%(num)s thing", "%(num)s things", 23_010) == "23,010 things"
        assert ngettext("%(n)s thing", "%(n)s things", 1, n="1") == "1 thing"


def test_a_lazy_text_waits_for_the_language(app: Flask) -> None:
    said = _l("No text of %(name)s", name="ours")
    assert str(said) == "No text of ours"
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert f"{said}" == "No text of ours"


def test_texts_can_be_asked_for_outside_of_everything() -> None:
    assert _("Nobody asks") == "Nobody asks"


def test_texts_one_behind_the_other_wait_for_the_language_too(app: Flask) -> None:
    both = listed([_l("Phone"), _l("Tags"), "A <b>"])
    with app.test_request_context(), force_locale("en"):
        assert f"{both}" == "Phone, Tags, A <b>"
        assert str(escape(both)) == "Phone, Tags, A &lt;b&gt;"
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert str(both) == "电话、标签、A <b>"


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("样品已收到。", "", ""), ("何时交货？ ", "", ""), ("They wrote.", " ", " "), ("样品已收到", "；", "; "),
        ("", "；", "; "), (3, "；", "; "),
    ],
)  # fmt: skip
def test_no_semicolon_stands_behind_a_full_stop(app: Flask, text: Any, chinese: str, english: str) -> None:
    with app.test_request_context():
        for language, expected in (("zh_Hans_CN", chinese), ("en", english)):
            with force_locale(language):
                assert between(text) == expected


EMPTY = _l("“%(field)s” is empty.", field=_l("Phone"))
NONE_OF = _l("“%(value)s” is none of: %(choices)s.", value="Tags", choices=listed([_l("Phone"), _l("Tags")]))


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (_l("Phone"), "Phone", "电话"),
        (EMPTY, "“Phone” is empty.", "“电话”不能为空。"),
        (NONE_OF, "“Tags” is none of: Phone, Tags.", "“Tags”不在可选值之内：电话、标签。"),
        ("Phone", "Phone", "Phone"),
    ],
)
def test_a_text_that_was_kept_is_told_in_the_language_of_whoever_reads_it(
    app: Flask, text: Any, english: str, chinese: str
) -> None:
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        stored = json.dumps(kept(text))
    for language, said in (("en", english), ("zh_Hans_CN", chinese)):
        with app.test_request_context(), force_locale(language):
            assert str(told(json.loads(stored))) == said


@pytest.mark.parametrize("typed", ["Phone", '["Phone", {}]', "100%", "%(field)s", ""])
def test_what_people_typed_is_never_taken_for_a_text_of_ours(app: Flask, typed: str) -> None:
    said = _l("“%(field)s” is empty.", field=typed)
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert told(json.loads(json.dumps(kept(typed)))) == typed
        assert str(told(json.loads(json.dumps(kept(said))))) == f"“{typed}”不能为空。"


def test_a_number_stays_one_and_a_day_becomes_text() -> None:
    said = _l("No text of %(n)s and %(day)s", n=3, day=date(2026, 5, 3))
    assert kept(said) == ["No text of %(n)s and %(day)s", {"n": 3, "day": "2026-05-03"}]


def test_a_text_that_was_kept_is_escaped_on_a_page(app: Flask) -> None:
    said = told(kept(_l("“%(value)s” is no mail address. It is left out.", value="<b>")))
    with app.test_request_context(), force_locale("en"):
        assert str(escape(said)) == "“&lt;b&gt;” is no mail address. It is left out."
