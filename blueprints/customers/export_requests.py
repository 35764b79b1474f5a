"""Ask for a list as a file: for whoever may not export by themselves. A yes lets these customers be taken, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from blueprints.customers import exporting, permits, queries
from blueprints.customers.cardfiles import FORMATS
from blueprints.customers.listing import Listing
from blueprints.customers.models import Customer
from blueprints.customers.requested import ExportRequest
from blueprints.office import actions as office
from blueprints.office.queries import APPROVED, OPEN, Approval, Facts, Title
from core import clock, journal, kinds, lists, settings
from core.addresses import url_for
from core.db import db
from core.errors import NotFound, Refused, RuleBroken, Stale
from core.kinds import refusal
from core.languages import moment
from core.lists import LARGEST, Order
from core.rights import Right, Scope, Viewer
from core.words import _, ngettext

KIND = "customers.export"
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
    if of(approval).taken_at is not None or permits.is_over(approval):
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
    if request.taken_at is not None:
        return _("You have taken this file already. Ask for it anew.")
    return _("The time to take this file is over. Ask for it anew.") if permits.is_over(approval) else ""


@dataclass(frozen=True)
class Granted:
    """The customers that a yes was said to, as far as whoever asked sees them by now, in the order of their list."""

    ids: Sequence[int]
    order: Order

    def select(self, viewer: Viewer, right: Right = SEE) -> Select[Any]:
        """These customers, whatever the right that a file is made by: it was asked for because it is not held."""
        return kinds.visible(Customer, viewer).where(Customer.id.in_(self.ids))


def take(id: int, *, by: Viewer) -> tuple[ExportRequest, Iterator[bytes]]:
    """The file, once. Raises NotFound, Refused, and Stale where it cannot be taken any more."""
    db.session.scalars(select(ExportRequest).where(ExportRequest.id == id).with_for_update()).one_or_none()
    request, approval = the_request(id, by)
    if not by.may_or_ask(EXPORT):
        raise Refused(refusal(EXPORT))
    if reason := why_not(request, approval):
        raise Stale(reason)
    granted = Granted(request.customer_ids, _listing(request.query).order)
    journal.note(
        "exported", rows=lists.count(granted.select(by), request.rows).value, filters=[said(request, by)],
        approved_by=permits.used_by(approval),
    )  # fmt: skip
    request.taken_at, request.customer_ids = clock.now(), []
    db.session.flush()
    return request, exporting.file(granted, by, request.format, clear=request.clear)
