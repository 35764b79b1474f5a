"""Customers like one that somebody is about to note: what they may see of them, and the look-up's answer of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union_all
from sqlalchemy.orm import selectinload

from blueprints.customers import (
    company_names,
    duplicate_files,
    duplicate_rules,
    lookups,
    queries,
    rules,
    search,
)
from blueprints.customers.duplicate_rules import Evidence, File
from blueprints.customers.models import Customer
from core import conditions, kinds, terms
from core.db import db
from core.names import nfc, shadow
from core.rights import Right, Viewer

MOST, CANDIDATES = 5, 20
LEAST = 5  # of a score: less than in the inbox, for of a new one little is known yet
LEAST_SIGNS = 2
SAME_NUMBER = frozenset(f"{kind}_same" for kind in duplicate_rules.SAME_NUMBER)


@dataclass(frozen=True)
class Similar:
    """A customer that is alike. `name` and `reasons` are empty where somebody may not see it."""

    answer: queries.Answer
    name: str = ""
    reasons: Sequence[Evidence] = ()


def customers(values: Mapping[str, Any], *, by: Viewer, but: int | None = None) -> list[Similar]:
    """Those most like what was typed (`kind`, `name`, `short_name`, `phone`, `email`), `but` this one.

    Of files out of sight just those are told of with which it collides, and that counts as a collision: what is
    merely alike, by the beginning of a name for instance, only among files in sight. A dozen statements at most.
    """
    typed = _typed(values)
    candidates = {*_candidates(typed, by), *(customer.id for customer in lookups.colliding(values))}
    files = duplicate_files.these(sorted(candidates), archived=True)
    files.pop(but or 0, None)
    holders = duplicate_files.holders([(typed, file) for file in files.values()])
    weighed = {id: duplicate_rules.compare(typed, file, holders) for id, file in files.items()}
    likely = sorted((-verdict.score, id) for id, verdict in weighed.items() if _is_alike(verdict))[:MOST]
    found = _in_order([id for _score, id in likely])
    # Telling of a file out of sight is journaled apart: what was read is let go of, and not to be asked again
    called = [(customer.id, customer.name) for customer in found]
    return [
        Similar(answer, name, _for(weighed[id])) if answer.visible_id else Similar(answer)
        for (id, name), answer in zip(called, lookups.answered(found, by=by), strict=True)
    ]


def _is_alike(verdict: duplicate_rules.Verdict) -> bool:
    """Who has the same number is named whatever the name: a family, an office, or the other name of one customer."""
    return verdict.score >= LEAST or any(each.code in SAME_NUMBER for each in verdict.reasons)


def _for(verdict: duplicate_rules.Verdict) -> list[Evidence]:
    return [each for each in verdict.reasons if each.weight > 0]


def _typed(values: Mapping[str, Any]) -> File:
    points: dict[str, frozenset[str]] = {}
    for kind, name in (("mobile", "phone"), ("email", "email")):
        if normal := search.normal_of(str(values.get(name) or ""), name):
            points[kind] = frozenset({normal})
    name, short = (nfc(str(values.get(field) or "")) for field in ("name", "short_name"))
    kind = str(values.get("kind") or rules.KINDS[0])
    return File(0, kind if kind in rules.KINDS else rules.KINDS[0], name, short or None, points=points)


def _candidates(typed: File, by: Viewer) -> list[int]:
    """Ids of customers in sight that an index names: by how the name begins, and by its words."""
    ways: list[Select[Any]] = []
    within = kinds.reach(Customer, by, Right.CUSTOMERS_SEE)
    for name in filter(None, (typed.name, typed.short_name)):
        ways += _named(name, within, human=typed.kind == "person")
    if not ways:
        return []
    parts = [way.limit(CANDIDATES).subquery() for way in ways]
    return list(db.session.scalars(union_all(*(select(part.c[0]) for part in parts))))


def _named(name: str, within: ColumnElement[bool], *, human: bool) -> list[Select[Any]]:
    core = shadow(name, company=False) if human else company_names.parsed(name).core
    if len(core) < LEAST_SIGNS:
        return []
    ids = select(Customer.id).where(conditions.tried(within))
    shorter = {core[:length] for length in range(3, len(core) + 1)}
    ways = [
        ids.where(Customer.name_shadow.in_(sorted(shorter | set(search.shadows(name))))),
        ids.where(conditions.begins(Customer.name_shadow, core)).order_by(Customer.name_shadow),
    ]
    if (words := terms.parse(core).open) is not None:
        ways.append(search.newest(words, within))
    return ways


def _in_order(ids: Sequence[int]) -> list[Customer]:
    if not ids:
        return []
    found = select(Customer).where(Customer.id.in_(ids)).options(selectinload(Customer.team))
    rows = {customer.id: customer for customer in db.session.scalars(found)}
    return [rows[id] for id in ids if id in rows]
