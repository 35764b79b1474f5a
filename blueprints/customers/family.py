"""The family of a customer: whom relations that last connect it with, as far as the viewer may see.

What somebody may not see is no bridge either: who is connected only through such a file is not found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from blueprints.access.models import User
from blueprints.customers import rules
from blueprints.customers.family_drawing import Place
from blueprints.customers.models import Customer, Relation
from blueprints.customers.relations import seen_by
from core import clock, lists
from core.db import db
from core.prepared import prepared
from core.rights import Viewer

MOST = 500
MOST_STEPS = 10
MOST_TIES = 4 * MOST  # that are looked at in a step

Tie = tuple[str, int, int]  # kind, first and second side


@dataclass(frozen=True)
class Member:
    """A customer of a family, `depth` steps below its top; it is `roles` to `under`, through which it was found.

    `also`: to whom else it has which roles.
    """

    customer: Any
    depth: int
    under: Any
    roles: tuple[str, ...]
    also: Sequence[tuple[Any, tuple[str, ...]]]


@dataclass(frozen=True)
class Family:
    """All that was found, from the top. `whole`: the walk came to an end by itself."""

    members: Sequence[Member]
    whole: bool

    @property
    def roles(self) -> set[tuple[str, ...]]:
        """All that somebody in it is to another."""
        return {codes for m in self.members for codes in (m.roles, *(roles for _row, roles in m.also))}

    @property
    def places(self) -> list[Place]:
        """Where the members stand, for the drawing."""
        return [
            Place(
                m.customer.id,
                m.depth,
                m.under.id if m.under else None,
                tuple(row.id for row, _roles in m.also),
            )
            for m in self.members
        ]


@dataclass(frozen=True)
class Totals:
    """A family added up: how many by status and tier, and its contacts, each with whom."""

    count: int
    statuses: Mapping[str, int]
    tiers: Mapping[str, int]
    last: Any
    next: Any


def of(customer: Customer, viewer: Viewer) -> Family:
    """The family, from the company above all others; two statements and one for each step away from the customer."""
    ids, ties, whole = _walk(customer.id, viewer)
    rows = {row.id: row for row in db.session.execute(_ROWS, {"ids": ids})}
    return Family(_members(_top(ids, ties), ties, rows), whole)


def size(customer: Customer, viewer: Viewer) -> lists.Count:
    """How many a family has; capped where it goes on beyond what is walked. A statement for each step."""
    ids, _ties, whole = _walk(customer.id, viewer)
    return lists.Count(len(ids), capped=not whole)


_ROWS: Any = (
    select(
        Customer.id, Customer.name, Customer.short_name, Customer.number, Customer.tier, Customer.status,
        Customer.last_contact_on, Customer.next_contact_on, User.name.label("owner"),
    )
    .outerjoin(User, User.id == Customer.owner_id)
    .where(Customer.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def _walk(start: int, viewer: Viewer) -> tuple[list[int], list[Tie], bool]:
    """Ids of the connected, nearest first, and their ties; a statement for each step."""
    found, ties, border = {start: None}, dict[int, Tie](), [start]
    for _step in range(MOST_STEPS):
        rows = db.session.execute(_ties(viewer), {"ids": border, "today": clock.today()}).all()
        ties |= {id: (kind, first, second) for id, kind, first, second in rows}
        near = dict.fromkeys(side for row in rows for side in row[2:] if side not in found)
        border = list(near)[: MOST - len(found)]
        found |= dict.fromkeys(border)
        if len(border) < len(near) or len(rows) == MOST_TIES:
            return list(found), _among(ties.values(), found), False
        if not border:
            return list(found), _among(ties.values(), found), True
    return list(found), _among(ties.values(), found), False


def _among(ties: Iterable[Tie], found: Mapping[int, Any]) -> list[Tie]:
    return [tie for tie in ties if tie[1] in found and tie[2] in found]


@prepared
def _ties(viewer: Viewer) -> Select[Any]:
    ids: Any = bindparam("ids", expanding=True)
    today: Any = bindparam("today")
    lasting = or_(Relation.since.is_(None), Relation.since <= today) & or_(
        Relation.until.is_(None), Relation.until > today
    )
    ties: Any = select(Relation.id, Relation.kind, Relation.customer_id, Relation.other_id)
    of_these = or_(Relation.customer_id.in_(ids), Relation.other_id.in_(ids))
    return ties.where(of_these, lasting, seen_by(viewer)).order_by(Relation.id).limit(MOST_TIES)


def _top(ids: Sequence[int], ties: Sequence[Tie]) -> int:
    """The company above all others around the first of these; of several parents the first. Else that one itself."""
    above: dict[int, int] = {}
    for kind, first, second in ties:
        if kind == "parent":
            above.setdefault(second, first)
    parents = set(above.values())
    top = next((id for id in ids if id in above or id in parents), ids[0])
    seen = {top}
    while (parent := above.get(top)) is not None and parent not in seen:
        top = parent
        seen.add(top)
    return top


def _members(top: int, ties: Sequence[Tie], rows: Mapping[int, Any]) -> list[Member]:
    """In the order in which a tree of nearest ties is read from the top."""
    near = _near(ties)
    under = _under(top, near, rows)
    below: dict[int | None, list[int]] = defaultdict(list)
    for id, parent in under.items():
        below[parent].append(id)
    members: list[Member] = []
    told: set[int] = set()
    waiting = [(top, 0)]
    while waiting:
        id, depth = waiting.pop()
        parent = under[id]
        # A tie beside the tree is told once: with the later of its two
        also = [
            (rows[o], tuple(roles))
            for o, roles in near[id].items()
            if o in told and o != parent and under[o] != id
        ]
        roles = tuple(near[id][parent]) if parent is not None else ()
        members.append(Member(rows[id], depth, rows[parent] if parent is not None else None, roles, also))
        told.add(id)
        waiting += [(child, depth + 1) for child in reversed(below[id])]
    return members


def _near(ties: Sequence[Tie]) -> dict[int, dict[int, list[str]]]:
    """Each customer → those it is tied with → what it is to them."""
    near: dict[int, dict[int, list[str]]] = defaultdict(dict)
    for kind, first, second in ties:
        near[first].setdefault(second, []).append(rules.role_in(kind, first=True))
        near[second].setdefault(first, []).append(rules.role_in(kind, first=False))
    return near


def _under(
    top: int, near: Mapping[int, Mapping[int, Sequence[str]]], rows: Mapping[int, Any]
) -> dict[int, int | None]:
    """Each member → the one through which it is nearest to the top."""
    under: dict[int, int | None] = {top: None}
    waiting = [top]
    for here in waiting:
        fresh = [id for id in near.get(here, ()) if id not in under]
        fresh.sort(key=lambda id: (min(_ORDER[role] for role in near[id][here]), rows[id].name, id))
        under |= dict.fromkeys(fresh, here)
        waiting += fresh
    return under


_ORDER = {
    role: place for place, role in enumerate(role for roles in rules.RELATIONS.values() for role in roles)
}


def totals(family: Family) -> Totals:
    """What the family adds up to."""
    all_of_them = [member.customer for member in family.members]
    talked = [each for each in all_of_them if each.last_contact_on]
    ahead = [each for each in all_of_them if each.next_contact_on]
    return Totals(
        len(all_of_them),
        _counted(rules.STATUSES, (each.status for each in all_of_them)),
        _counted(rules.TIERS, (each.tier for each in all_of_them)),
        max(talked, key=_last_day, default=None),
        min(ahead, key=_next_day, default=None),
    )


def _counted(codes: Sequence[str], found: Iterable[str]) -> dict[str, int]:
    counts = Counter(found)
    return {code: counts[code] for code in codes if counts[code]}


def _last_day(row: Any) -> date:
    return row.last_contact_on


def _next_day(row: Any) -> date:
    return row.next_contact_on
