"""Words for the stored codes of purchases, and money as the reader writes it."""

from __future__ import annotations

from typing import Any

from core import languages, money
from core.words import _l

KINDS: dict[str, Any] = {"purchase": _l("Purchase"), "return": _l("Return")}
STATUSES: dict[str, Any] = {
    "open": _l("not delivered"),
    "delivered": _l("delivered"),
    "returned": _l("returned"),
    "cancelled": _l("cancelled"),
}
METHODS: dict[str, Any] = {
    "transfer": _l("bank transfer"),
    "cash": _l("cash"),
    "card": _l("card"),
    "wechat": _l("WeChat Pay"),
    "alipay": _l("Alipay"),
    "cheque": _l("cheque"),
    "other": _l("other"),
}
ENTRIES: dict[str, Any] = {**KINDS, "payment": _l("Payment"), "refund": _l("Refund")}
PRODUCT: dict[str, Any] = {
    "number": _l("Number"),
    "name": _l("Name"),
    "unit": _l("Unit"),
    "price": _l("Price"),
    "currency": _l("Currency"),
    "active": _l("sold at present"),
}


def shown(minor: int, currency: str) -> str:
    """An amount as the reader writes it."""
    return money.shown(minor, currency, "zh_Hans_CN" if languages.is_chinese() else "en")


def currency_choices() -> list[tuple[str, str]]:
    """The currencies that forms offer, each with its name."""
    language = "zh_Hans_CN" if languages.is_chinese() else "en"
    return [(code, f"{code} {money.name(code, language)}") for code in money.CURRENCIES]
