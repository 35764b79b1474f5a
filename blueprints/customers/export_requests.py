"""Ask for a list as a file: for whoever may not export by themselves. A yes lets these customers be taken once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import Select, select

from blueprints.customers import exporting, permits, queries
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from blueprints.customers.requested import ExportRequest
from blueprints.office import actions as office
from blueprints.office.queries import APPROVED, OPEN, Approval, Facts, Title
from core import clock, journal, kinds, lists, settings, uploads
from core.addresses import url_for
from core.db import db, released
from core.errors import NotFound, Refused, RuleBroken, Stale
from core.kinds import refusal
from core.languages import moment
from core.lists import LARGEST, Order
from core.rights import Right, Scope, Viewer
from core.words import _, ngettext

KIND = "customers.export"
KEPT_FOR = timedelta(hours=1)  # a file that was taken
MOST = "customers.export_asked_most"  # the setting
EXPORT, SEE = Right.CUSTOMERS_EXPORT, Right.CUSTOMERS_SEE
TABLE = ExportRequest.__tablename__


def most() -> int:
    """For how many customers somebody may ask at once."""
    return int(settings.get(MOST))


def ask_to_export(query: str, *, by: Viewer, format: str, clear: bool, reason: str) -> Approval:
    """Ask for a list as a file; `query` are the arguments of its address. Raises Refused, RuleBroken."""
    if EXPORT not in by.asks:
        raise Refused(refusal(EXPORT))
    wanted, limit = _listing(query).select(by), min(most(), FORMATS[format].most_rows or most())
    if lists.count(wanted, limit).capped:
        raise RuleBroken(
            _("You may ask for at most %(n)s customers at once. Narrow the list.", n=f"{limit:,}")
        )
    ids = list(db.session.scalars(wanted.with_only_columns(Customer.id, maintain_column_froms=True)))
    if not ids:
        raise RuleBroken(_("There is nothing in this list to export."))
    if _waits_already(by, query, format, clear):
        raise RuleBroken(_("You have asked for this already, and it is not decided yet."))
    made = ExportRequest(
        user_id=by.id, at=clock.now(), query=query, format=format, clear=clear, rows=len(ids), customer_ids=ids
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return office.request(KIND, (TABLE, made.id), by=by, reason=reason)


def _waits_already(by: Viewer, query: str, format: str, clear: bool) -> bool:
    mine = Approval.requester_id == by.id, Approval.kind == KIND, Approval.state == OPEN
    same = ExportRequest.query == query, ExportRequest.format == format, ExportRequest.clear == clear
    asked = select(Approval.id).join(ExportRequest, ExportRequest.id == Approval.record_id)
    return db.session.scalar(asked.where(*mine, *same).limit(1)) is not None


def of(approval: Approval) -> ExportRequest:
    """The export that a request asks for."""
    return db.session.get_one(ExportRequest, approval.record_id)


def stands(approval: Approval) -> bool:
    """Whether whoever asked may still ask."""
    who = permits.requester_of(approval)
    return who is not None and who.may_or_ask(EXPORT)


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who may export as much, and as far as the requester sees."""
    who = permits.requester_of(approval)
    return permits.deciders(who, of(approval).rows, EXPORT, SEE) if who else {}


