"""What is told of a customer where nobody would look for it: journal, jobs, notifications, imports, exports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.customers.models import Customer, CustomerImport
from blueprints.customers.requested import ExportRequest
from blueprints.customers.sought import Sought
from blueprints.office import actions as office
from core import forgetting, querytraces, uploads
from core.db import db
from core.erasing import Order, Past
from core.jobs import Job
from core.notifications import Notification
from core.traces import hidden, hidden_in_file, traces_in
from core.wholes import Whole

# By which texts a customer or a person is known
IDENTIFYING = {
    "customers": ("name", "short_name", "number", "credit_code", "website", "address", "note"),
    "people": ("name", "note"),
    "contact_points": ("value", "normal"),
    "customer_values": ("value",),
}


def of(whole: Whole, past: Past = ()) -> list[str]:
    """The texts by which somebody would know of whom it is spoken, those of earlier days too."""
    rows = [(table, row) for table in IDENTIFYING for row in whole.get(table, {}).values()]
    return traces_in(
        row.get(column) for table, row in [*rows, *past] for column in IDENTIFYING.get(table, ())
    )


def telling(whole: Whole, text: str) -> bool:
    """Whether a text speaks of the customer by name or number."""
    return hidden(text, of(whole)) != text


def forget(order: Order, whole: Whole, past: Past) -> set[tuple[int, int]]:
    """Make what is told of them elsewhere unreadable. The rows stay: that somebody exported something is no secret.

    Answers set and id of the changes of other records that speak of them.
    """
    found = of(whole, past)
    forgetting.forget_entries(order.table, order.ids, found)
    for model, columns in (
        (Notification, ("facts",)),
        (Job, ("asked", "place", "result", "failure")),
        (CustomerImport, ("report",)),
    ):
        forgetting.forget(model, columns, found)
    _hide_in_imports(found)
    _drop_made_files()
    sought = Sought(whole, past)
    _hide_in_queries(sought)
    return office.forget_in_views(Customer.__tablename__, sought) | office.forget_in_requests(sought.called)


def _hide_in_queries(sought: Sought) -> None:
    """In what was asked of the list when somebody asked to export it."""
    for request in db.session.scalars(select(ExportRequest)).all():
        request.query = querytraces.without(request.query, sought)
    db.session.flush()


def _hide_in_imports(found: Sequence[str]) -> None:
    """In the files that were imported, or are to be; their rows and columns stay in their places."""
    for row in db.session.scalars(select(CustomerImport)).all():
        path = uploads.path_of(row.stored_as)
        if path.is_file():
            data = path.read_bytes()
            new = hidden_in_file(data, found, row.encoding)
            if new != data:
                uploads.rewrite(row.stored_as, new)
        row.file_name = hidden(row.file_name, found)
    db.session.flush()


def _drop_made_files() -> None:
    """Files that were made for somebody to fetch hold what was known then: whoever needs one has it made anew."""
    for request in db.session.scalars(select(ExportRequest).where(ExportRequest.file.is_not(None))).all():
        uploads.drop_when_committed([str(request.file)])
        request.file = None
    for job in db.session.scalars(select(Job).where(Job.result.is_not(None))).all():
        if job.file:
            uploads.drop_when_committed([job.file])
            job.result = {name: value for name, value in (job.result or {}).items() if name != "file"}
    db.session.flush()
