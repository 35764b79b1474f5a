"""Relations between customers: who is what to whom, and since when.

Whoever may not see one of the two sides knows nothing of their relation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from blueprints.customers import queries, rules
from blueprints.customers.models import Customer, Relation
from core import changes, clock, kinds, lists, versions
from core.db import db, one_after_another
from core.rights import Right, Viewer
from core.undo import Plan
from core.words import _

VERB = "customer.related"


@dataclass(frozen=True)
class Side:
    """A relation as it is seen from one of its sides: what the other one is to this one."""

    relation: Relation
    other: Customer
    role: str
    state: str  # running, ended, or to come


def seen_from(customer: Customer, relation: Relation) -> Side:
    """A relation as this customer has it."""
    first = relation.customer_id == customer.id
    other = relation.other if first else relation.customer
    return Side(relation, other, rules.role_in(relation.kind, first=not first), _state(relation))


def _state(relation: Relation) -> str:
    today = clock.today()
    if relation.until is not None and relation.until <= today:
        return "ended"
    return "to_come" if relation.since is not None and relation.since > today else "running"


@dataclass(frozen=True)
class Page:
    """Some relations of a customer; `after` is the cursor of the next ones, None if there are no more.

    `editable` are the ids of those others whose files the person may edit.
    """

    sides: Sequence[Side]
    after: str | None
    editable: set[int]


def page_of(customer: Customer, viewer: Viewer, after: str | None) -> Page:
    """All relations of a customer, a page at a time, the newest first."""
    order = lists.Order(Relation.id, descending=True)
    page = lists.page(_seen(viewer, customer.id), Relation, order, after)
    return _page(customer, viewer, page.rows, page.after)


def _page(customer: Customer, viewer: Viewer, rows: Sequence[Relation], after: str | None) -> Page:
    sides = [seen_from(customer, row) for row in rows]
    ids = [side.other.id for side in sides]
    return Page(sides, after, kinds.held(Customer, viewer, Right.CUSTOMERS_EDIT, ids))


def the_relation(customer: Customer, id: int, viewer: Viewer) -> Side | None:
    """One relation of a customer; None if there is none of that id that the person may see."""
    found = db.session.scalar(_seen(viewer, customer.id).where(Relation.id == id))
    return seen_from(customer, found) if found is not None else None


def _seen(viewer: Viewer, id: Any) -> Select[Any]:
    mine = or_(Relation.customer_id == id, Relation.other_id == id)
    return (
        select(Relation)
        .where(mine, seen_by(viewer))
        .options(joinedload(Relation.customer), joinedload(Relation.other))
    )


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Relations of which the person may see both sides, neither of them in the bin."""
    within = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    first = kinds.among_those(Relation.customer_id, Customer, within)
    return first & kinds.among_those(Relation.other_id, Customer, within)


def to_relate(customer: Customer, viewer: Viewer, q: str, most: int = 12) -> list[Customer]:
    """Whom a person may mean as the other side: files that they may edit like this one."""
    found = queries.find(viewer, q, most=most + 1) if q else []
    allowed = kinds.held(Customer, viewer, Right.CUSTOMERS_EDIT, [each.id for each in found])
    return [each for each in found if each.id in allowed and each.id != customer.id][:most]


def relate(customer: Customer, other: Customer, values: Mapping[str, Any]) -> Relation:
    """Note what the other customer is to this one. Raises RuleBroken."""
    changes.record(VERB)
    kind, first, second = rules.relation_of(customer.id, other.id, values["role"])
    relation = Relation(customer_id=first, other_id=second, kind=kind)
    _set(relation, values)
    _check(relation)
    db.session.add(relation)
    db.session.flush()
    return relation


def change(relation: Relation, values: Mapping[str, Any], *, version: int) -> None:
    """Change days or remark. Raises RuleBroken, and Stale if the relation has another version by now."""
    changes.record(VERB)
    versions.check(relation, version, _("Somebody else has changed this relation since you opened it."))
    _set(relation, values)
    with db.session.no_autoflush:
        _check(relation)
    db.session.flush()


