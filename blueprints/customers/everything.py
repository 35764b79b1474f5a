"""All that is kept about a customer, or one contact person, as a file to be handed to them, with attachments."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import ColumnElement, or_, select

from blueprints.customers import merged, permits
from blueprints.customers.models import Customer, Person
from blueprints.office import queries as office
from blueprints.office.models import Attachment, StoredFile
from blueprints.office.queries import Approval
from core import clock, effects, jobs, journal, kinds, parts, uploads, wholes
from core.change_sets import Change, ChangeSet
from core.db import db, reading
from core.errors import NotFound
from core.jobs import Job
from core.rights import Right
from core.verbs import verb_of
from core.wholes import Row, Whole
from core.words import _
from core.working import Work

JOB = "customers.everything"
JOURNALED = "exported_file"
TABLE, PEOPLE = Customer.__tablename__, Person.__tablename__
HIDDEN = frozenset({"id", "version"})


def ask(customer: Customer, *, person_id: int | None, reason: str, approval: Approval | None = None) -> Job:
    """Have the file made behind the page, of the customer or of one contact person; it is journaled.

    `approval` is the request by which somebody has it made who may only ask for it.
    """
    allowed: dict[str, Any] = {"approved_by": permits.used_by(approval)} if approval else {}
    journal.note(JOURNALED, record=customer, reason=reason, **allowed)
    facts = {"approval": approval.id} if approval else {}
    return jobs.ask(JOB, total=1, customer=customer.id, person=person_id, **facts)


def is_lent(job: Job) -> bool:
    """Whether somebody else has said yes to just this file."""
    return bool(job.asked.get("approval"))


def file_name(job: Job) -> str:
    """What the file is called."""
    return f"customer-{job.asked['customer']}-{clock.day_of(job.created_at):%Y%m%d}.zip"


def make(work: Work) -> dict[str, Any]:
    """Make the file, under the rights of that moment."""
    with reading():
        id, lent = int(work.asked["customer"]), bool(work.asked.get("approval"))
        by = permits.lent(work.by, Right.CUSTOMERS_EXPORT_FILE, Right.CUSTOMERS_SEE) if lent else work.by
        if not kinds.held(Customer, by, Right.CUSTOMERS_EXPORT_FILE, [id]):
            raise NotFound(_("This page does not exist, or it is not yours to see."))
        table, root = (PEOPLE, int(work.asked["person"])) if work.asked["person"] else (TABLE, id)
        whole, own = wholes.whole_of(table, [root]), merged.with_files([id])
        if table == TABLE:
            office.gather_requests(whole, TABLE, own)
        whole = _within(whole, None if lent else by, own)
        with NamedTemporaryFile() as made:
            _write(made.name, table, root, whole)
            name = uploads.keep(Path(made.name))
        db.session.rollback()
    work.advance(1)
    return {"file": name}


def _within(whole: Whole, by: Any, own: Collection[int]) -> Whole:
    """Without what hangs on customers that this person may not take away: a contact person may be known to several,
    and a request may be about two. A yes (`by` is None) is to this one alone.
    """
    named = (_customer_of(row) for rows in whole.values() for row in rows.values())
    roots = {id for id in named if id is not None}
    held: set[int | None] = {None, *own}
    if by is not None:
        held |= kinds.held(Customer, by, Right.CUSTOMERS_EXPORT_FILE, sorted(roots))
    return {
        table: {key: row for key, row in rows.items() if _customer_of(row) in held}
        for table, rows in whole.items()
    }


def _customer_of(row: Row) -> int | None:
    return row["record_id"] if row.get("record_table") == TABLE else row.get("customer_id")


def _write(path: str, table: str, id: int, whole: Whole) -> None:
    told = {
        "made_at": clock.now().isoformat(),
        "sections": [section(name, whole[name].values()) for name in wholes.in_order(whole)],
        "history": history(table, id, whole),
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as zip:
        zip.writestr("everything.json", json.dumps(told, ensure_ascii=False, indent=1, default=_plain))
        for attachment, stored_as in _attached(whole):
            if (file := uploads.path_of(stored_as)).is_file():
                zip.write(file, f"files/{attachment.id}-{attachment.name}")


def _attached(whole: Whole) -> Iterable[tuple[Attachment, str]]:
    wanted = select(Attachment, StoredFile.stored_as).join(StoredFile, StoredFile.id == Attachment.file_id)
    ids = list(whole.get("attachments", {}))
    return [(row[0], row[1]) for row in db.session.execute(wanted.where(Attachment.id.in_(ids)))]


def section(name: str, rows: Iterable[Row]) -> dict[str, Any]:
    """The rows of a table with their labels; what has no label stands under the name of its column."""
    words = parts.words_of(name, TABLE)
    return {"section": str(words.label), "table": name, "rows": [_labelled(words, row) for row in rows]}


def _labelled(words: parts.Part, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {}
    for column, value in row.items():
        if value is None or column in HIDDEN:
            continue
        said = words.value_labels.get(column)
        word = said(value) if said and isinstance(value, str) else None
        told[str(words.field_labels.get(column, column))] = str(word) if word is not None else value
    return told


def history(table: str, id: int, whole: Whole) -> list[dict[str, Any]]:
    """Who changed what of it and when, oldest first."""
    own: ColumnElement[bool] = (Change.root_table == table) & or_(Change.root_id == id, Change.also_id == id)
    own |= (Change.root_table == "approvals") & Change.root_id.in_(list(whole.get("approvals", {})))
    if table != TABLE:
        ways = [(Change.record_table == name) & Change.record_id.in_(rows) for name, rows in whole.items()]
        own = or_(*ways)
    found = select(Change, ChangeSet).join(ChangeSet, ChangeSet.id == Change.set_id).where(own)
    return [
        {
            "at": change_set.at.isoformat(), "by": change_set.who, "did": str(verb_of(change_set.verb).label),
            "what": str(parts.words_of(change.record_table, change.root_table).label), "fields": _fields(change),
        }
        for change, change_set in db.session.execute(found.order_by(Change.id))
    ]  # fmt: skip


def _fields(change: Change) -> dict[str, Any]:
    """Label → value before and after."""
    words = parts.words_of(change.record_table, change.root_table)
    if change.action == effects.DELETED:
        pairs = {name: (value, None) for name, value in effects.copy_of(change).items() if value is not None}
    else:
        pairs = effects.difference(change)
    return {str(words.field_labels.get(name, name)): list(pair) for name, pair in pairs.items()}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
