"""The pairs that a sweep found and nobody has decided on: who sees them, what differs, and the decision.

A pair is for those who may merge both of its files. That two are not the same is said once: it stands until at least
`NEW_EVIDENCE` more speaks for it than when it was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from blueprints.customers import duplicate_rules, duplicate_words, queries, rules, words
from blueprints.customers.models import Affiliation, ContactPoint, Customer
from blueprints.customers.pairs import Duplicate, DuplicateRuling
from core import changes, kinds, lists
from core.budget import TooLong, within_budget
from core.db import db, one_after_another
from core.languages import day as day_in_words
from core.masking import masked
from core.names import shadow
from core.rights import Right, Viewer
from core.words import _

VERB = "customer.told_apart"
ORDER = lists.Order(Duplicate.score, descending=True)
PAGE_SIZE = 10
_PARTS = (
    joinedload(Customer.owner),
    joinedload(Customer.team),
    selectinload(Customer.points),
    selectinload(Customer.affiliations).joinedload(Affiliation.person),
)


@dataclass(frozen=True)
class Row:
    """A field of both files as the page shows it; `differs`: both have it, and not the same."""

    label: Any
    values: tuple[str, str]
    differs: bool


@dataclass(frozen=True)
class Pair:
    """Two files side by side."""

    duplicate: Duplicate
    rows: Sequence[Row]

    @property
    def files(self) -> tuple[Customer, Customer]:
        return self.duplicate.customer, self.duplicate.other

    @property
    def band(self) -> str:
        """How likely it is, in a word."""
        return duplicate_rules.band(self.duplicate.score)

    @property
    def reasons(self) -> Sequence[Sequence[Any]]:
        """What speaks for it and against it: code, weight and detail of each."""
        return self.duplicate.reasons


@dataclass(frozen=True)
class Page:
    """Some pairs, and how many there are; none and `UNKNOWN` where looking for them took too long."""

    pairs: Sequence[Pair]
    after: str | None
    total: lists.Count


def open_pairs(viewer: Viewer, likelihood: str = "") -> Select[Any]:
    """The pairs that a person may decide on, of one band or of all."""
    within = kinds.reach(Customer, viewer, Right.CUSTOMERS_MERGE) & Customer.archived_at.is_(None)
    both = kinds.among_those(Duplicate.customer_id, Customer, within) & kinds.among_those(
        Duplicate.other_id, Customer, within
    )
    return select(Duplicate).where(_in_band(likelihood), both, ~_decided())


def _in_band(likelihood: str) -> ColumnElement[bool]:
    least = duplicate_rules.BANDS.get(likelihood, duplicate_rules.POSSIBLE)
    higher = [score for score in duplicate_rules.BANDS.values() if score > least]
    found = Duplicate.score >= least
    return (
        found & (Duplicate.score < min(higher)) if likelihood in duplicate_rules.BANDS and higher else found
    )


def _decided() -> ColumnElement[bool]:
    ruling = DuplicateRuling
    same = (ruling.customer_id == Duplicate.customer_id) & (ruling.other_id == Duplicate.other_id)
    return exists().where(same, ruling.score + duplicate_rules.NEW_EVIDENCE > Duplicate.score)


def page_of(viewer: Viewer, likelihood: str, after: str | None) -> Page:
    """A page of pairs, the likeliest first; a dozen statements at most, however many pairs."""
    wanted = open_pairs(viewer, likelihood)
    try:
        with within_budget():
            total = lists.count(wanted)
            page = lists.page(wanted, Duplicate, ORDER, after, PAGE_SIZE)
    except TooLong:
        return Page((), None, lists.UNKNOWN)
    whole = _whole([row.id for row in page.rows])
    clear = queries.clear_ids(viewer, [id for row in whole for id in (row.customer_id, row.other_id)])
    queries.note_shown(clear, viewer, "duplicates")
    return Page([Pair(row, _rows(row, clear)) for row in whole], page.after, total)


def _whole(ids: Sequence[int]) -> Sequence[Duplicate]:
    """These pairs with all that is shown of their files, in their order."""
    if not ids:
        return ()
    loading = (joinedload(side).options(*_PARTS) for side in (Duplicate.customer, Duplicate.other))
    found = db.session.scalars(select(Duplicate).where(Duplicate.id.in_(ids)).options(*loading))
    rows = {row.id: row for row in found.unique()}
    return [rows[id] for id in ids if id in rows]


def the_pair(id: int, viewer: Viewer) -> Duplicate | None:
    """A pair that the person may decide on; None if there is none of this id."""
    if not 0 < id <= lists.LARGEST:
        return None
    return db.session.scalar(open_pairs(viewer).where(Duplicate.id == id))


def tell_apart(pair: Duplicate) -> None:
    """Note that the two are not the same customer."""
    changes.record(VERB)
    one_after_another(f"duplicate {pair.customer_id} {pair.other_id}")
    known = select(DuplicateRuling).where(
        DuplicateRuling.customer_id == pair.customer_id, DuplicateRuling.other_id == pair.other_id
    )
    ruling = db.session.scalar(known)
    if ruling is None:
        ruling = DuplicateRuling(customer_id=pair.customer_id, other_id=pair.other_id)
        db.session.add(ruling)
    ruling.score = pair.score
    db.session.flush()


def _rows(pair: Duplicate, clear: Collection[int]) -> list[Row]:
    sides = [_fields(customer, customer.id in clear) for customer in (pair.customer, pair.other)]
    return [
        Row(label, (mine[0], theirs[0]), _differ(mine[1], theirs[1]))
        for (label, mine), (_label, theirs) in zip(*sides, strict=True)
        if mine[0] or theirs[0]
    ]


def _differ(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine and theirs) and mine.isdisjoint(theirs)


Field = tuple[str, frozenset[str]]  # as it is shown, and what it is compared by: nothing of what is masked


def _fields(customer: Customer, clear: bool) -> Iterable[tuple[Any, Field]]:
    numbers = [point for point in customer.points if point.kind in rules.PHONE_KINDS]
    others = [point for point in customer.points if point.kind not in rules.PHONE_KINDS]
    people = [place.person.name for place in customer.affiliations]
    born = customer.birthday
    yield words.FIELDS["name"], _text(customer.name)
    yield words.FIELDS["short_name"], _text(customer.short_name)
    yield words.FIELDS["kind"], _text(str(words.KINDS.get(customer.kind, customer.kind)))
    yield words.FIELDS["credit_code"], _text(customer.credit_code)
    yield duplicate_words.PHONE, _points(numbers, clear)
    yield duplicate_words.OTHER_POINTS, _points(others, clear)
    yield words.FIELDS["person_id"], (_joined(people), frozenset(shadow(name) for name in people))
    yield words.FIELDS["birthday"], _birthday(born, clear)
    yield words.FIELDS["city"], _text(customer.city)
    yield words.FIELDS["address"], _text(customer.address)
    yield words.FIELDS["status"], _text(str(words.STATUSES.get(customer.status, customer.status)))
    yield words.FIELDS["owner_id"], _text(customer.owner.name if customer.owner else None)
    yield words.FIELDS["team_id"], _text(customer.team.name if customer.team else None)
    last = customer.last_contact_on
    yield duplicate_words.LAST_CONTACT, _text(day_in_words(last, year=True) if last else None)


def _text(value: str | None) -> Field:
    return value or "", frozenset({shadow(value, company=False)} if value else ())


def _birthday(born: Any, clear: bool) -> Field:
    if born is None:
        return "", frozenset()
    if not clear:
        return masked("birthday", born.isoformat()), frozenset()
    return day_in_words(born, year=True), frozenset({born.isoformat()})


def _points(points: Sequence[ContactPoint], clear: bool) -> Field:
    shown = [point.value if clear else queries.point_masked(point) for point in points]
    return _joined(shown), frozenset(point.normal for point in points if clear)


def _joined(texts: Iterable[str]) -> str:
    return _(", ").join(dict.fromkeys(texts))
