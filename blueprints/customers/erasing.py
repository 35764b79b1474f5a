"""Erasing a customer, or one contact person, for good: what goes, what stays, and who may not be erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, delete, exists, func, literal, select

from blueprints.access import actions as access
from blueprints.customers import holds, merged, search, traces, words
from blueprints.customers.models import (
    Affiliation,
    Customer,
    CustomerSearch,
    CustomerTag,
    Person,
    Tag,
)
from blueprints.customers.pairs import Duplicate
from core import changes, clock, erasing, events, jobs, parts, scrubbing, wholes
from core.db import db
from core.erasing import Order, Past
from core.erasure_log import Entry
from core.erasures import hashed
from core.errors import RuleBroken
from core.rights import Viewer
from core.wholes import Whole
from core.words import _, _l

ERASED = "customer.erased"
PERSON_ERASED = "customer.person_erased"
TABLE, PEOPLE = Customer.__tablename__, Person.__tablename__

erasing.keep(
    TABLE,
    ("kind", "relationship", "tier", "intent", "status", "at_risk", "won_back", "owner_id", "team_id", "source",
     "deleted_by_id", "lost_reason"),
    why=_l("a number without a name, on which the documents below hang"),
    label=_l("Customer"),
    name="—",
    number=lambda table: literal("erased-") + cast(table.c.id, String),
    deleted_at=lambda table: func.coalesce(table.c.deleted_at, clock.now()),
)  # fmt: skip
erasing.keep(
    "consents",
    ("customer_id", "purpose", "state", "channel", "on_day", "recorded_by_id"),
    why=_l("the proof of what was allowed and forbidden"),
    label=_l("Consents"),
)


@dataclass(frozen=True)
class Preview:
    """What goes and what stays: words of each, how many, and for what stays why."""

    goes: Sequence[tuple[Any, int]]
    stays: Sequence[tuple[Any, int, Any]]


def preview(customer: Customer) -> Preview:
    """What erasing a customer would do; writes nothing."""
    whole = wholes.whole_of(TABLE, merged.with_files([customer.id]))
    goes, stays = [], []
    for name in wholes.in_order(whole):
        count, kept = len(whole[name]), erasing.remainder_of(name)
        if kept is not None:
            stays.append((kept.label, count, kept.why))
        elif name not in ("note_mentions", "customer_merges", "duplicate_rulings", "customer_helpers"):
            goes.append((parts.words_of(name, TABLE).label, count))
    return Preview(goes, stays)


def erase_at_hand(customer: Customer, values: Mapping[str, Any], *, by: Viewer, address: str) -> None:
    """Erase a customer for good: the person has typed their password and the customer's number, and says why.

    Raises RuleBroken that names the field.
    """
    _check_words(customer, values)
    access.confirm(by.id, str(values.get("old") or ""), address)
    fresh = db.session.get_one(Customer, customer.id, populate_existing=True)
    holds.check(fresh.id)
    erase([fresh.id], ground=str(values["ground"]), reason=values.get("reason"), by_id=by.id)


def _check_words(customer: Customer, values: Mapping[str, Any]) -> None:
    if values.get("ground") not in words.ERASURE_GROUNDS:
        raise RuleBroken(_("Say why it is erased."), "ground")
    if str(values.get("number") or "").strip() != customer.number:
        raise RuleBroken(_("This is not the number of this customer."), "number")
    said = str(values.get("reason") or "")
    if said and traces.telling(wholes.whole_of(TABLE, [customer.id]), said):
        raise RuleBroken(_("This stays for good: leave names and numbers out of it."), "reason")


def erase(
    ids: Iterable[int],
    *,
    ground: str,
    reason: str | None = None,
    by_id: int | None = None,
    held: bool = False,
    scrub: bool = True,
) -> None:
    """Erase customers, and the files that were merged into them, with all that is kept about them.

    Raises RuleBroken for one on which a hold stands; `held` is for what had been erased already. Whoever erases many
    one after another scrubs once, at the end.
    """
    changes.record(ERASED)
    every = merged.with_files(ids)
    db.session.execute(select(Customer.id).where(Customer.id.in_(every)).with_for_update())
    for id in every if not held else ():
        holds.check(id)
    _part_from_people(every)
    erasing.erase(Order(TABLE, _numbers(every), ground, reason, by_id), ERASED)
    db.session.flush()
    search.refresh(every)
    events.ask("records.refresh", table=TABLE, ids=every)
    if scrub:
        have_scrubbed()


def erase_person_at_hand(
    customer: Customer, place: Affiliation, values: Mapping[str, Any], *, by: Viewer, address: str
) -> None:
    """Erase one contact person for good: the person who asks has typed their password. Raises RuleBroken."""
    customer_id, place_id = customer.id, place.id
    access.confirm(by.id, str(values.get("old") or ""), address)
    fresh = db.session.get(Affiliation, place_id, populate_existing=True)
    if fresh is None:
        raise RuleBroken(_("Somebody else has just removed this person."))
    erase_person(db.session.get_one(Customer, customer_id, populate_existing=True), fresh, by=by)


def erase_person(customer: Customer, place: Affiliation, *, by: Viewer) -> None:
    """Erase one contact person with their numbers, days and places, wherever they are; the customers stay."""
    changes.record(PERSON_ERASED)
    holds.check(customer.id)
    person_id = place.person_id
    _erase_people([person_id], by_id=by.id)


def _erase_people(ids: Sequence[int], *, by_id: int | None = None) -> None:
    at = select(Affiliation.customer_id).where(Affiliation.person_id.in_(ids))
    first = select(Person.customer_id).where(Person.id.in_(ids))
    known = sorted({*db.session.scalars(at), *db.session.scalars(first)})
    erasing.erase(Order(PEOPLE, _marks(ids), "asked", None, by_id), PERSON_ERASED)
    search.refresh(known)
    events.ask("records.refresh", table=TABLE, ids=known)
    have_scrubbed()


def _numbers(ids: Iterable[int]) -> dict[int, str]:
    """What tells a customer from one of the same id and number in another database."""
    made = select(Customer.id, Customer.number, Customer.created_at).where(Customer.id.in_(list(ids)))
    return {id: f"{number}@{at:%Y%m%d%H%M%S}" for id, number, at in db.session.execute(made)}


def _marks(ids: Iterable[int]) -> dict[int, str]:
    """The same of people, who have no number."""
    made = select(Person.id, Person.created_at).where(Person.id.in_(list(ids)))
    return {id: f"{id}@{at:%Y%m%d%H%M%S}" for id, at in db.session.execute(made)}


@events.listen("erasures.repeat")
def repeat(entries: Sequence[Entry], really: bool) -> int:
    """How many of those that were erased a restored database has brought back; if `really`, they are erased again."""
    ids = [entry.id for entry in entries]
    known = {TABLE: _numbers(ids), PEOPLE: _marks(ids)}
    back = [e for e in entries if e.number_hash == hashed(known.get(e.table, {}).get(e.id, ""))]
    for entry in back if really else ():
        if entry.table == PEOPLE:
            changes.record(PERSON_ERASED)
            _erase_people([entry.id])
        else:
            erase([entry.id], ground=entry.ground, held=True)
    return len(back)


def _part_from_people(ids: Sequence[int]) -> None:
    """Whoever has a place at a customer that stays belongs to that one from now on."""
    stay = select(Affiliation.person_id, func.min(Affiliation.customer_id)).join(
        Person, Person.id == Affiliation.person_id
    )
    stay = stay.where(Person.customer_id.in_(ids), Affiliation.customer_id.not_in(ids))
    elsewhere = dict(db.session.execute(stay.group_by(Affiliation.person_id)).all())
    for person_id, customer_id in elsewhere.items():
        changes.bulk_update(Person, Person.id == person_id, {"customer_id": customer_id})


def have_scrubbed() -> None:
    """Have the files of the database written anew, without what was erased."""
    jobs.ask(scrubbing.JOB)
    scrubbing.scrub_when_committed()


@events.listen("record.erasing")
def forget_beside(order: Order, whole: Whole, past: Past) -> set[tuple[int, int]]:
    """What is derived of customers goes, and what is told of them elsewhere."""
    if order.table == TABLE:
        db.session.execute(delete(CustomerSearch).where(CustomerSearch.customer_id.in_(order.ids)))
        for column in (Duplicate.customer_id, Duplicate.other_id):
            db.session.execute(delete(Duplicate).where(column.in_(order.ids)))
    return traces.forget(order, whole, past) if order.table in (TABLE, PEOPLE) else set()


@events.listen("record.gathered")
def take_lone_tags(order: Order, whole: Whole) -> None:
    """Tags that nobody else wears may speak of the customer as well."""
    if order.table != TABLE:
        return
    worn = {row["tag_id"] for row in whole.get("customer_tags", {}).values()}
    others = exists().where(CustomerTag.tag_id == Tag.id, CustomerTag.customer_id.not_in(order.ids))
    lone = select(Tag.__table__).where(Tag.id.in_(worn), ~others)
    for row in db.session.execute(lone).mappings():
        whole["tags"][row["id"]] = dict(row)
