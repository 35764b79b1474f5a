"""Finding the customers that the rows of an import mean, by number, by name with phone or mail, by credit code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from blueprints.customers.import_rows import Candidate, mark_of
from blueprints.customers.import_targets import RIGHTS, Target
from blueprints.customers.models import Affiliation, Customer, CustomerTag
from core import kinds
from core.bulk import chunks
from core.db import db
from core.names import shadow
from core.rights import Right, Viewer
from core.rowkeys import Key


class Register:
    """Targets by their keys, by name and by credit code; those on file are read a chunk of rows at a time."""

    def __init__(self, by: Viewer) -> None:
        self.by = by
        self._by_key: defaultdict[Key, list[Target]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Target]] = defaultdict(list)
        self._by_code: dict[str, Target] = {}
        self._seen: set[int] = set()

    def load(self, chunk: Sequence[Candidate]) -> None:
        """Read the customers on file that these rows may mean; a constant number of statements for each 500."""
        ids = self._meant(chunk)
        for part in chunks(ids):
            held = {right: kinds.held(Customer, self.by, right, part) for right in RIGHTS}
            for customer in db.session.scalars(_whole(part)):
                rights = frozenset(right for right in RIGHTS if customer.id in held[right])
                self.add(_on_file(customer, rights))
        self._seen.update(ids)

    def _meant(self, chunk: Sequence[Candidate]) -> list[int]:
        numbers = {key.value for row in chunk for key in row.keys if key.kind == "number"}
        codes = {row.values["credit_code"] for row in chunk if "credit_code" in row.values}
        names = {row.shadow[:400] for row in chunk if row.shadow}
        living = Customer.deleted_at.is_(None)
        ids: set[int] = set()
        for condition in (
            Customer.number.in_(numbers),
            Customer.credit_code.in_(codes) & living,
            Customer.name_shadow.in_(names) & living,
        ):
            ids.update(db.session.scalars(select(Customer.id).where(condition)))
        return sorted(ids - self._seen)

    def add(self, target: Target) -> None:
        """Make a target known by all that it is recognised by."""
        if not target.is_in_bin:
            self._by_name[target.shadow].append(target)
        self.learn(target)

    def learn(self, target: Target) -> None:
        """Make the keys known that a target has got by now."""
        for key in _keys(target):
            if target not in self._by_key[key]:
                self._by_key[key].append(target)
        if (code := target.values.get("credit_code")) and not target.is_in_bin:
            self._by_code[code] = target

    def with_key(self, key: Key) -> list[Target]:
        """The customers that a key recognises."""
        return self._by_name[key.value] if key.kind == "name" else self._by_key[key]

    def named(self, name: str) -> list[Target]:
        """The living customers of a name, by its shadow."""
        return self._by_name[name]

    def with_code(self, code: str | None) -> Target | None:
        """The living customer of a credit code."""
        return self._by_code.get(code) if code else None


def _keys(target: Target) -> Iterable[Key]:
    if number := target.values.get("number"):
        yield Key("number", number)
    if target.is_in_bin:
        return
    for kind, normal in target.points:
        if normal and kind in ("phone", "email"):
            yield Key("mail" if kind == "email" else "phone", target.shadow, normal)


def _on_file(customer: Customer, rights: frozenset[Right]) -> Target:
    return Target(
        customer=customer,
        values={column.key: getattr(customer, column.key) for column in Customer.__mapper__.column_attrs},
        people={shadow(place.person.name, company=False): _details(place) for place in customer.affiliations},
        points={mark_of(point) for point in customer.points},
        tags={tag.shadow for tag in customer.tags},
        rights=rights,
    )


def _details(place: Affiliation) -> dict[str, Any]:
    person = place.person
    return {
        "name": person.name, "form_of_address": person.form_of_address, "position": place.position,
        "department": place.department,
    }  # fmt: skip


def _whole(ids: Sequence[int]) -> Any:
    return (
        select(Customer)
        .where(Customer.id.in_(ids))
        .order_by(Customer.id)
        .options(
            selectinload(Customer.team),
            selectinload(Customer.points),
            selectinload(Customer.helpers),
            selectinload(Customer.affiliations).selectinload(Affiliation.person),
            selectinload(Customer.taggings).selectinload(CustomerTag.tag),
        )
    )
