"""Mappings that a person keeps under a name: the next file of the same make needs no matching."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.customers.models import CustomerImport, ImportMapping
from core import clock
from core.db import db
from core.errors import NotFound, RuleBroken
from core.importkinds import CUSTOMERS
from core.importways import Way
from core.rights import Viewer
from core.words import _

MOST = 50


def of(by: Viewer, kind: str = CUSTOMERS) -> Sequence[ImportMapping]:
    """The person's own mappings for a kind of list, the latest kept first."""
    own = select(ImportMapping).where(ImportMapping.user_id == by.id, ImportMapping.kind == kind)
    return db.session.scalars(own.order_by(ImportMapping.at.desc(), ImportMapping.id.desc())).all()


def keep(name: str, mapping: dict[str, str], way: Way, *, by: Viewer, kind: str = CUSTOMERS) -> None:
    """Keep a mapping under a name, in place of the one that had it. Raises RuleBroken beyond what one may keep."""
    kept = {known.name: known for known in of(by, kind)}
    if name not in kept and len(kept) >= MOST:
        raise RuleBroken(_("You can keep at most %(n)s mappings. Remove one first.", n=MOST), "keep_as")
    made = kept.get(name) or ImportMapping(user_id=by.id, kind=kind, name=name)
    made.mapping, made.way, made.at = mapping, way.as_json(), clock.now()
    db.session.add(made)
    db.session.flush()


def drop(id: int, by: Viewer, kind: str) -> None:
    """Forget one of the person's own mappings. Raises NotFound."""
    db.session.delete(the(id, by, kind))
    db.session.flush()


def the(id: int, by: Viewer, kind: str) -> ImportMapping:
    """One of the person's own mappings. Raises NotFound."""
    found = db.session.get(ImportMapping, id) if 0 < id < 2**63 else None
    if found is None or (found.user_id, found.kind) != (by.id, kind):
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def fitting(header: Sequence[str], by: Viewer, kind: str) -> ImportMapping | None:
    """The mapping that was made for files with these columns: the latest one kept whose columns are all there."""
    return next((kept for kept in of(by, kind) if kept.mapping.keys() <= set(header)), None)


def use(kept: ImportMapping, made: CustomerImport, header: Sequence[str]) -> None:
    """Map an import as kept, as far as its file has the columns."""
    made.mapping = {column: name for column, name in kept.mapping.items() if column in header}
    made.way = dict(kept.way)
    db.session.flush()
