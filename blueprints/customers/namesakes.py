"""Who is on file elsewhere already, before a contact person is made a second time: one person, several companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.customers import points, search
from blueprints.customers.models import Affiliation, ContactPoint, Customer, Person
from core import kinds
from core.db import db
from core.names import shadow
from core.rights import Right, Viewer
from core.words import _

MOST = 5
LOOKED_AT = 20  # customers of which one may have the person


@dataclass(frozen=True)
class Alike:
    """A person who may be meant, with their places at customers that the viewer sees."""

    person: Person
    places: Sequence[Affiliation]

    @property
    def words(self) -> str:
        """Who they are and where: "Li Jianping · buyer · at Huaxing"."""
        where = _(", ").join(place.customer.shown_name for place in self.places)
        known = [self.person.name, self.places[0].position, _("at %(name)s", name=where)]
        return " · ".join(part for part in known if part)


def alike(customer: Customer, values: Mapping[str, Any], *, by: Viewer) -> list[Alike]:
    """Persons at other customers within view who have this number or mail, or this name; the surer ones first.

    A number counts only where the viewer sees it in clear.
    """
    here = {place.person_id for place in customer.affiliations}
    reached = _reached(values, by)
    ids = [*reached, *(id for id in _named(customer, str(values.get("name") or ""), by) if id not in reached)]
    return _with_places([id for id in ids if id not in here][:MOST], customer, by)


def _reached(values: Mapping[str, Any], by: Viewer) -> list[int]:
    normals = [points.normal_of(values[kind], kind) for kind in ("phone", "email") if values.get(kind)]
    if not (wanted := [normal for normal in normals if normal]):
        return []
    found = (
        select(ContactPoint.person_id)
        .join(Customer, Customer.id == ContactPoint.customer_id)
        .where(ContactPoint.normal.in_(wanted), ContactPoint.person_id.is_not(None))
        .where(
            kinds.reach(Customer, by, Right.CUSTOMERS_SEE), kinds.reach(Customer, by, Right.CUSTOMERS_CLEAR)
        )
        .order_by(ContactPoint.id)
        .limit(LOOKED_AT)
    )
    return list(dict.fromkeys(db.session.scalars(found)))


def _named(customer: Customer, name: str, by: Viewer) -> list[int]:
    """Found by search, which has an index of all names, and then compared."""
    if not (wanted := shadow(name, company=False)):
        return []
    ids = [each.id for each in search.find(by, name, most=LOOKED_AT) if each.id != customer.id]
    there = select(Person.id, Person.name).join(Affiliation).where(Affiliation.customer_id.in_(ids))
    rows = db.session.execute(there.order_by(Person.id)).all() if ids else ()
    return list(dict.fromkeys(id for id, called in rows if shadow(called, company=False) == wanted))


def _with_places(ids: Sequence[int], customer: Customer, by: Viewer) -> list[Alike]:
    """Those who have a place at some other customer within view, in this order."""
    if not ids:
        return []
    places = (
        select(Affiliation)
        .join(Affiliation.customer)
        .where(Affiliation.person_id.in_(ids), Affiliation.customer_id != customer.id)
        .where(kinds.reach(Customer, by, Right.CUSTOMERS_SEE))
        .options(joinedload(Affiliation.person), joinedload(Affiliation.customer))
        .order_by(Affiliation.id)
    )
    of: dict[int, list[Affiliation]] = {}
    for place in db.session.scalars(places):
        of.setdefault(place.person_id, []).append(place)
    return [Alike(of[id][0].person, of[id]) for id in ids if id in of]
