"""Customers as a file: who may take how many, what the columns are, what stays masked."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any, NamedTuple

from flask_babel import force_locale, get_locale
from sqlalchemy import Select, func, select

from blueprints.customers import export_beside, export_columns, export_rows, queries, special_days
from blueprints.customers.cardfiles import CARDS, FORMATS
from blueprints.customers.export_beside import Rows
from blueprints.customers.export_columns import Wording
from blueprints.customers.listing import Listing
from blueprints.customers.models import Affiliation, Customer
from blueprints.customers.particulars import SpecialDay
from blueprints.office import custom_fields
from core import clock, jobs, journal, kinds, languages, lists, uploads
from core.csvfiles import csv_lines, write_csv
from core.db import db, reading
from core.errors import Refused, RuleBroken
from core.jobs import Job
from core.lists import Order
from core.rights import Right, Viewer
from core.tablefiles import CSV, Format
from core.watermarks import watermark
from core.words import _
from core.working import Work

BATCH = 500
COUNTED = 100_000_000  # customers: more than any list holds
AT_ONCE = 2_000  # rows; beyond, the file is made behind the page
PIECE = 64 * 1024
BEAT = 5_000  # rows after which a file that is made into another says that it is still alive
JOB = "customers.exported"


class Batch(NamedTuple):
    """Some rows of a file, of how many customers they are, and where the next ones begin."""

    rows: list[list[str]]
    customers: int
    after: str | None


@dataclass(frozen=True)
class Shape:
    """What a file calls things, and the columns that it holds beside HEADER."""

    beside: list[str]
    heads: list[str]
    wording: Wording

    @classmethod
    def of(
        cls, format: str, viewer: Viewer, beside: list[str] | None = None, *, codes: bool = False
    ) -> Shape:
        """The shape of a file in the present language; `beside` are the columns of one that is begun already."""
        codes = codes or format == CARDS
        with reading():
            known = export_beside.custom() if format == CARDS else export_beside.names(viewer)
            columns = known if beside is None else beside
            made = cls(
                columns, export_columns.heads(columns, codes=codes), export_columns.wording(codes=codes)
            )
            db.session.rollback()
        return made


def check(asked: Listing, viewer: Viewer, format: str = CSV) -> None:
    """Raises Refused for somebody who may not export, RuleBroken for more rows than they may take at once, or than
    such a file can hold.
    """
    if not viewer.may(Right.CUSTOMERS_EXPORT):
        raise Refused(kinds.refusal(Right.CUSTOMERS_EXPORT))
    wanted = asked.select(viewer, Right.CUSTOMERS_EXPORT)
    limit = viewer.limit(Right.CUSTOMERS_EXPORT)
    if limit is not None and lists.count(wanted, limit).capped:
        raise RuleBroken(
            _("You may export at most %(n)s customers at once. Narrow the list.", n=f"{limit:,}")
        )
    most = FORMATS[format].most_rows
    if most is not None and _is_longer(wanted, most):
        raise RuleBroken(
            _("Such a file holds at most %(n)s rows. Narrow the list, or take CSV.", n=f"{most:,}"), "format"
        )


def _is_longer(wanted: Select[Any], most: int) -> bool:
    """Whether these customers are more rows than that: one for each, and for each further contact person."""
    customers = lists.count(wanted, most)
    if customers.capped:
        return True
    ids = wanted.with_only_columns(Customer.id, maintain_column_froms=True).order_by(None)
    further = func.count(Affiliation.id) - func.count(Affiliation.customer_id.distinct())
    return (
        customers.value + (db.session.scalar(select(further).where(Affiliation.customer_id.in_(ids))) or 0)
        > most
    )


def note(asked: Listing, viewer: Viewer) -> None:
    """Journal what is taken."""
    journal.note("exported", rows=_size(asked, viewer), filters=asked.said(viewer))


def _size(asked: Listing, viewer: Viewer) -> int:
    """How many customers a file of the list holds; they are all counted, for the journal is to be true."""
    return lists.count(asked.select(viewer, Right.CUSTOMERS_EXPORT), COUNTED).value


def file_name(at: datetime, format: str = CSV) -> str:
    """What a file made at this moment is called."""
    return f"customers-{clock.day_of(at):%Y%m%d}.{FORMATS[format].suffix}"


def is_large(asked: Listing, viewer: Viewer) -> bool:
    """Whether the file takes so long that nobody should wait for it."""
    return lists.count(asked.select(viewer, Right.CUSTOMERS_EXPORT), AT_ONCE).capped


def ask(asked: Listing, viewer: Viewer, query: str, format: str) -> Job:
    """Have the file of a list made behind the page; `query` are the arguments of the list's address."""
    total = _size(asked, viewer)
    return jobs.ask(JOB, total=total, query=query, format=format, language=str(get_locale()))


def format_of(job: Job) -> str:
    """The format that was asked for; jobs of a version before did not say."""
    return str(job.asked.get("format", CSV))


