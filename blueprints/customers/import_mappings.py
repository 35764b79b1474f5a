"""Mappings that a person keeps under a name: the next file of the same make needs no matching."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select

from blueprints.customers import import_file
from blueprints.customers.models import CustomerImport
from blueprints.customers.requested import ImportMapping
from core import clock
from core.csvfiles import FileProblem
from core.csvheaders import NO_HEADER
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


def fitting(made: CustomerImport, by: Viewer) -> ImportMapping | None:
    """The mapping that was made for files with the columns of this one: the latest kept whose columns are all there.

    One for files without a header has but places, which every file has: it is for files without one alone.
    """
    headless = Way.stored(made.way).header == NO_HEADER
    kept = (one for one in of(by, made.kind) if headless or Way.stored(one.way).header != NO_HEADER)
    return next((one for one in kept if _header(one, made) is not None), None)


def use(kept: ImportMapping, made: CustomerImport) -> None:
    """Map an import as kept, as far as its file has the columns."""
    line = _header(kept, made)
    if line is not None and line != Way.stored(made.way).header:
        import_file.take_header(made, import_file.table_of(made, line))
    header = import_file.table_of(made).header
    made.mapping = {column: name for column, name in kept.mapping.items() if column in header}
    made.way = {**kept.way, "header": Way.stored(made.way).header}
    db.session.flush()


def _header(kept: ImportMapping, made: CustomerImport) -> int | None:
    """The line where the columns of a mapping stand: where the header was found, else where it was when it was kept."""
    for line in dict.fromkeys((Way.stored(made.way).header, Way.stored(kept.way).header)):
        with suppress(FileProblem):
            if kept.mapping.keys() <= set(import_file.table_of(made, line).header):
                return line
    return None
