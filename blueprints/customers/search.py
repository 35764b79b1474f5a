"""Finding customers: what is kept of them to be found by, and the search itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, inspect, or_, select, union_all
from sqlalchemy.orm import selectinload

from blueprints.customers import candidates, custom_values, holding, merged, words
from blueprints.customers.candidates import Candidate
from blueprints.customers.likelihood import likelihood
from blueprints.customers.models import Affiliation, ContactPoint, Customer, CustomerSearch
from blueprints.customers.points import Typed as Typed
from blueprints.customers.points import fill_point as fill_point
from blueprints.customers.points import match_point as match_point
from blueprints.customers.points import normal_of as normal_of
from blueprints.customers.rules import PHONE_KINDS
from core import conditions, deriving, events, fulltext, kinds, lists, terms
from core.db import db
from core.kinds import Hit
from core.names import shadow, sort_key
from core.once import once
from core.rights import Right, Scope, Viewer
from core.terms import Expression, Parsed, Pass, matches, parse
from core.words import _

CHUNK = 500
FEW = 5_000  # customers of one's own, each of which can be looked at
_PARTS = {"points", "affiliations"}
# Asked at each change of a file: built once.
_IDS: Any = bindparam("ids", expanding=True)
_PRESENT = select(CustomerSearch).where(CustomerSearch.customer_id.in_(_IDS))
_SHARED = select(Affiliation.customer_id).where(
    Affiliation.person_id.in_(select(Affiliation.person_id).where(Affiliation.customer_id.in_(_IDS)))
)
_touched: ContextVar[dict[int, bool] | None] = ContextVar("touched", default=None)


def name(customer: Customer) -> None:
    """Fill the forms that a name is matched and sorted by."""
    human = customer.kind == "person"
    for column, form in name_forms(customer.name, customer.short_name, human=human).items():
        setattr(customer, column, form)


def name_forms(name: str, short_name: str | None, *, human: bool = False) -> dict[str, str]:
    """The forms that a name is matched and sorted by, by column; a human being's has a surname, no legal form."""
    key = sort_key(short_name or name, person=human)
    return {"name_shadow": shadow(name, company=not human)[:400], "name_key": key[:1200]}


def shadows(name: str) -> list[str]:
    """The forms under which a name may be on file: as a company's, and as a human being's."""
    return list(dict.fromkeys((shadow(name)[:400], shadow(name, company=False)[:400])))


@events.listen("record.made_again")
def derive(record: Any) -> None:
    """Fill the derived columns of a row that comes back."""
    if isinstance(record, Customer):
        name(record)
    elif isinstance(record, ContactPoint):
        match_point(record)


@contextmanager
def at_the_end() -> Iterator[None]:
    """One act of several steps: what `refresh` is asked for inside is done once, behind the last step."""
    touched: dict[int, bool] = {}
    token = _touched.set(touched)
    try:
        yield
    finally:
        _touched.reset(token)
    for fresh in (True, False):
        if ids := [id for id, made in touched.items() if made is fresh]:
            refresh(ids, fresh=fresh)


def refresh(ids: Sequence[int] | None = None, *, fresh: bool = False) -> int:
    """Bring what is derived for finding these customers (None: all) up to date; answers how many were not.

    `fresh`: they were made just now, so that what older ones may have need not be asked for.
    """
    if ids is not None and (touched := _touched.get()) is not None:
        touched.update({id: fresh or touched.get(id, False) for id in ids})
        return 0
    if ids is not None and fresh:
        return _refresh_chunk(ids, {}, {})
    return sum(_refresh_chunk(chunk, _present(chunk), merged.numbers(chunk)) for chunk in _chunks(ids))


def _present(ids: Sequence[int]) -> dict[int, CustomerSearch]:
    rows = db.session.scalars(_PRESENT, {"ids": list(ids)})
    return {row.customer_id: row for row in rows}


def _chunks(ids: Sequence[int] | None) -> Iterable[Sequence[int]]:
    if ids is not None:
        yield from (_with_shared(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))
        return
    last = 0
    while chunk := db.session.scalars(
        select(Customer.id).where(Customer.id > last).order_by(Customer.id).limit(CHUNK)
    ).all():
        yield chunk
        last = chunk[-1]


