"""Importing lists of other kinds than customers behind the page.

Rows that belong together are taken in one batch, wherever in the file they stand: so a batch needs to know nothing of
the batches before it but what lies on file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from blueprints.customers import import_file, permits
from blueprints.customers.import_batches import (
    DONE,
    PACE,
    TRIED,
    Place,
    begun,
    ended,
    further,
    import_of,
    tell,
)
from blueprints.customers.import_report import Lines, Tally
from core import uploads
from core.cells import clean, restore
from core.csvfiles import Row
from core.db import db, reading
from core.importkinds import RUN as RUN
from core.importkinds import TRY as TRY
from core.importkinds import ImportKind, the_kind
from core.importways import Way
from core.mapping import Mapping as Columns
from core.rights import Viewer
from core.working import Work


def try_out(work: Work) -> dict[str, Any]:
    """A dry run; the database is only read."""
    made = import_of(work)
    kind, way = the_kind(made.kind), Way.stored(made.way)
    table, columns = import_file.read(made, made.mapping)
    place = work.place or {**begun(work, files=0), "kind": kind.name}
    for some in _batches(work, list(table.rows()), columns, kind):
        by = _importer(work, kind)
        rows = kind.read(some, columns, way)
        with reading():
            judged = kind.judge(rows, by, ())
            db.session.rollback()
        place = further(place, judged)
        work.advance(work.done + len(some), **place)
    place = _in_order(place)
    tell(work, place, TRIED)
    return ended(work, place)


def run(work: Work) -> dict[str, Any]:
    """The import; all its change sets are one act."""
    made = import_of(work)
    kind, way = the_kind(made.kind), Way.stored(made.way)
    table, columns = import_file.read(made, made.mapping)
    place = work.place or {**begun(work, files=0), "kind": kind.name}
    for some in _batches(work, list(table.rows()), columns, kind):
        by = _importer(work, kind)
        rows = kind.read(some, columns, way)
        work.record(kind.verb, reason=work.asked.get("reason"))
        judged = kind.judge(rows, by, ())
        judged.write()
        place = further(place, judged)
        tell(work, place, DONE)
        work.advance(work.done + len(some), **place)
    place = _in_order(place)
    tell(work, place, DONE)
    return ended(work, place)


def _importer(work: Work, kind: ImportKind) -> Viewer:
    return permits.lent(work.by, kind.right, kind.like)


def _batches(work: Work, rows: Sequence[Row], columns: Columns, kind: ImportKind) -> Iterator[list[Row]]:
    """What is left of the rows, those that belong together in one batch."""
    pace, batch, passed = PACE, list[Row](), 0
    for group in _together(rows, columns, kind):
        passed += len(group)
        if passed <= work.done:
            continue
        batch += group
        if len(batch) >= pace.size:
            yield batch
            pace, batch = pace.after(len(batch), work.held_s), []
    if batch:
        yield batch


def _together(rows: Sequence[Row], columns: Columns, kind: ImportKind) -> list[list[Row]]:
    named = [column for column, field in columns.columns.items() if field == kind.together]
    groups: dict[Any, list[Row]] = {}
    for number, row in enumerate(rows):
        cells = [clean(restore(row.cells[name])) for name in named] if row.problem is None else []
        groups.setdefault(tuple(cells) if any(cells) else number, []).append(row)
    return list(groups.values())


def _in_order(place: Place) -> Place:
    """The place with its account in the order of the file."""
    tally = Tally.stored(place["tally"])
    lines = Lines.of(sorted(Lines(uploads.path_of(place["account"]), tally.listed), key=lambda o: o.line))
    return {**place, "account": uploads.keep(lines), "size": len(lines), "scratch": [place["account"]]}