def make(work: Work) -> dict[str, Any]:
    """Make the file of a list, a batch at a time, each under the rights of that moment.

    The rows stand in the order of their making: by a name that changes meanwhile, some would be left out.
    """
    with force_locale(work.asked.get("language") or languages.chosen()):
        return _make(work)


def _make(work: Work) -> dict[str, Any]:
    asked = replace(
        Listing.read(queries.arguments("?" + work.asked["query"])), order=Order(Customer.id), by_value=None
    )
    place, format = work.place, str(work.asked.get("format", CSV))
    begun = "lines" in place  # what a version before had begun has other columns
    done = work.done if begun else 0
    shape = Shape.of(format, work.by, place.get("custom") if begun else None)
    name, size = str(place.get("file", "")), int(place.get("size", 0))
    if not begun:
        head = b"".join(write_csv(shape.heads, ()))
        name, size = uploads.keep(head), len(head)
    after, lines, over = (place.get(what) if begun else None for what in ("after", "lines", "over"))
    while not over:
        batch = _checked_batch(asked, work.by, after, shape)
        done, lines, after = done + batch.customers, (lines or 0) + len(batch.rows), batch.after
        over = after is None
        last = [_watermark(work.by, lines, shape)] if over else []
        size = uploads.append(name, size, csv_lines([*batch.rows, *last]))
        work.advance(done, file=name, size=size, after=after, over=over, custom=shape.beside, lines=lines)
    if FORMATS[format].convert and "scratch" not in work.place:
        name = _converted(work, name, FORMATS[format])
    return {"file": name, "rows": done}


def _converted(work: Work, name: str, format: Format) -> str:
    """The file in another format, under a name of its own; where the job goes on from is there."""
    place = dict(work.place)

    def watched(lines: Iterable[str]) -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            if number % BEAT == 0:
                work.advance(work.done, **place)
            yield line

    assert format.convert
    with (
        uploads.path_of(name).open(encoding="utf-8-sig", newline="") as lines,
        NamedTemporaryFile() as made,
    ):
        format.convert(watched(lines), made)
        made.flush()
        kept = uploads.keep(Path(made.name))
    work.advance(work.done, **{**place, "file": kept, "scratch": [name]})
    return kept


def _checked_batch(asked: Listing, viewer: Viewer, after: str | None, shape: Shape) -> Batch:
    with reading():
        check(asked, viewer)
        custom_fields.forget()
    return _batch(asked, viewer, after, shape)


def file(
    asked: Rows, viewer: Viewer, format: str = CSV, *, clear: bool = True, codes: bool = False
) -> Iterator[bytes]:
    """The file, read in batches that are each a transaction of their own; all numbers masked unless `clear`.

    Columns and values are called in the words of the reader, or, for programs, by their `codes`.
    """
    shape = Shape.of(format, viewer, codes=codes)
    pieces = write_csv(shape.heads, _rows(asked, viewer, shape, clear))
    convert = FORMATS[format].convert
    if convert is None:
        yield from pieces
        return
    with TemporaryFile() as made:
        convert(_lines(pieces), made)
        made.seek(0)
        yield from iter(lambda: made.read(PIECE), b"")


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    for piece in pieces:
        yield from io.StringIO(piece.decode().removeprefix("\ufeff"), newline="")


def _rows(asked: Rows, viewer: Viewer, shape: Shape, clear: bool) -> Iterator[list[str]]:
    after: str | None = None
    lines = 0
    while True:
        batch = _batch(asked, viewer, after, shape, clear)
        lines, after = lines + len(batch.rows), batch.after
        yield from batch.rows
        if after is None:
            yield _watermark(viewer, lines, shape)
            return


def _watermark(viewer: Viewer, lines: int, shape: Shape) -> list[str]:
    moment = f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
    return watermark(viewer.name, viewer.username, moment, lines, len(shape.heads))


def _batch(asked: Rows, viewer: Viewer, after: str | None, shape: Shape, in_clear: bool = True) -> Batch:
    """One page of the list as cells, read in a transaction of its own."""
    with reading():
        page = export_beside.page(asked, viewer, after, BATCH)
        ids = [customer.id for customer in page.rows]
        clear = queries.clear_ids(viewer, ids) if in_clear else set()
        more = export_beside.cells(page.rows, shape.beside, clear, viewer, codes=shape.wording.codes)
        days: defaultdict[int, list[SpecialDay]] = defaultdict(list)
        for day in special_days.of_many(ids):
            days[day.customer_id].append(day)
        rows = [
            cells + (more[customer.id] if not number else [""] * len(shape.beside))
            for customer in page.rows
            for number, cells in enumerate(
                export_rows.rows(customer, shape.wording, days[customer.id], clear=customer.id in clear)
            )
        ]
        db.session.rollback()
    return Batch(rows, len(ids), page.after)