def _with_shared(ids: Sequence[int]) -> Sequence[int]:
    """These customers, and those who share a contact person with them."""
    return list(dict.fromkeys([*ids, *db.session.scalars(_SHARED, {"ids": list(ids)})]))


def _refresh_chunk(
    ids: Sequence[int], present: Mapping[int, CustomerSearch], earlier: Mapping[int, Sequence[str]]
) -> int:
    held = _at_hand(ids)
    customers = [*held, *_with_parts([id for id in ids if id not in {customer.id for customer in held}])]
    texts = custom_values.texts_of(ids)
    wrong = custom_values.rekey(ids)
    for customer in customers:
        misnamed, numbers = _misnamed(customer), earlier.get(customer.id, ())
        wanted, row = _terms_for(customer, numbers, texts[customer.id]), present.get(customer.id)
        if row is None:
            db.session.add(CustomerSearch(customer_id=customer.id, terms=wanted))
        elif row.terms != wanted:
            row.terms = wanted
        elif not misnamed:
            continue
        wrong += 1
    db.session.flush()
    return wrong


def _at_hand(ids: Sequence[int]) -> list[Customer]:
    """Those that the session holds with all their parts: what it holds would not be read anew."""
    keys = (db.session.identity_key(Customer, id) for id in ids)
    held = filter(None, map(db.session.identity_map.get, keys))
    return [customer for customer in held if inspect(customer).unloaded.isdisjoint(_PARTS)]


def _with_parts(ids: Sequence[int], *more: Any) -> Sequence[Customer]:
    if not ids:
        return []
    parts = (
        selectinload(Customer.points),
        selectinload(Customer.affiliations).selectinload(Affiliation.person),
        *more,
    )
    return db.session.scalars(select(Customer).where(Customer.id.in_(ids)).options(*parts)).all()


def _misnamed(customer: Customer) -> bool:
    """Mends the columns by which a customer and its contact points are matched; answers whether one was wrong."""
    holding.mark(customer)
    for row in (rows := (customer, *customer.points)):
        derive(row)
    return any(db.session.is_modified(row) for row in rows)


def _terms_for(customer: Customer, earlier: Sequence[str], texts: Sequence[str]) -> str:
    """All terms by which a customer is found; `earlier` are the numbers of files that were merged into it."""
    names, people = [customer.name, customer.short_name or ""], _people(customer)
    made = terms_by_number(customer.kind, names, people, customer.points, texts)
    return made([customer.number, *earlier])


def _people(customer: Customer) -> list[str]:
    """What the contact persons of a customer are called."""
    return [
        name
        for place in customer.affiliations
        for name in called(place.person.name, place.person.form_of_address)
    ]


def called(name: str, form_of_address: str | None) -> list[str]:
    """What a contact person is called: 王敏, and 王姐."""
    return [name, form_of_address] if form_of_address else [name]


def terms_of(
    kind: str,
    names: Sequence[str],
    number: str,
    people: Sequence[str],
    points: Iterable[ContactPoint | Typed],
    texts: Sequence[str] = (),
) -> str:
    """The terms that these parts of a file make; `people` is what its contact persons are `called`."""
    return terms_by_number(kind, names, people, points, texts)([number])


def terms_by_number(
    kind: str,
    names: Sequence[str],
    people: Sequence[str],
    points: Iterable[ContactPoint | Typed],
    texts: Sequence[str] = (),
) -> Callable[[Sequence[str]], str]:
    """What makes the terms of a file out of its number, of which nothing else depends."""
    numbers, mails = _values(points)
    human = kind == "person"
    return terms.terms_by_number(
        names=[*([] if human else names), *texts],
        person_names=[*names, *people] if human else people,
        phones=numbers,
        mails=mails,
    )


def _values(points: Iterable[ContactPoint | Typed]) -> tuple[list[str], list[str]]:
    """Phone numbers, as typed and as they are matched, and all other contact points."""
    numbers: list[str] = []
    others: list[str] = []
    for point in points:
        if point.kind in PHONE_KINDS:
            numbers += [point.value, point.normal]
        else:
            others.append(point.value)
    return numbers, others


