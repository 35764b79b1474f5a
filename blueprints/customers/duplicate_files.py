"""The customers that are compared, read as plain rows: by the thousand, and no more of them than is compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from blueprints.customers.duplicate_rules import File, Holders
from blueprints.customers.models import Affiliation, ContactPoint, Customer, Person
from core.db import db
from core.names import shadow

CHUNK = 500
COMPARED_POINTS = frozenset({"mobile", "phone", "email", "wechat", "wecom", "qq", "fax"})

_IDS: Any = bindparam("ids", expanding=True)
_ROWS: Any = select(
    Customer.id, Customer.kind, Customer.name, Customer.short_name, Customer.credit_code, Customer.birthday,
    Customer.gender, Customer.city, Customer.address, Customer.postal_code,
).where(Customer.deleted_at.is_(None))  # fmt: skip
_POINTS: Any = select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.normal).where(
    ~ContactPoint.bad
)
_PEOPLE: Any = select(Affiliation.customer_id, Person.name).join(Person, Person.id == Affiliation.person_id)
_AWAKE = _ROWS.where(Customer.archived_at.is_(None))
_NEXT = _AWAKE.where(Customer.id > bindparam("last")).order_by(Customer.id).limit(bindparam("most"))
_BETWEEN: Any = bindparam("first"), bindparam("last")
_POINTS_OF_NEXT = _POINTS.where(ContactPoint.customer_id.between(*_BETWEEN))
_THESE, _THESE_AWAKE = (rows.where(Customer.id.in_(_IDS)) for rows in (_ROWS, _AWAKE))
_POINTS_OF_THESE = _POINTS.where(ContactPoint.customer_id.in_(_IDS))
_PEOPLE_OF_THESE = _PEOPLE.where(Affiliation.customer_id.in_(_IDS))


def living() -> int:
    """How many there are to compare."""
    compared = Customer.deleted_at.is_(None), Customer.archived_at.is_(None)
    return db.session.scalar(select(func.count()).where(*compared)) or 0


def following(last: int, most: int) -> list[File]:
    """The next customers behind an id, without their contact persons; two statements."""
    rows = db.session.execute(_NEXT, {"last": last, "most": most}).all()
    if not rows:
        return []
    within = {"first": rows[0].id, "last": rows[-1].id}
    return _made(rows, db.session.execute(_POINTS_OF_NEXT, within), ())


def these(ids: Collection[int], *, archived: bool = False) -> dict[int, File]:
    """The living of these customers by id, if wanted the archived ones too; three statements for each 500."""
    found: dict[int, File] = {}
    for chunk in _chunks(sorted(ids)):
        asked = {"ids": chunk}
        rows = db.session.execute(_THESE if archived else _THESE_AWAKE, asked).all()
        points, people = (db.session.execute(each, asked) for each in (_POINTS_OF_THESE, _PEOPLE_OF_THESE))
        found |= {file.id: file for file in _made(rows, points, people)}
    return found


def _made(rows: Sequence[Any], points: Iterable[Any], people: Iterable[Any]) -> list[File]:
    numbers: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for id, kind, normal in points:
        if normal and kind in COMPARED_POINTS:
            numbers[id][kind].append(normal)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for id, name in people:
        names[id].append(shadow(name, company=False))
    return [_file(row, numbers.get(row.id, {}), names.get(row.id, ())) for row in rows]


def _file(row: Any, numbers: Mapping[str, Sequence[str]], people: Sequence[str]) -> File:
    points = {kind: frozenset(normals) for kind, normals in numbers.items()}
    id, kind, name, short_name, credit_code, birthday, gender, city, address, postal_code = row
    return File(
        id, kind, name, short_name, credit_code, points, frozenset(people), birthday, gender, city, address, postal_code
    )  # fmt: skip


def holders(pairs: Iterable[tuple[File, File]]) -> Holders:
    """How many files have what the two of a pair have in common: their numbers and their names."""
    normals: set[str] = set()
    shadows: set[str] = set()
    for one, other in pairs:
        normals |= _normals(one) & _normals(other)
        if one.shadow == other.shadow:
            shadows.add(one.shadow[:400])
    points = _counted(ContactPoint.normal, func.count(ContactPoint.customer_id.distinct()), normals)
    return Holders(points, _counted(Customer.name_shadow, func.count(), shadows))


def _normals(file: File) -> set[str]:
    return {normal for normals in file.points.values() for normal in normals}


def _counted(column: Any, how: ColumnElement[int], values: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(values)):
        found |= dict(db.session.execute(select(column, how).where(column.in_(chunk)).group_by(column)).all())
    return found


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
