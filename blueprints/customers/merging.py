"""One file out of several: fields as chosen, everything that hangs on them together, the others gone but not lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from blueprints.customers import holds, merge_custom, merge_fields, merge_news, relations, rules, search
from blueprints.customers.import_reaches import mark_of
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerMerge,
    Person,
)
from core import changes, clock, events, merging, undo
from core.changes import Change, ChangeSet
from core.db import db
from core.effects import MADE
from core.errors import RuleBroken, Stale
from core.names import shadow
from core.rights import Viewer
from core.undo import Plan
from core.undo_plan import UNDONE
from core.words import _

MERGED = "customer.merged"
TABLE = str(CustomerMerge.__tablename__)

merging.leave(
    TABLE, "into_id", "a file that was merged into one that is merged in turn is found by way of it"
)
merging.leave(TABLE, "gone_id", "what it was merged into stays so")
merging.leave("legal_holds", "customer_id", "a file with a hold is not merged into another")
merging.leave("erasures", "record_id", "what was erased is merged into nothing")
for _column in ("customer_id", "other_id"):
    merging.leave(
        "duplicates",
        _column,
        "derived: the sweep finds pairs anew",
    )


def merge(
    files: Sequence[Customer],
    into: Customer,
    whose: Mapping[str, int],
    *,
    versions: Mapping[int, int],
    owners_help: bool,
    by: Viewer,
) -> None:
    """Merge files into one of them; `whose` says from which of them each field comes (see
    `merge_fields.FIELDS`, and custom fields by name).

    If `owners_help`, the owners of the others help with it from now on. Raises Stale if a file has another version by
    now than the page that asks, RuleBroken where a relation would go in a circle.
    """
    changes.record(MERGED)
    gone = [file for file in files if file is not into]
    id, ids = into.id, [file.id for file in gone]
    _check(files, versions)
    for each in ids:
        holds.check(each)
    owners = {file.owner_id for file in gone if file.owner_id is not None}
    caretakers, before = merge_news.caretakers(files), _told(into)
    _settle(ids, id)
    for file in gone:  # first of all: codes are unique among the living
        file.deleted_at, file.deleted_by_id = clock.now(), by.id
    db.session.flush()
    _take(into, {file.id: file for file in files}, whose)
    merge_custom.take(into, [id, *ids], whose)
    merging.move(Customer.__tablename__, dict.fromkeys(ids, id))
    db.session.add_all(CustomerMerge(into_id=id, gone_id=each, by_id=by.id) for each in ids)
    db.session.flush()
    _settle_helpers(into, owners if owners_help else set())
    _tell(into, ids, before)
    merge_news.tell_of_merge(caretakers, into, ids, by=by)


def give_up() -> None:
    """Nothing of a merge that was refused stays."""
    db.session.rollback()


def _check(files: Sequence[Customer], versions: Mapping[int, int]) -> None:
    """Nobody else changes these files until it is done, and they are as the page has shown them."""
    if not 1 < len(files) <= merge_fields.MOST:
        raise RuleBroken(_("Two to %(n)s files can be merged at once.", n=merge_fields.MOST))
    ids = [file.id for file in files]
    held = select(Customer.id, Customer.version).where(Customer.id.in_(ids)).order_by(Customer.id)
    present = {row.id: row.version for row in db.session.execute(held.with_for_update())}
    if present != {id: versions.get(id) for id in ids}:
        raise Stale(_("Somebody else has changed one of these files since you opened this page."))


def _told(into: Customer) -> tuple[Any, ...]:
    return into.owner_id, (into.tier, into.intent, into.status)


def _settle(gone: Sequence[int], into: int) -> None:
    """What would be on the file twice is made one, before the rest moves."""
    relations.fold_merged(gone, into)
    merging.fold(Person, _same_people(gone, into))
    merging.fold(ContactPoint, _same_points(gone, into))
    _keep_first_person(gone, into)


def _in_order(model: type[Any], gone: Sequence[int], into: int) -> Sequence[Any]:
    """The rows of all files, those of the one that stays before the others."""
    rows = db.session.scalars(select(model).where(model.customer_id.in_([into, *gone]))).all()
    return sorted(rows, key=lambda row: (row.customer_id != into, row.id))


def _same_people(gone: Sequence[int], into: int) -> dict[int, int]:
    """People of the same name who can be reached in the same way are one: who goes → who stays."""
    places = _in_order(Affiliation, gone, into)
    ids = [place.person_id for place in places]
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    reached: dict[int | None, set[tuple[str, str]]] = {id: set() for id in ids}
    own = select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.normal)
    for id, kind, normal in db.session.execute(
        own.where(ContactPoint.person_id.in_(ids), ContactPoint.normal != "")
    ):
        reached[id].add(mark_of(kind, normal))
    known: dict[str, list[int]] = {}
    same: dict[int, int] = {}
    for id in dict.fromkeys(ids):
        alike = known.setdefault(shadow(people[id].name, company=False), [])
        first = next((one for one in alike if reached[one] & reached[id]), None)
        if first is None:
            alike.append(id)
        else:
            same[id] = first
            reached[first] |= reached[id]
    return same


def _same_points(gone: Sequence[int], into: int) -> dict[int, int]:
    """The same number or address of the same person, or of one of them and of nobody in particular."""
    known: dict[tuple[Any, ...], list[ContactPoint]] = {}
    same: dict[int, int] = {}
    for point in _in_order(ContactPoint, gone, into):
        if not point.normal:
            continue
        alike = known.setdefault((mark_of(point.kind, point.normal), point.extension), [])
        first = next(
            (
                one
                for one in alike
                if None in (one.person_id, point.person_id) or one.person_id == point.person_id
            ),
            None,
        )
        if first is None:
            alike.append(point)
        else:
            same[point.id] = first.id
    return same


def _keep_first_person(gone: Sequence[int], into: int) -> None:
    """One contact person is the first: whoever is it on the file that stays, else of the oldest of the others."""
    for place in [place for place in _in_order(Affiliation, gone, into) if place.primary][1:]:
        place.primary = False
    db.session.flush()


def _take(into: Customer, files: Mapping[int, Customer], whose: Mapping[str, int]) -> None:
    for name, along in merge_fields.FIELDS.items():
        source = files.get(whose.get(name, into.id), into)
        for field in (name, *along):
            setattr(into, field, getattr(source, field))
    db.session.flush()
    db.session.expire(into, ["owner", "team"])
    rules.check_status({"status": into.status, "lost_reason": into.lost_reason})
    search.name(into)
    db.session.flush()


def _settle_helpers(into: Customer, owners: set[int]) -> None:
    """The owner helps with nothing; the owners of the files that are gone may help."""
    helpers = {
        h.user_id: h
        for h in db.session.scalars(select(CustomerHelper).where(CustomerHelper.customer_id == into.id))
    }
    if into.owner_id in helpers:
        db.session.delete(helpers[into.owner_id])
    fresh = owners - helpers.keys() - {into.owner_id}
    db.session.add_all(CustomerHelper(customer_id=into.id, user_id=id) for id in sorted(fresh))
    db.session.flush()


def _tell(into: Customer, gone: Sequence[int], before: tuple[Any, ...]) -> None:
    """What hangs on several files is settled, what follows from others is computed anew."""
    events.tell("customers.merged", into=into.id, gone=gone)
    after = _told(into)
    if after[0] != before[0]:
        events.tell("customer.assigned", ids=[into.id])
    if after[1] != before[1]:
        events.tell("customer.graded", ids=[into.id])
    search.refresh([into.id, *gone])


def check_undo(change_set: ChangeSet) -> None:
    """A merge is taken back as long as its file was not merged further. Raises RuleBroken."""
    if undo.origin(change_set).verb != MERGED:
        return
    if change_set.verb == UNDONE:
        raise RuleBroken(_("What was taken apart is not put together again by this. Merge the files anew."))
    made = (Change.set_id == change_set.id) & (Change.record_table == TABLE) & (Change.action == MADE)
    into = select(CustomerMerge.into_id).join(Change, Change.record_id == CustomerMerge.id).where(made)
    further = select(CustomerMerge.gone_id).where(CustomerMerge.gone_id.in_(into)).limit(1)
    if (id := db.session.scalar(further)) is not None:
        raise RuleBroken(
            _(
                "%(name)s has itself been merged since. Take that back first.",
                name=db.session.get_one(Customer, id).number,
            )
        )


def settle_undo(plan: Plan) -> None:
    """A number that was added since to somebody who goes back to a file of their own goes there with them. Those who
    were told of the merge are told that it was taken back.
    """
    ids = {e.change.root_id for e in plan.effects if e.change.root_table == Customer.__tablename__}
    if undo.origin(plan.change_set).verb != MERGED or not ids:
        return
    _part_people(ids)
    merge_news.tell_of_undo(plan.change_set.id)


def _part_people(ids: Collection[int | None]) -> None:
    here = (
        Affiliation.customer_id == ContactPoint.customer_id,
        Affiliation.person_id == ContactPoint.person_id,
    )
    lost = ContactPoint.person_id.is_not(None) & ~exists().where(*here)
    points = db.session.scalars(select(ContactPoint).where(ContactPoint.customer_id.in_(ids), lost)).all()
    people = [point.person_id for point in points]
    places = select(Affiliation.person_id, Affiliation.customer_id).where(Affiliation.person_id.in_(people))
    found = db.session.execute(places.where(Affiliation.customer_id.in_(ids)))
    at: dict[int | None, int] = {row.person_id: row.customer_id for row in found}
    for point in points:
        point.customer_id = at.get(point.person_id, point.customer_id)
        if point.person_id not in at:
            point.person_id = None
    db.session.flush()