def keep_new(found: Mapping[int, str]) -> None:
    """Keep the terms of customers that are new: customer id → terms."""
    deriving.add(CustomerSearch, [{"customer_id": id, "terms": text} for id, text in found.items()])


def few(viewer: Viewer, right: Right = Right.CUSTOMERS_SEE) -> bool:
    """Whether a right reaches so few customers that each can be looked at: one's own, unless those are very many."""
    if viewer.scope(right) is not Scope.OWN:
        return False
    owned = select(Customer.id).where(Customer.owner_id == viewer.id)
    return not once(f"many customers of {viewer.id}", lambda: lists.count(owned, FEW).capped)


def find(viewer: Viewer, q: str, *, most: int = 20) -> list[Customer]:
    """The customers that a person may see and that match, the likely first, each with all its parts."""
    ids = [found.customer.id for found in _found(viewer, q, most)]
    whole = {customer.id: customer for customer in _with_parts(ids, selectinload(Customer.owner))}
    return [whole[id] for id in ids]


def _found(viewer: Viewer, q: str, most: int) -> list[Candidate]:
    """Phones and mail are looked through only on files where the person sees them in clear."""
    parsed = parse(q)
    begun = list(dict.fromkeys(_beginning(viewer, q, most * 3)))
    if len(begun) < most:
        begun = list(dict.fromkeys([*begun, *_sounding(viewer, parsed, most * 3)]))
    if len(begun) >= most and len(found := _meant_of(viewer, parsed, begun)) >= most:
        return _weighed(found, q, viewer, most)
    asked: dict[int, None] = {}
    found, tried = [], 0
    for number, step in enumerate(parsed.passes, 1):
        asked |= dict.fromkeys(_ids(viewer, step, most * 3))
        if len(found) + len(asked) - tried < most and number < len(parsed.passes):
            continue
        found += _meant_of(viewer, parsed, list(asked)[tried:])
        if len(found) >= most:
            break
        tried = len(asked)
    found += _meant_of(viewer, parsed, [id for id in begun if id not in asked])
    return _weighed(found, q, viewer, most)


def _weighed(found: Sequence[Candidate], q: str, viewer: Viewer, most: int) -> list[Candidate]:
    return sorted(found, key=lambda candidate: _place(candidate, q, viewer))[:most]


def _beginning(viewer: Viewer, q: str, most: int) -> Sequence[int]:
    """In a wide view, the customers whose name or number begins so: of all that match only the newest are weighed."""
    typed = shadow(q, company=False)
    if not typed or not viewer.may(Right.CUSTOMERS_SEE) or few(viewer):
        return ()
    seen = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    begun = ((Customer.name_shadow, typed), (Customer.name_key, sort_key(q)), (Customer.number, q.upper()))
    ways = [
        select(Customer.id)
        .where(conditions.begins(column, text), conditions.tried(seen))
        .order_by(column)
        .limit(most)
        .subquery()
        for column, text in begun
    ]
    return db.session.scalars(union_all(*(select(way.c.id) for way in ways))).all()


def _sounding(viewer: Viewer, parsed: Parsed, most: int) -> Sequence[int]:
    """In a wide view, the customers of whom a name begins to sound so, or has such initials."""
    if parsed.whole is None or not viewer.may(Right.CUSTOMERS_SEE) or few(viewer):
        return ()
    seen = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    return db.session.scalars(newest(parsed.whole, seen, most)).all()


def _place(candidate: Candidate, q: str, viewer: Viewer) -> tuple[int, bool]:
    """The likely first, of those one's own; else as they were found."""
    customer = candidate.customer
    names = [candidate.shown_name, customer.name, customer.number]
    return likelihood(q, names=names, people=_called(candidate)), customer.owner_id != viewer.id


