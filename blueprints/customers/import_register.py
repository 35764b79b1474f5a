"""The customers that the rows of an import may mean: by number, name with phone or mail, credit code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from itertools import islice
from typing import Any

from sqlalchemy import select

from blueprints.customers import consents, custom_values, merged, search, special_days, wishes
from blueprints.customers.import_days import Day
from blueprints.customers.import_earlier import Earlier
from blueprints.customers.import_reaches import mark_of
from blueprints.customers.import_rows import Candidate
from blueprints.customers.import_targets import (
    OF_PERSON,
    OF_PLACE,
    RIGHTS,
    Held,
    Helping,
    Place,
    Tagged,
    Target,
)
from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerTag,
    Person,
    Tag,
)
from core import clock, kinds
from core.bulk import chunks
from core.db import db
from core.names import shadow
from core.rights import Viewer
from core.rowkeys import Key

DAYS = frozenset({"birthday", "special_days", "person_special_days"})  # what fills special days
NOTED = frozenset({"point_labels", "point_accounts", "value_label"})  # what is noted of points
HELPERS = frozenset({"helpers", "editing_helpers"})
MOST_ALIKE = 100  # of one name that each row is compared with: a file of nothing else would take hours


class Register:
    """Targets by their keys, by name and by credit code; those on file are read a chunk of rows at a time."""

    def __init__(self, by: Viewer, earlier: Earlier) -> None:
        self.by, self.earlier = by, earlier
        self._by_key: defaultdict[Key, dict[Target, None]] = defaultdict(dict)
        self._by_name: defaultdict[str, list[Target]] = defaultdict(list)
        self._by_code: dict[str, Target] = {}
        self._seen: set[int] = set()

    def load(self, chunk: Sequence[Candidate]) -> list[Target]:
        """Read the customers on file that these rows may mean, in as many statements for 500 as for one."""
        whole = any(row.way.clear for row in chunk)
        named = {place for row in chunk[:1] for place in row.places}
        ids = sorted(_meant(chunk).union(self.earlier.meant(chunk)) - self._seen)
        told = {
            target.on_file: target
            for part in chunks(ids)
            for target in _on_file(part, self.by, named, whole=whole)
        }
        found = list(self.earlier.complete(chunk, told))
        for target in found:
            self.add(target)
        self._seen.update(ids)
        return found

    def add(self, target: Target) -> None:
        """Make a target known by all that it is recognised by."""
        if not target.is_in_bin:
            self._by_name[target.shadow].append(target)
        self.learn(target)

    def learn(self, target: Target) -> None:
        """Make the keys known that a target has got by now."""
        for key in target.marks():
            self._by_key[key][target] = None
        if (code := target.values.get("credit_code")) and not target.is_in_bin:
            self._by_code[code] = target

    def with_key(self, key: Key) -> list[Target]:
        """The customers that a key recognises, the first of very many."""
        return self.named(key.value) if key.kind == "name" else list(islice(self._by_key[key], MOST_ALIKE))

    def named(self, name: str) -> list[Target]:
        """The living customers of a name, by its shadow, the first of very many."""
        return self._by_name[name][:MOST_ALIKE]

    def with_code(self, code: str | None) -> Target | None:
        """The living customer of a credit code."""
        return self._by_code.get(code) if code else None


def _meant(chunk: Sequence[Candidate]) -> set[int]:
    living = Customer.deleted_at.is_(None)
    conditions = (
        Customer.number.in_({row.values["number"] for row in chunk if "number" in row.values}),
        Customer.credit_code.in_(
            {row.values["credit_code"] for row in chunk if row.values.get("credit_code")}
        )
        & living,
        Customer.name_shadow.in_({form for row in chunk if row.name for form in search.shadows(row.name)})
        & living,
    )
    found = {
        id for condition in conditions for id in db.session.scalars(select(Customer.id).where(condition))
    }
    into = merged.into(sorted(found))
    return {into.get(id, id) for id in found}


def _on_file(ids: Sequence[int], by: Viewer, named: Set[str], *, whole: bool) -> list[Target]:
    """These customers with all that rows are compared with, if it is `named`; `whole`: with all they may take away."""
    customers: Any = Customer.__table__
    rows = db.session.execute(
        select(customers).where(customers.c.id.in_(ids)).order_by(customers.c.id)
    ).mappings()
    found = {row["id"]: Target(dict(row), id=row["id"]) for row in rows}
    held = {right: kinds.held(Customer, by, right, ids) for right in RIGHTS}
    for id, target in found.items():
        target.rights = frozenset(right for right in RIGHTS if id in held[right])
    for id, numbers in merged.numbers(ids).items():
        found[id].earlier = numbers
    for read in (_read_people, _read_points, _read_tags, _read_custom, _read_guardians):
        read(found)
    if DAYS & named:
        _read_days(found)
    if HELPERS & named:
        _read_helpers(found)
    if whole or NOTED & named:
        _read_held(found)
    if whole:
        _read_tagged(found)
    return list(found.values())


def _read_people(found: dict[int, Target]) -> None:
    rows = (
        select(Affiliation.customer_id, Affiliation.id, Person.id.label("person_id"), Person.name)
        .add_columns(*(getattr(Person, name) for name in OF_PERSON))
        .add_columns(*(getattr(Affiliation, name) for name in OF_PLACE))
        .join(Person, Person.id == Affiliation.person_id)
        .where(Affiliation.customer_id.in_(found))
        .order_by(Affiliation.id.desc())
    )
    for row in db.session.execute(rows).mappings():
        target, key = found[row["customer_id"]], shadow(row["name"], company=False)
        target.places[key] = Place(row["person_id"], row["id"])
        target.people[key] = {name: row[name] for name in ("name", *OF_PERSON, *OF_PLACE)}


def _read_points(found: dict[int, Target]) -> None:
    rows = select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.normal)
    for id, kind, normal in db.session.execute(rows.where(ContactPoint.customer_id.in_(found))):
        found[id].points.add(mark_of(kind, normal))


def _read_tags(found: dict[int, Target]) -> None:
    rows = select(CustomerTag.customer_id, Tag.shadow).join(Tag, Tag.id == CustomerTag.tag_id)
    for id, key in db.session.execute(rows.where(CustomerTag.customer_id.in_(found))):
        found[id].tags.add(key)


def _read_days(found: dict[int, Target]) -> None:
    for row in special_days.of_many(list(found)):
        target = found[row.customer_id]
        whose = next((key for key, place in target.places.items() if place.person_id == row.person_id), "")
        target.days.append(Day(row.kind, special_days.when(row), whose=whose))


def _read_helpers(found: dict[int, Target]) -> None:
    helping = select(CustomerHelper).where(CustomerHelper.customer_id.in_(found))
    for row in db.session.scalars(helping.execution_options(populate_existing=True)):
        found[row.customer_id].helpers[row.user_id] = Helping(row.id, row.may_write)


def _read_held(found: dict[int, Target]) -> None:
    rows = select(
        ContactPoint.customer_id, ContactPoint.person_id, ContactPoint.id, ContactPoint.kind, ContactPoint.normal,
        ContactPoint.value, ContactPoint.label, ContactPoint.added_by,
    ).where(ContactPoint.customer_id.in_(found))  # fmt: skip
    for customer_id, person_id, id, kind, normal, value, label, added_by in db.session.execute(
        rows.order_by(ContactPoint.id)
    ):
        target = found[customer_id]
        whose = next((key for key, place in target.places.items() if place.person_id == person_id), "")
        target.held.append(Held(id, kind, mark_of(kind, normal), whose, value, label, added_by))


def _read_tagged(found: dict[int, Target]) -> None:
    rows = select(CustomerTag.customer_id, CustomerTag.id, Tag.shadow, Tag.name).join(Tag)
    for customer_id, id, key, name in db.session.execute(
        rows.where(CustomerTag.customer_id.in_(found)).order_by(CustomerTag.id)
    ):
        found[customer_id].tagged[key] = Tagged(id, name)


def _read_guardians(found: dict[int, Target]) -> None:
    """Whose guardian agreed, of those who are children; mostly there is nothing to read."""
    today = clock.today()
    children = [
        id for id, t in found.items() if wishes.is_child(t.values["kind"], t.values["birthday"], today)
    ]
    for id in consents.guarded(children) if children else ():
        found[id].guarded = True


def _read_custom(found: dict[int, Target]) -> None:
    wanted = [field.id for field in custom_values.fields()]
    for id, values in custom_values.of_many(list(found), wanted).items():
        found[id].custom = dict(values)
