"""Texts are looked up once a request, and anew when the language changes."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale, get_translations, refresh

from core.words import _, _l, catalogue, ngettext


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
        assert ngettext("%(n)s thing", "%(n)s things", 1, n="1") == "1 thing"


def test_a_lazy_text_waits_for_the_language(app: Flask) -> None:
    said = _l("No text of %(name)s", name="ours")
    assert str(said) == "No text of ours"
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        assert f"{said}" == "No text of ours"


def test_texts_can_be_asked_for_outside_of_everything() -> None:
    assert _("Nobody asks") == "Nobody asks"
