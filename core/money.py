"""Money: whole numbers of a currency's smallest unit, read and written as people do. Pure."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_currency, get_currency_name, get_currency_precision, is_currency

from core.errors import RuleBroken
from core.words import _l

# Offered in forms; an import takes any other that there is.
CURRENCIES = (
    "CNY", "USD", "EUR", "HKD", "JPY", "GBP", "TWD", "KRW", "SGD", "AUD", "CAD", "CHF", "THB", "VND", "MYR",
    "RUB", "AED", "KWD",
)  # fmt: skip
MOST = 10**15  # minor units: far below what a column, and a JSON number, holds
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_SIGNS = re.compile(r"CNY|RMB|[¥$€£₩]|元", re.IGNORECASE)
_BRACKETS = re.compile(r"\((.+)\)")


def is_known(currency: str) -> bool:
    """Whether there is a currency of this code."""
    return is_currency(currency)


@cache
def digits(currency: str) -> int:
    """How many decimals a currency has: 2 most often, 0 for yen, 3 for Kuwaiti dinars."""
    return get_currency_precision(currency)


def parse(text: str, currency: str) -> int:
    """The minor units that a text means: `1,234.5`, `¥1,234.50`, `(12.00)` for less than nothing.

    Raises RuleBroken for what is no amount, has more decimals than the currency, or is beyond all bounds.
    """
    places = digits(currency)
    minor = number(text).scaleb(places)
    if minor != minor.to_integral_value():
        raise RuleBroken(
            _l("“%(text)s” has more than %(n)s decimals.", text=text[:40], n=places)
            if places
            else _l("“%(text)s” has decimals, but the currency has none.", text=text[:40])
        )
    return int(minor)


def number(text: str) -> Decimal:
    """The exact number of an amount, the sign of its currency left out. Raises RuleBroken."""
    return decimal(_SIGNS.sub("", unicodedata.normalize("NFKC", text)))


def decimal(text: str) -> Decimal:
    """The exact number that a text means. Raises RuleBroken."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if bracketed := _BRACKETS.fullmatch(plain):
        plain = f"-{bracketed[1]}"
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise RuleBroken(_l("“%(text)s” cannot be read as a number.", text=text[:40]))
    value = Decimal(f"{found[1]}{found[2].replace(',', '')}.{found[3] or '0'}")
    if abs(value) >= MOST:
        raise RuleBroken(_l("“%(text)s” is too much.", text=text[:40]))
    return value


def from_number(text: str, currency: str) -> int:
    """The minor units of an amount that another program wrote with decimals of its own, rounded half away from zero."""
    return rounded(number(text).scaleb(digits(currency)))


def rounded(value: Decimal) -> int:
    """To a whole number, halves away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def plain(minor: int, currency: str) -> str:
    """As it stands in a form and is parsed again: `1234.50`."""
    places = digits(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def shown(minor: int, currency: str, language: str) -> str:
    """As the people of a language write it, with the sign of the currency."""
    amount = Decimal(minor).scaleb(-digits(currency))
    return format_currency(amount, currency, locale=_locale(language))


def name(currency: str, language: str) -> str:
    """What the people of a language call a currency."""
    return get_currency_name(currency, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
