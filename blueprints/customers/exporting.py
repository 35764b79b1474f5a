"""Customers as a file: who may take how many, what the columns are, what stays masked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any, Protocol

from sqlalchemy import Select

from blueprints.customers import custom_values, queries
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from blueprints.office import custom_fields
from core import clock, jobs, journal, kinds, lists, uploads
from core.csvfiles import csv_lines, write_csv
from core.db import db, reading
from core.errors import Refused, RuleBroken
from core.jobs import Job
from core.lists import Order
from core.masking import masked
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
HEADER = (
    "number", "name", "short_name", "kind", "relationship", "tier", "intent", "status", "lost_reason", "owner", "team",
    "source", "industry", "size", "website", "credit_code", "country", "province", "city", "district", "address",
    "postal_code", "person_name", "person_title", "person_position", "phone", "email", "wechat", "tags", "last_contact",
    "next_contact", "preferred_channel", "preferred_time", "language", "likes", "taboos", "note", "do_not_contact",
)  # fmt: skip


class Rows(Protocol):
    """Which customers a file holds, and in which order."""

    @property
    def order(self) -> Order: ...

    def select(self, viewer: Viewer, right: Right = ...) -> Select[Any]: ...


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
    if most is not None and (limit is None or limit > most) and lists.count(wanted, most).capped:
        raise RuleBroken(
            _("Such a file holds at most %(n)s rows. Narrow the list, or take CSV.", n=f"{most:,}"), "format"
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
    return jobs.ask(JOB, total=_size(asked, viewer), query=query, format=format)


def format_of(job: Job) -> str:
    """The format that was asked for; jobs of a version before did not say."""
    return str(job.asked.get("format", CSV))


def make(work: Work) -> dict[str, Any]:
    """Make the file of a list, a batch at a time, each under the rights of that moment.

    The rows stand in the order of their making: by a name that changes meanwhile, some would be left out.
    """
    asked = replace(Listing.read(queries.arguments("?" + work.asked["query"])), order=Order(Customer.id))
    name, size = work.place.get("file"), int(work.place.get("size", 0))
    custom: list[str] = work.place.get("custom", [])
    if name is None:
        custom = custom_columns()
        head = b"".join(write_csv([*HEADER, *custom], ()))
        name, size = uploads.keep(head), len(head)
    after, done, over = work.place.get("after"), work.done, work.place.get("over", False)
    while not over:
        rows, after = _checked_batch(asked, work.by, after, custom)
        done, over = done + len(rows), after is None
        last = [_watermark(work.by, done, custom)] if over else []
        size = uploads.append(name, size, csv_lines([*rows, *last]))
        work.advance(done, file=name, size=size, after=after, over=over, custom=custom)
    format = FORMATS[work.asked.get("format", CSV)]
    if format.convert and "scratch" not in work.place:
        name = _converted(work, name, format)
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


def _checked_batch(
    asked: Listing, viewer: Viewer, after: str | None, custom: Sequence[str]
) -> tuple[list[list[str]], str | None]:
    with reading():
        check(asked, viewer)
        custom_fields.forget()
    return _batch(asked, viewer, after, custom)


def custom_columns() -> list[str]:
    """What the columns of custom fields are called in a file."""
    return [field.name for field in custom_values.fields()]


def file(asked: Rows, viewer: Viewer, format: str = CSV, *, clear: bool = True) -> Iterator[bytes]:
    """The file, read in batches that are each a transaction of their own; all numbers masked unless `clear`."""
    with reading():
        custom = custom_columns()
        db.session.rollback()
    pieces = write_csv([*HEADER, *custom], _rows(asked, viewer, custom, clear))
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


def _rows(asked: Rows, viewer: Viewer, custom: Sequence[str], clear: bool) -> Iterator[list[str]]:
    after: str | None = None
    count = 0
    while True:
        rows, after = _batch(asked, viewer, after, custom, clear)
        count += len(rows)
        yield from rows
        if after is None:
            yield _watermark(viewer, count, custom)
            return


def _watermark(viewer: Viewer, rows: int, custom: Sequence[str]) -> list[str]:
    moment = f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
    return watermark(viewer.name, viewer.username, moment, rows, len(HEADER) + len(custom))


def _batch(
    asked: Rows, viewer: Viewer, after: str | None, custom: Sequence[str], in_clear: bool = True
) -> tuple[list[list[str]], str | None]:
    """One page of the list as cells, read in a transaction of its own; `custom` are the columns of custom fields."""
    with reading():
        wanted = asked.select(viewer, Right.CUSTOMERS_EXPORT).options(*queries.WHOLE)
        page = lists.page(wanted, Customer, asked.order, after, BATCH)
        ids = [customer.id for customer in page.rows]
        clear = queries.clear_ids(viewer, ids) if in_clear else set()
        more = _custom_cells(ids, custom, clear)
        rows = [row(customer, clear=customer.id in clear) + more[customer.id] for customer in page.rows]
        db.session.rollback()
    return rows, page.after


def _custom_cells(ids: Sequence[int], columns: Sequence[str], clear: set[int]) -> dict[int, list[str]]:
    """Customer id → its cells in these columns; empty in that of a field that was retired meanwhile."""
    known = {field.name: field for field in custom_values.fields()}
    fields = [known.get(name) for name in columns]
    values = custom_values.of_many(ids, [field.id for field in fields if field])
    return {
        id: [
            custom_values.cell(field, values[id][field.id], clear=id in clear) if field else ""
            for field in fields
        ]
        for id in ids
    }


def row(customer: Customer, *, clear: bool) -> list[str]:
    """The cells of one customer, in the order of HEADER; numbers masked unless `clear`."""
    place = customer.affiliations[0] if customer.affiliations else None
    special = {
        "relationship": customer.relationship_kind,
        "owner": customer.owner.username if customer.owner else "",
        "team": customer.team.slug if customer.team else "",
        "person_name": place.person.name if place else "",
        "person_title": (place.person.form_of_address or "") if place else "",
        "person_position": (place.position or "") if place else "",
        "phone": _points(customer, ("mobile", "phone"), "phone", clear),
        "email": _points(customer, ("email",), "mail", clear),
        "wechat": _points(customer, ("wechat",), "other", clear),
        "do_not_contact": "、".join(customer.forbidden),
        "tags": "、".join(tag.name for tag in customer.tags),
        "last_contact": _day(customer.last_contact_on),
        "next_contact": _day(customer.next_contact_on),
    }
    return [str(special[name] if name in special else getattr(customer, name) or "") for name in HEADER]


def _points(customer: Customer, point_kinds: tuple[str, ...], mask: str, clear: bool) -> str:
    values = [point.value for point in customer.points if point.kind in point_kinds]
    return "、".join(value if clear else masked(mask, value) for value in values)  # type: ignore[arg-type]


def _day(value: object) -> str:
    return str(value) if value else ""
