"""What the rows of an import change of a purchase that is on file: its state, when it was delivered, when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blueprints.sales import rules
from blueprints.sales.import_fields import minor
from blueprints.sales.import_known import Known
from blueprints.sales.import_lines import Line, News, warn_first
from blueprints.sales.models import Purchase
from core import clock
from core.errors import RuleBroken
from core.words import _l

RETURNED = ("returned", "return")


def plan_changes(news: News, group: Sequence[Line], first: Mapping[str, Any], known: Known) -> None:
    """Find what is to be changed, and warn of what is different but stays. Raises RuleBroken."""
    purchase = news.purchase
    wanted = _state(purchase, group, first)
    if wanted == "cancelled" != purchase.status:
        rules.check_status(purchase.status, "cancelled", returned=purchase.id in known.given_back)
        news.values["status"] = "cancelled"
    elif wanted == "delivered":
        _deliver(news, first.get("delivered_on"))
    elif wanted == "open" and purchase.status != "open":
        warn_first(group, _l("On file this is different, and stays as it is."), "status")
    due_on = first.get("due_on")
    if due_on is not None and due_on != purchase.due_on:
        rules.check_days(purchase.on_day, due_on, clock.today())
        news.values["due_on"] = due_on
    _warn_of_what_stays(purchase, group, first, known)


def _state(purchase: Purchase, group: Sequence[Line], first: Mapping[str, Any]) -> str | None:
    said = first.get("status")
    if said in RETURNED:
        if purchase.kind == "return":
            return None
        return None if purchase.status == "returned" else cancelled_whole(group)
    if said is None and first.get("delivered_on") is not None:
        return "delivered"
    return str(said) if said else None


def cancelled_whole(group: Sequence[Line]) -> str:
    """The state of a purchase that was returned as a whole, and is told so."""
    warn_first(group, _l("What was returned as a whole is taken as cancelled: neither counts."), "status")
    return "cancelled"


def _deliver(news: News, day: Any) -> None:
    purchase = news.purchase
    if purchase.status == "open":
        news.values["status"], day = "delivered", day or clock.today()
    if day is None or day == purchase.delivered_on:
        return
    if not purchase.on_day <= day <= clock.today():
        raise RuleBroken(_l("The day of delivery lies between the purchase and today."), "delivered_on")
    news.values["delivered_on"] = day


def _warn_of_what_stays(
    purchase: Purchase, group: Sequence[Line], first: Mapping[str, Any], known: Known
) -> None:
    said = {name: first.get(name) for name in ("on_day", "currency")}
    for name in ("discount", "shipping"):
        said[name] = minor(first[name], purchase.currency) if name in first else None
    others = [name for name, value in said.items() if value not in (None, getattr(purchase, name))]
    if "customer" in first and purchase.customer_id not in known.customers.get(first["customer"], ()):
        others.append("customer")
    for name in others:
        warn_first(group, _l("On file this is different, and stays as it is."), name)
