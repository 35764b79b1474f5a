"""How good a file is: what it lacks, and for how long nobody has looked whether it is still correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.customers import rules, words
from blueprints.customers.models import Customer
from core import changes, clock, settings
from core.db import db
from core.words import _l

CHECK_MONTHS = "customers.check_months"
LABELS = {
    **words.FIELDS,
    "phone": _l("Phone"),
    "written": _l("Mail or WeChat"),
    "grade": _l("Tier or intent"),
}


@dataclass(frozen=True)
class Condition:
    """Of a file: per cent of what should be there, what is not, when it was checked, and months since if too many."""

    per_cent: int
    missing: list[Any]
    checked_on: date | None
    unchecked_months: int | None


def condition_of(customer: Customer) -> Condition:
    """The condition of a file that was read whole. One never checked counts from the day it was made."""
    lacking = rules.missing(customer.kind, _held(customer))
    months = rules.whole_months(
        customer.checked_on or clock.day_of(customer.created_at),
        clock.today(),
    )
    return Condition(
        per_cent=rules.completeness(customer.kind, lacking),
        missing=[LABELS[name] for name in lacking],
        checked_on=customer.checked_on,
        unchecked_months=months if months >= settings.get(CHECK_MONTHS) else None,
    )


def confirm(customer: Customer) -> None:
    """Note that somebody has looked at the file today, and that it is still correct."""
    changes.record("customer.checked")
    customer.checked_on = clock.today()
    db.session.flush()


def _held(customer: Customer) -> set[str]:
    columns = {name for name in rules.wanted(customer.kind) if getattr(customer, name, None)}
    usable = {point.kind for point in customer.points if not point.bad}
    held = {
        "person_id": bool(customer.affiliations),
        "phone": not usable.isdisjoint({"mobile", "phone"}),
        "written": not usable.isdisjoint({"email", "wechat", "wecom", "qq"}),
        "grade": (customer.tier, customer.intent) != ("none", "none"),
    }
    return columns | {name for name, there in held.items() if there}