def _ids(viewer: Viewer, step: Pass, most: int) -> Sequence[int]:
    seen = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    both = step.open is not None and step.open != step.full
    if both or few(viewer):
        found = select(Customer.id).where(seen, _within(viewer, step.open, step.full))
        return db.session.scalars(found.order_by(Customer.id.desc()).limit(most)).all()
    if step.open is None:
        seen &= kinds.reach(Customer, viewer, Right.CUSTOMERS_CLEAR)
    return db.session.scalars(newest(step.full, seen, most)).all()


def newest(expression: Expression, seen: ColumnElement[bool], most: int | None = None) -> Select[Any]:
    """The index names the newest first; each is looked up, until there are enough."""
    matched = fulltext.matching(CustomerSearch, "customer_fts", expression)
    key = matched.selected_columns[0]
    return matched.where(kinds.among_those(key, Customer, seen)).order_by(key.desc()).limit(most)


def _meant_of(viewer: Viewer, parsed: Parsed, ids: Sequence[int]) -> list[Candidate]:
    """Of customers that the index found, in this order, those that are really meant."""
    if not ids:
        return []
    clear = kinds.held(Customer, viewer, Right.CUSTOMERS_CLEAR, ids)
    found = candidates.read(ids, clear)
    meant = {candidate.customer.id for candidate in found if _meant(parsed, candidate)}
    left = [candidate for candidate in found if candidate.customer.id not in meant]
    earlier = merged.numbers([candidate.customer.id for candidate in left]) if left else {}
    by_earlier = (c for c in left if c.customer.id in earlier)
    meant.update(c.customer.id for c in by_earlier if _meant(parsed, c, earlier[c.customer.id]))
    return [candidate for candidate in found if candidate.customer.id in meant]


def condition(viewer: Viewer, q: str) -> ColumnElement[bool]:
    """The customers of a list that match, to be joined with other conditions and with the person's view."""
    parsed = parse(q)
    return _within(viewer, parsed.open, parsed.full) if parsed.full is not None else false()


def _within(viewer: Viewer, open: Expression | None, full: Expression | None) -> ColumnElement[bool]:
    """Matched by names and numbers; or by phones and mail too, where the person sees them in clear."""
    ways: list[ColumnElement[bool]] = []
    if open is not None:
        ways.append(_matching(viewer, open))
    if full is not None and full != open:
        ways.append(_matching(viewer, full) & kinds.reach(Customer, viewer, Right.CUSTOMERS_CLEAR))
    return or_(*ways) if ways else false()


def _matching(viewer: Viewer, expression: Expression) -> ColumnElement[bool]:
    if few(viewer):
        return fulltext.holding(CustomerSearch, Customer.id, expression)
    return Customer.id.in_(fulltext.matching(CustomerSearch, "customer_fts", expression))


def _meant(parsed: Parsed, candidate: Candidate, earlier: Sequence[str] = ()) -> bool:
    """Whether a row is really meant: the index may name some that only look right. `earlier`: see `_terms_for`."""
    customer, people = candidate.customer, _called(candidate)
    names = [customer.name, customer.short_name or ""]
    numbers, mails = _values(candidate.points)
    human = customer.kind == "person"
    return matches(
        parsed,
        names=[*([] if human else names), *candidate.texts],
        person_names=[*names, *people] if human else people,
        numbers=[customer.number, *earlier],
        phones=numbers,
        mails=mails,
    )


def _called(candidate: Candidate) -> list[str]:
    return [name for place in candidate.people for name in called(place.name, place.form_of_address)]


def hits(viewer: Viewer, q: str, most: int) -> list[Hit]:
    """What the search page shows of the customers found."""
    return [_hit(candidate) for candidate in _found(viewer, q, most)]


def _hit(candidate: Candidate) -> Hit:
    customer, person = candidate.customer, next(iter(candidate.people), None)
    who = f"{person.name} {person.form_of_address or ''}".strip() if person else ""
    formal = customer.name if customer.short_name else ""
    away = _("archived") if customer.archived_at else ""
    return Hit(
        url=kinds.kind_of(Customer).url(customer.id),
        name=candidate.shown_name,
        second=" · ".join(part for part in (formal, who, customer.number, away) if part),
        tier=customer.tier,
        end=customer.owner or "",
        warning=words.do_not_contact(customer.do_not_contact),
    )
