"""Mappings that a person keeps under a name: the next file of the same make needs no matching."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.customers.import_way import Way
from blueprints.customers.models import CustomerImport, ImportMapping
from core import clock
from core.db import db
from core.errors import NotFound, RuleBroken
from core.rights import Viewer
from core.words import _

MOST = 50


def of(by: Viewer) -> Sequence[ImportMapping]:
    """The person's own mappings, the latest kept first."""
    own = select(ImportMapping).where(ImportMapping.user_id == by.id)
    return db.session.scalars(own.order_by(ImportMapping.at.desc(), ImportMapping.id.desc())).all()


def keep(name: str, mapping: dict[str, str], way: Way, *, by: Viewer) -> None:
    """Keep a mapping under a name, in place of the one that had it. Raises RuleBroken beyond what one may keep."""
    kept = {known.name: known for known in of(by)}
    if name not in kept and len(kept) >= MOST:
        raise RuleBroken(_("You can keep at most %(n)s mappings. Remove one first.", n=MOST), "keep_as")
    made = kept.get(name) or ImportMapping(user_id=by.id, name=name)
    made.mapping, made.way, made.at = mapping, way.as_json(), clock.now()
    db.session.add(made)
    db.session.flush()


def drop(id: int, by: Viewer) -> None:
    """Forget one of the person's own mappings. Raises NotFound."""
    db.session.delete(the(id, by))
    db.session.flush()


def the(id: int, by: Viewer) -> ImportMapping:
    """One of the person's own mappings. Raises NotFound."""
    found = db.session.get(ImportMapping, id) if 0 < id < 2**63 else None
    if found is None or found.user_id != by.id:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found


def fitting(header: Sequence[str], by: Viewer) -> ImportMapping | None:
    """The mapping that was made for files with these columns: the latest one kept whose columns are all there."""
    return next((kept for kept in of(by) if kept.mapping.keys() <= set(header)), None)


def use(kept: ImportMapping, made: CustomerImport, header: Sequence[str]) -> None:
    """Map an import as kept, as far as its file has the columns."""
    made.mapping = {column: name for column, name in kept.mapping.items() if column in header}
    made.way = dict(kept.way)
    db.session.flush()