def allow(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """Nothing is taken yet. Raises RuleBroken where one of the customers is not the approver's to export."""
    ids, who = of(approval).customer_ids, permits.requester_of(approval)
    wanted = kinds.held(Customer, who, SEE, ids) if who else set()
    if wanted - kinds.held(Customer, by, EXPORT, ids):
        raise RuleBroken(_("Some of these customers are not yours to export. Pass the request on."))


def titles(rows: Sequence[Approval], viewer: Viewer) -> dict[int, Title]:
    """How such requests are called; one statement."""
    ids = [row.record_id for row in rows]
    counts = dict(
        db.session.execute(
            select(ExportRequest.id, ExportRequest.rows).where(ExportRequest.id.in_(ids))
        ).all()
    )
    return {row.id: Title(_title(counts[row.record_id])) for row in rows}


def _title(rows: int) -> str:
    return ngettext("Export of %(total)s customer", "Export of %(total)s customers", rows, total=f"{rows:,}")


def said(request: ExportRequest, viewer: Viewer) -> str:
    """The filters of a list in words, as far as a reader may know what they name."""
    asked = _listing(request.query)
    words = [*asked.said(viewer), *([asked.q] if asked.q else [])]
    return _("; ").join(words) if words else _("no filter: all that the requester sees")


def _listing(query: str) -> Listing:
    return Listing.read(queries.arguments("?" + query))


def numbers(request: ExportRequest) -> str:
    """Whether numbers are asked for in clear, in words."""
    if request.clear:
        return _("in clear, as far as the requester sees them so")
    return _("masked")


def facts(approval: Approval, viewer: Viewer) -> Facts:
    request = of(approval)
    rows = [
        (_("List"), said(request, viewer)),
        (_("Customers"), f"{request.rows:,}"),
        (_("Format"), FORMATS[request.format].label),
        (_("Numbers"), numbers(request)),
    ]
    if approval.state == APPROVED:
        rows.append(
            (_("Taken at"), moment(request.taken_at))
            if request.taken_at
            else (_("To be taken by"), permits.holds_until(approval))
        )
    hint = _(
        "A yes lets whoever asks take these customers once, within 7 days: those that they still see then."
    )
    return Facts(rows, hint=hint if approval.state == OPEN else "")


def next_step(approval: Approval) -> tuple[str, str] | None:
    """To the page where the file is taken."""
    request = of(approval)
    if permits.is_over(approval) or (request.taken_at is not None and not is_kept(request)):
        return None
    return _("Take the file"), url_for("customer_export_requests.show", id=approval.record_id)


def the_request(id: int, by: Viewer) -> tuple[ExportRequest, Approval]:
    """An export that the person asked for themselves, and what became of that. Raises NotFound."""
    found = db.session.get(ExportRequest, id) if 0 < id <= LARGEST else None
    approval = permits.latest(TABLE, id) if found is not None and found.user_id == by.id else None
    if found is None or approval is None:
        raise NotFound(_("This page does not exist, or it is not yours to see."))
    return found, approval


def why_not(request: ExportRequest, approval: Approval) -> str:
    """Why the file cannot be taken (any more); empty if it can."""
    if approval.state != APPROVED:
        return _("Nobody has approved this export.")
    if request.taken_at is not None and not is_kept(request):
        return _("You have taken this file already. Ask for it anew.")
    return _("The time to take this file is over. Ask for it anew.") if permits.is_over(approval) else ""


@dataclass(frozen=True)
class Granted:
    """The customers that a yes was said to, as far as whoever asked sees them by now, in the order of their list."""

    ids: Sequence[int]
    order: Order
    by_value: Any = None

    def select(self, viewer: Viewer, right: Right = SEE) -> Select[Any]:
        """These customers, whatever the right that a file is made by: it was asked for because it is not held."""
        return kinds.visible(Customer, viewer).where(Customer.id.in_(self.ids))


def take(id: int, *, by: Viewer) -> tuple[ExportRequest, Path]:
    """The file: made once, and for an hour fetched again as it is, since a download may break off.

    Raises NotFound, Refused, and Stale where it cannot be taken any more.
    """
    request, approval = _to_be_taken(id, by)
    if request.taken_at is not None:
        return request, _fetched_again(request, approval)
    name, rows = _made(request, by)
    try:
        db.session.scalars(
            select(ExportRequest).where(ExportRequest.id == id).with_for_update()
        ).one_or_none()
        request, approval = _to_be_taken(id, by)
        if request.taken_at is not None:  # by another click
            uploads.drop(name)
            return request, _fetched_again(request, approval)
        journal.note(
            "exported", rows=rows, filters=[said(request, by)], approved_by=permits.used_by(approval)
        )
        request.taken_at, request.customer_ids, request.file = clock.now(), [], name
        db.session.flush()
    except BaseException:
        uploads.drop(name)
        raise
    uploads.drop_unless_committed(name)
    return request, uploads.path_of(name)


def _to_be_taken(id: int, by: Viewer) -> tuple[ExportRequest, Approval]:
    """As it is now. Raises NotFound, Refused, and Stale."""
    db.session.expire_all()
    request, approval = the_request(id, by)
    if not by.may_or_ask(EXPORT):
        raise Refused(refusal(EXPORT))
    if reason := why_not(request, approval):
        raise Stale(reason)
    return request, approval


def _made(request: ExportRequest, by: Viewer) -> tuple[str, int]:
    """The name of the file that was made, and how many customers are in it. Nobody waits for it."""
    listing = _listing(request.query)
    granted = Granted(request.customer_ids, listing.order, listing.by_value)
    rows, format, clear = lists.count(granted.select(by), request.rows).value, request.format, request.clear
    with released(), TemporaryFile() as made:
        made.writelines(exporting.file(granted, by, format, clear=clear))
        made.seek(0)
        return uploads.keep(made), rows


def _fetched_again(request: ExportRequest, approval: Approval) -> Path:
    journal.note("exported_again", export=request.id, approved_by=permits.used_by(approval))
    return uploads.path_of(request.file or "")


def is_kept(request: ExportRequest) -> bool:
    """Whether the file that was taken can be fetched again."""
    taken, name = request.taken_at, request.file
    return bool(taken and name and clock.now() < taken + KEPT_FOR and uploads.path_of(name).is_file())


def drop_old() -> None:
    """Let the files go that are not to be fetched again."""
    old = ExportRequest.file.is_not(None), ExportRequest.taken_at <= clock.now() - KEPT_FOR
    for request in db.session.scalars(select(ExportRequest).where(*old)).all():
        uploads.drop_when_committed([str(request.file)])
        request.file = None
    db.session.flush()