def end(relation: Relation) -> None:
    """It is over as of today."""
    changes.record(VERB)
    if _state(relation) == "running":
        relation.until = clock.today()
    db.session.flush()


def remove(relation: Relation) -> None:
    """Take back that there is, or was, such a relation."""
    changes.record(VERB)
    db.session.delete(relation)
    db.session.flush()


def settle(plan: Plan) -> None:
    """What an undo brings back obeys the rules, too. Raises RuleBroken."""
    ids = [effect.change.record_id for effect in plan.effects if effect.table == Relation.__tablename__]
    for relation in db.session.scalars(select(Relation).where(Relation.id.in_(ids))) if ids else ():
        _check(relation)


def fold_merged(ids: Sequence[int], into: int) -> None:
    """Files are about to be merged: what they were to each other is dropped, and what they all are to another one is
    so once. The others are those of the file that stays. Raises RuleBroken where it would be above itself.
    """
    one_after_another("relations")
    both = [into, *ids]
    mine = or_(Relation.customer_id.in_(both), Relation.other_id.in_(both))
    kept: dict[tuple[str, int, int], list[Relation]] = {}
    for relation in db.session.scalars(select(Relation).where(mine).order_by(Relation.id)).all():
        sides = [into if id in both else id for id in (relation.customer_id, relation.other_id)]
        if len(set(rules.RELATIONS[relation.kind])) == 1:
            sides.sort()
        same = kept.setdefault((relation.kind, sides[0], sides[1]), [])
        span = relation.since, relation.until
        if sides[0] == sides[1] or any(rules.overlap(span, (one.since, one.until)) for one in same):
            db.session.delete(relation)
            continue
        relation.customer_id, relation.other_id = sides
        same.append(relation)
    db.session.flush()
    for (kind, parent, child), alike in kept.items():
        for relation in alike if kind == "parent" else ():
            rules.check_parent(parent, child, _above(relation, (relation.since, relation.until)))


def _set(relation: Relation, values: Mapping[str, Any]) -> None:
    for name in ("since", "until", "remark"):
        if name in values:
            setattr(relation, name, values[name] or None)


def _check(relation: Relation) -> None:
    """All rules, while nobody else writes relations: what is decided on is the whole net of them."""
    span = relation.since, relation.until
    rules.check_relation(relation.customer_id, relation.other_id, span)
    one_after_another("relations")
    rules.check_twice(span, _spans(relation))
    if relation.kind == "parent":
        rules.check_parent(relation.customer_id, relation.other_id, _above(relation, span))


def _spans(relation: Relation) -> list[rules.Span]:
    same = select(Relation.since, Relation.until).where(
        Relation.customer_id == relation.customer_id,
        Relation.other_id == relation.other_id,
        Relation.kind == relation.kind,
        Relation.id != (relation.id or 0),
    )
    return [(since, until) for since, until in db.session.execute(same)]


def _above(relation: Relation, span: rules.Span) -> dict[int, list[int]]:
    """The parent companies in that time of the one that is to be above, of these, and so on; a statement a step."""
    above: dict[int, list[int]] = {}
    waiting = {relation.customer_id}
    while waiting:
        rows = select(Relation.other_id, Relation.customer_id, Relation.since, Relation.until).where(
            Relation.kind == "parent", Relation.other_id.in_(waiting), Relation.id != (relation.id or 0)
        )
        above |= {id: [] for id in waiting}
        found: list[tuple[int, int, date | None, date | None]] = [tuple(r) for r in db.session.execute(rows)]  # type: ignore[misc]
        for child, parent, since, until in found:
            if rules.overlap(span, (since, until)):
                above[child].append(parent)
        waiting = {parent for parents in above.values() for parent in parents} - above.keys()
    return above
