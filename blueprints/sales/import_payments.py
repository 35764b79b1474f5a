"""The payment that an import makes: so much as is lacking of what its file says was paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.sales import rules, words
from blueprints.sales.import_fields import minor
from blueprints.sales.import_known import Known
from blueprints.sales.import_lines import Line, News, warn_first
from blueprints.sales.import_updates import RETURNED
from core import clock
from core.errors import RuleBroken
from core.words import _l


def plan_payment(news: News, group: Sequence[Line], first: Mapping[str, Any], known: Known) -> None:
    """Find what was paid beyond what is on file. Raises RuleBroken.

    Without a day it is that of the purchase, or where something was paid before, today. Of an old purchase that was
    returned as a whole nothing counts, neither what was paid nor what was paid back.
    """
    if news.fresh and first.get("status") in RETURNED and news.purchase.kind == "purchase":
        return
    purchase, before = news.purchase, news.purchase.paid or 0
    said = _said(group)
    if said is None:
        if first.get("paid_on") is not None:
            warn_first(group, _l("A day alone is no payment: say how much was paid."), "paid_on")
        return
    paid = _whole(said, news)
    if paid < before:
        text = _l("On file %(paid)s is paid, and stays so.", paid=words.shown(before, purchase.currency))
        warn_first(group, text, "paid")
    if paid <= before:
        return
    if purchase.customer_id not in known.payable:
        raise RuleBroken(_l("You may not record payments of this customer."), "paid")
    today = clock.today()
    on_day = first.get("paid_on") or (today if before else purchase.on_day)
    if on_day > today:
        raise RuleBroken(_l("This day is still to come."), "paid_on")
    rules.check_payment(paid - before, on_day, today)
    if paid > news.total:
        text = _l(
            "More is paid than the %(sum)s that it comes to.", sum=words.shown(news.total, purchase.currency)
        )
        warn_first(group, text, "paid")
    news.payment = {"on_day": on_day, "amount": paid - before, "method": "other", "remark": None}


def _said(group: Sequence[Line]) -> Any:
    """What the rows say was paid: an amount, or True for all. Raises RuleBroken where they differ."""
    said = [line.values["paid"] for line in group if line.values.get("paid") is not None]
    if any(each != said[0] for each in said):
        raise RuleBroken(_l("The rows of this purchase say different things of what was paid."), "paid")
    return said[0] if said else None


def _whole(said: Any, news: News) -> int:
    """All that was paid, in minor units; for a return, what was paid back is written with a minus or without."""
    if said is True:
        return news.total
    return minor(abs(said) if news.purchase.kind == "return" else said, news.purchase.currency)
