"""Consents (授权记录): noting what a customer said about being contacted, and the mark that follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from blueprints.customers import wishes, yearly
from blueprints.customers.models import Customer, Person
from blueprints.customers.particulars import Consent, SpecialDay
from blueprints.customers.yearly import Yearly
from core import bulk, changes, clock, deriving, events, lists
from core.db import db
from core.importways import FROM_A_LIST
from core.rights import Viewer

VERB = "customer.consented"


def page_of(customer: Customer, after: str | None) -> lists.Page[Consent]:
    """What a customer said, a page at a time, the latest first."""
    said = select(Consent).where(Consent.customer_id == customer.id).options(joinedload(Consent.recorded_by))
    return lists.page(said, Consent, lists.Order(Consent.on_day, descending=True), after)


def note_consent(customer: Customer, values: Mapping[str, Any], *, by: Viewer) -> Consent:
    """Note what a customer said: `purpose`, `state`, `on_day`, and if known `channel` and `remark`.

    Raises RuleBroken.
    """
    changes.record(VERB)
    db.session.execute(select(Customer.id).where(Customer.id == customer.id).with_for_update())
    present = wishes.forbidden(_said([customer.id])[customer.id])
    said_on, remark = values["on_day"], values.get("remark")
    wishes.check_consent(values["purpose"], values["state"], said_on, clock.today(), present, remark)
    fresh = Consent(customer_id=customer.id, recorded_by_id=by.id)
    for name in ("purpose", "state", "on_day", "channel", "remark"):
        setattr(fresh, name, values.get(name) or None)
    db.session.add(fresh)
    db.session.flush()
    refresh([customer.id])
    events.tell("customer.consented", ids=[customer.id])
    return fresh


def check_points(customer: Customer, person: Person | None = None) -> None:
    """Raise RuleBroken where numbers of a child are to be kept, of the customer or of this contact person, and no
    guardian has agreed.
    """
    today = clock.today()
    own, theirs = _births(customer, person)
    if any(wishes.is_child(customer.kind, born, today) for born in (customer.birthday, *own)):
        wishes.check_guardian(_said([customer.id])[customer.id])
    if any(wishes.is_under_age(born, today) for born in theirs):
        wishes.check_guardian_of_person(_said([customer.id])[customer.id])


def _births(customer: Customer, person: Person | None) -> tuple[list[date], list[date]]:
    """On what day a customer and a contact person were born, as their special days say where they name a year."""
    person_id = person.id if person is not None else None
    if customer.kind != "person" and person_id is None:
        return [], []
    births: Any = select(SpecialDay).where(SpecialDay.kind == "birthday", SpecialDay.year.is_not(None))
    own = (SpecialDay.customer_id == customer.id) & SpecialDay.person_id.is_(None)
    whose = own if person_id is None else own | (SpecialDay.person_id == person_id)
    found: tuple[list[date], list[date]] = ([], [])
    for row in db.session.scalars(births.where(whose)):
        born = yearly.first_on(Yearly(row.calendar, row.month, row.day, bool(row.leap), row.year))
        if born is not None:
            found[row.person_id is not None].append(born)
    return found


def guarded(ids: Sequence[int]) -> set[int]:
    """Those of these customers whose guardian agrees to what is kept."""
    return {id for id, said in _said(ids).items() if dict(said).get(wishes.GUARDIAN) == "given"}


def note_imported(news: Mapping[int, Sequence[str]], *, by_id: int) -> None:
    """Note of many customers what an imported list says they do not want: id → purposes."""
    today = clock.today()
    rows = [
        {
            "customer_id": id, "purpose": purpose, "state": "refused", "on_day": today, "channel": None,
            "remark": FROM_A_LIST, "recorded_by_id": by_id,
        }
        for id, purposes in news.items()
        for purpose in purposes
    ]  # fmt: skip
    changes.bulk_insert(Consent, rows)
    if news:
        refresh(list(news))
        events.tell("customer.consented", ids=list(news))


def refresh(ids: Sequence[int] | None = None) -> int:
    """Recompute the marks of these customers (None: of all); answers how many were wrong."""
    return sum(map(_refresh_chunk, bulk.chunks(list(ids)) if ids is not None else _all()))


def _all() -> Iterable[Sequence[int]]:
    """Those who ever said something, and those who are marked."""
    marked = select(Customer.id).where(Customer.do_not_contact.is_not(None))
    yield from bulk.chunks(list(db.session.scalars(union(select(Consent.customer_id), marked))))


def _refresh_chunk(ids: Sequence[int]) -> int:
    said = _said(ids)
    present = select(Customer.id, Customer.do_not_contact).where(Customer.id.in_(ids))
    wrong = [
        {"id": id, "do_not_contact": fresh}
        for id, mark in db.session.execute(present)
        if (fresh := ",".join(wishes.forbidden(said[id])) or None) != mark
    ]
    deriving.write(Customer, wrong)
    return len(wrong)


def _said(ids: Sequence[int]) -> defaultdict[int, list[tuple[str, str]]]:
    """Customer id → purpose and state of all they said, oldest first."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = select(Consent.customer_id, Consent.purpose, Consent.state).where(Consent.customer_id.in_(ids))
    for id, purpose, state in db.session.execute(rows.order_by(Consent.on_day, Consent.id)):
        found[id].append((purpose, state))
    return found
