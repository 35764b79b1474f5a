"""For how long files are kept: which have served their time, by which rule. Nothing goes that nobody has set to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from blueprints.customers import erasing, export_requests, holds
from blueprints.customers.models import Customer
from core import clock, events, kinds, settings
from core.db import db
from core.languages import number
from core.rights import Right, Viewer
from core.words import _l, ngettext
from core.working import Work

JOB = "customers.served_their_time"
BIN_EMPTIES, RULES_ACT = "customers.bin_empties", "customers.retention_acts"
LEAD_MONTHS, ARCHIVE_YEARS = "customers.keep_leads_months", "customers.keep_archived_years"
MOST = 200  # that are shown, and that are erased in a night, of each rule
MONTH, YEAR = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True)
class Rule:
    """Files that have served their time: those that meet a condition, and of which no area knows anything since."""

    name: str
    label: Any
    ground: str
    condition: ColumnElement[bool]
    since: date
    acts: bool


def rules() -> list[Rule]:
    """The rules that are in force."""
    now, found = clock.now(), [_bin(clock.now())]
    if months := int(settings.get(LEAD_MONTHS)):
        found.append(_leads(now - MONTH * months))
    if years := int(settings.get(ARCHIVE_YEARS)):
        found.append(_archive(now - YEAR * years))
    return found


def _bin(now: datetime) -> Rule:
    over = Customer.deleted_at < now - timedelta(days=int(settings.get("customers.bin_days")))
    condition = over & kinds.kind_of(Customer).in_bin()
    return Rule("bin", _l("Their time in the bin is over"), "bin", condition, date.max, _acts(BIN_EMPTIES))


def _leads(before: datetime) -> Rule:
    never = Customer.last_contact_on.is_(None) & (Customer.created_at < before)
    condition = (Customer.status == "lead") & never & Customer.deleted_at.is_(None)
    label = _l("Leads that nobody ever spoke with")
    return Rule("leads", label, "retention", condition, date.min, _acts(RULES_ACT))


def _archive(before: datetime) -> Rule:
    day = clock.day_of(before)
    silent = or_(Customer.last_contact_on.is_(None), Customer.last_contact_on < day)
    condition = (Customer.archived_at < before) & silent & Customer.deleted_at.is_(None)
    label = _l("Archived, without a contact or a purchase since")
    return Rule("archive", label, "retention", condition, day, _acts(RULES_ACT))


def _acts(name: str) -> bool:
    return bool(settings.get(name))


def proposed(rule: Rule, viewer: Viewer) -> list[Customer]:
    """The first files that a rule proposes, of those that the person may erase."""
    within = kinds.kind_of(Customer).policy.within(viewer, Right.CUSTOMERS_ERASE)
    wanted = select(Customer).where(Customer.id.in_(_first(rule, within))).order_by(Customer.id)
    return list(db.session.scalars(wanted.options(joinedload(Customer.owner))))


def _first(rule: Rule, *conditions: ColumnElement[bool]) -> list[int]:
    wanted = select(Customer.id).where(rule.condition, ~holds.is_held(), *conditions)
    ids = list(db.session.scalars(wanted.order_by(Customer.id).limit(MOST)))
    needed = {id for found in events.ask("customers.needed", ids=ids, since=rule.since) for id in found}
    return [id for id in ids if id not in needed]


def run(work: Work) -> Mapping[str, int]:
    """Erase what has served its time by rules that act by themselves, each file in a transaction of its own; count
    what the others propose. Exports that are not fetched again go as well.
    """
    export_requests.drop_old()
    gone, waiting = int(work.place.get("gone", 0)), 0
    for rule in rules():
        ids = _first(rule)
        if not rule.acts:
            waiting += len(ids)
            continue
        for id in ids:
            work.record(erasing.ERASED)
            erasing.erase([id], ground=rule.ground, scrub=False)
            gone += 1
            work.advance(gone, gone=gone)
    if gone:
        erasing.have_scrubbed()
    return {"gone": gone, "waiting": waiting}


def outcome(told: Mapping[str, Any]) -> str:
    """How many were erased, and how many wait for somebody to decide."""
    parts: Sequence[str] = [
        ngettext("%(total)s file erased", "%(total)s files erased", told["gone"], total=number(told["gone"]))
        if told.get("gone")
        else "",
        ngettext(
            "%(total)s file has served its time",
            "%(total)s files have served their time",
            told["waiting"],
            total=number(told["waiting"]),
        )
        if told.get("waiting")
        else "",
    ]
    return " · ".join(part for part in parts if part)
