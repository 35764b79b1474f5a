"""The functions by which code speaks to people: English in the source, translated when it is shown.

A page shows a thousand texts. Flask-Babel looks for the catalogue anew for each; here it is found once a request.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import g
from flask.globals import app_ctx
from flask_babel import get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

__all__ = ["_", "_l", "catalogue", "ngettext"]
MOST_TEXTS = 20_000  # of the interface, in all languages


def _(message: str, **values: Any) -> str:
    """A text in the language of the request, its named places filled."""
    text: str = catalogue().ugettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """A text that depends on a number, which it may show as `%(num)s`."""
    text: str = catalogue().ungettext(one, many, num)
    return text % {"num": num, **values}


def _l(message: str, **values: Any) -> Any:
    """A text that is translated whenever it is shown."""
    return _Lazy(_, message, **values)


class _Lazy(LazyString):
    """A lazy text that knows how it stands in a page: templates would ask for its text three times."""

    def __html__(self) -> Markup:
        if self._kwargs:
            return escape(str(self))
        return _escaped(catalogue(), self._args[0])


@lru_cache(MOST_TEXTS)
def _escaped(texts: Any, message: str) -> Markup:
    return escape(texts.ugettext(message))


def catalogue() -> Any:
    """The texts of the request's language."""
    context = g._get_current_object().get("_flask_babel") if app_ctx else None
    found = getattr(context, "babel_translations", None)
    if found is None:
        found = get_translations()
        if context is not None:
            # Flask-Babel itself forgets this with the language, in refresh() and force_locale()
            context.babel_translations = found
    return found
