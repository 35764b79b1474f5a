"""The languages of the interface, and dates and numbers as each writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from flask import has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user
from markupsafe import Markup

from core import clock, settings
from core.templating import answers_alike
from core.words import MOST_TEXTS, _l, between, catalogue, dotted, language_context

LANGUAGES = {"zh_Hans_CN": "简体中文", "en": "English"}
DEFAULT_LANGUAGE = "zh_Hans_CN"
_WEEKDAYS = "一二三四五六日"

babel = Babel()
settings.declare(
    settings.Choice(
        "company.language",
        default=DEFAULT_LANGUAGE,
        group="company",
        label=_l("Language of the company"),
        help=_l("What the sign-in page shows; each person may choose their own."),
        choices=tuple(LANGUAGES.items()),
    )
)


def chosen() -> str:
    """The language of this request: the person's choice, else that of the sign-in page, else the company's."""
    if has_request_context():
        person = current_user.language if current_user and current_user.is_authenticated else None
        for language in (person, session.get("language")):
            if language in LANGUAGES:
                return language
    return str(settings.get("company.language"))


def html_language() -> str:
    """The language for the `lang` attribute."""
    return "en" if str(get_locale()) == "en" else "zh-Hans-CN"


def is_chinese() -> bool:
    """Whether this request is answered in Chinese."""
    locale = getattr(language_context(), "babel_locale", None) or get_locale() or Locale("en")
    return bool(locale.language == "zh")


def day(value: date | None, *, year: bool | None = None) -> str:
    """A day with its weekday: 11月21日 周六, Sat 21 Nov; with the year where it is not the present one."""
    if value is None:
        return "—"
    if year is None:
        return days()(value)
    return _day(value, year, is_chinese())


def days() -> Callable[[date | None], str]:
    """`day` for many days: the present year and the language are asked for once."""
    this_year, chinese = clock.today().year, is_chinese()
    return lambda value: "—" if value is None else _day(value, value.year != this_year, chinese)


@lru_cache(2_000)
def _day(value: date, with_year: bool, chinese: bool) -> str:
    if chinese:
        text = f"{value.month}月{value.day}日 周{_WEEKDAYS[value.weekday()]}"
        return f"{value.year}年{text}" if with_year else text
    text = f"{value:%a} {value.day} {value:%b}"
    return f"{text} {value.year}" if with_year else text


def moment(value: datetime | None) -> str:
    """An instant by the company's wall clock: 11月21日 周六 14:05."""
    if value is None:
        return "—"
    wall = clock.local(value)
    return f"{day(wall.date())} {wall:%H:%M}"


def number(value: int) -> str:
    """A whole number with its thousands set off."""
    return f"{value:,}"


def register(app: Any) -> None:
    """Set the languages up and give templates their filters."""
    babel.init_app(
        app,
        locale_selector=chosen,
        default_translation_directories="translations",
        default_locale=DEFAULT_LANGUAGE,
    )
    answers_alike(app, _=_shown)
    app.jinja_env.globals.update(gettext=_shown, ngettext=_shown_many, between=between, dotted=dotted)
    app.jinja_env.filters.update(day=day, moment=moment, number=number, company_day=clock.day_of)
    app.jinja_env.globals.update(
        lang=html_language, days=days, languages=LANGUAGES, language=lambda: str(get_locale())
    )


def _shown(message: str, /, **values: Any) -> Markup:
    """A text as templates show it: it may hold tags, what fills its places may not."""
    text = _as_markup(catalogue(), message)
    return text % values if values else text


@lru_cache(MOST_TEXTS)
def _as_markup(texts: Any, message: str) -> Markup:
    return Markup(texts.ugettext(message))


def _shown_many(one: str, many: str, num: int, /, **values: Any) -> Markup:
    """The same for a text that depends on a number."""
    return Markup(catalogue().ungettext(one, many, num)) % {"num": number(num), **values}


def asked_for() -> str | None:
    """The language that the switch on a page asks for, None if it is none of ours."""
    language = request.values.get("language", "")
    return language if language in LANGUAGES else None
