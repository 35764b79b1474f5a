"""The functions by which code speaks to people: English in the source, translated when it is shown.

A page shows a thousand texts. Flask-Babel looks for the catalogue anew for each; here it is found once a request.
What is kept for later readers is kept as text and values, not as a sentence, so that each reads it in their language.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import g
from flask_babel import get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

__all__ = ["_", "_l", "between", "catalogue", "dotted", "kept", "listed", "ngettext", "told"]
MOST_TEXTS = 20_000  # of the interface, in all languages
_LISTED = "listed"
STOPS, FULL_STOPS = frozenset(".!?"), frozenset("。！？")  # a sign of full width brings its own blank


def _(message: str, **values: Any) -> str:
    """A text in the language of the request, its named places filled."""
    text: str = catalogue().ugettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """A text that depends on a number, which it may show as `%(num)s`, its thousands set off."""
    text: str = catalogue().ungettext(one, many, num)
    return text % {"num": f"{num:,}", **values}


def _l(message: str, **values: Any) -> Any:
    """A text that is translated whenever it is shown."""
    return _Lazy(_, message, **values)


def listed(texts: Iterable[Any]) -> Any:
    """Several texts one behind the other, translated whenever they are shown."""
    return _Listed(_joined, *texts)


def dotted(*texts: Any) -> str:
    """Short texts one beside the other, those left out that say nothing."""
    return " · ".join([str(text) for text in texts if text])


def between(text: Any) -> str:
    """What stands between a text and the next one in its line; a sentence has its own end already."""
    end = str(text).rstrip()[-1:]
    return "" if end in FULL_STOPS else " " if end in STOPS else _("; ")


def _joined(*texts: Any) -> str:
    return _(", ").join(str(text) for text in texts)


def kept(text: Any) -> Any:
    """A text as JSON keeps it for `told`: a lazy one as [text, {name: value}], anything else as it reads now."""
    if isinstance(text, _Listed):
        return {_LISTED: [kept(part) for part in text._args]}
    if isinstance(text, _Lazy):
        return [text._args[0], {name: kept(value) for name, value in text._kwargs.items()}]
    return text if isinstance(text, int) else str(text)


def told(stored: Any) -> Any:
    """The text that `kept` was given, translated whenever it is shown. A plain text is nobody's msgid: it stays."""
    if isinstance(stored, dict):
        return listed(told(part) for part in stored[_LISTED])
    if isinstance(stored, list):
        message, values = stored
        return _Lazy(_, message, **{name: told(value) for name, value in values.items()})
    return stored


class _Lazy(LazyString):
    """A lazy text that knows how it stands in a page: templates would ask for its text three times."""

    def __html__(self) -> Markup:
        if self._kwargs:
            return escape(str(self))
        return _escaped(catalogue(), self._args[0])


class _Listed(LazyString):
    """Texts one behind the other; a page shows what they say, whatever signs it holds."""

    def __html__(self) -> Markup:
        return escape(str(self))


@lru_cache(MOST_TEXTS)
def _escaped(texts: Any, message: str) -> Markup:
    return escape(texts.ugettext(message))


def catalogue() -> Any:
    """The texts of the request's language."""
    context = language_context()
    found = getattr(context, "babel_translations", None)
    if found is None:
        found = get_translations()
        if context is not None:
            # Flask-Babel itself forgets this with the language, in refresh() and force_locale()
            context.babel_translations = found
    return found


def language_context() -> Any:
    """What Flask-Babel knows of the request's language, None while it knows nothing."""
    try:
        return g._get_current_object().get("_flask_babel")
    except RuntimeError:  # there is no request, and no command
        return None
