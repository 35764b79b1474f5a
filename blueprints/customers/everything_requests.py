"""Ask for the file of everything about a customer: for whoever sees them and may not make it by themselves.

A yes lets them have it made once, of this customer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from blueprints.customers import asked, everything, merged, permits
from blueprints.customers.models import Affiliation, Customer, Person
from blueprints.customers.permits import Asking
from blueprints.office import actions as office
from blueprints.office import queries as requests
from blueprints.office.queries import APPROVED, OPEN, Approval, Facts
from core.addresses import url_for
from core.db import db
from core.errors import Refused, RuleBroken, Stale
from core.jobs import Job
from core.kinds import refusal
from core.rights import Right, Scope, Viewer
from core.words import _

KIND = "customers.everything"
EXPORT = Right.CUSTOMERS_EXPORT_FILE


def asking(customer: Customer, by: Viewer) -> Asking | None:
    """How it stands with asking; None for somebody who may not ask, or need not."""
    if EXPORT not in by.asks:
        return None
    about = (
        Approval.record_table == everything.TABLE,
        Approval.record_id.in_(merged.with_files([customer.id])),
    )
    mine = select(Approval).where(*about, Approval.kind == KIND, Approval.requester_id == by.id)
    found = db.session.scalar(mine.order_by(Approval.id.desc()).limit(1))
    return Asking(found, fits=found is not None and not _is_used(found))


def _is_used(approval: Approval) -> bool:
    made = Job.kind == everything.JOB, Job.user_id == approval.requester_id
    by_it = Job.asked["approval"].as_integer() == approval.id
    return db.session.scalar(select(Job.id).where(*made, by_it).limit(1)) is not None


def ask_for_everything(customer: Customer, *, person_id: int | None, by: Viewer, reason: str) -> Approval:
    """Ask for the file about a customer, or one contact person of theirs. Raises Refused, RuleBroken."""
    how = asking(customer, by)
    if how is None:
        raise Refused(refusal(EXPORT))
    if how.allowed:
        raise RuleBroken(_("Your last request was approved. Have the file made."))
    return office.request(KIND, asked.subject(customer), by=by, reason=reason, payload={"person": person_id})


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who may make the file themselves."""
    customer = asked.customer_of(approval)
    people = requests.people_over(Customer, customer.id, EXPORT) if customer is not None else {}
    return requests.scopes(people, EXPORT)


def stands(approval: Approval) -> bool:
    """Whether the customer is there, and whoever asked may still ask."""
    who = permits.requester_of(approval)
    return who is not None and who.may_or_ask(EXPORT) and asked.stands(approval)


def allow(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """Nothing is made yet: whoever asked does that."""
    asked.through(approval, EXPORT, by)


def facts(approval: Approval, viewer: Viewer) -> Facts:
    hint = _("A yes lets whoever asks have the file made once, within 7 days, with all numbers in clear.")
    rows = []
    if asked.seen([approval.record_id], viewer):
        rows.append((_("About whom"), _whom(approval) or _("The whole file")))
    if approval.state == APPROVED and not _is_used(approval):
        rows.append((_("To be taken by"), permits.holds_until(approval)))
    return Facts(rows, hint=hint if approval.state == OPEN else "")


def _whom(approval: Approval) -> str:
    person = db.session.get(Person, approval.payload["person"] or 0)
    return person.name if person else ""


def next_step(approval: Approval) -> tuple[str, str] | None:
    """To the page where the file is made."""
    customer = asked.customer_of(approval)
    if customer is None or not Asking(approval, fits=not _is_used(approval)).allowed:
        return None
    return _("Have the file made"), url_for("customer_data.show", id=customer.id)


def take(customer: Customer, *, by: Viewer) -> Job:
    """Have the file made that was approved, once. Raises Refused, Stale."""
    how = asking(customer, by)
    if how is None:
        raise Refused(refusal(EXPORT))
    if how.approval is not None:
        db.session.scalars(select(Approval).where(Approval.id == how.approval.id).with_for_update()).one()
        how = asking(customer, by)
    approval = how.approval if how else None
    if how is None or approval is None or not how.allowed:
        raise Stale(_("Nobody has approved this, or the file was made already. Ask for it."))
    person_id = approval.payload["person"]
    if person_id is not None and not _is_here(customer, person_id):
        raise Stale(_("This person is no contact of the customer any more. Ask anew."))
    return everything.ask(customer, person_id=person_id, reason=approval.reason, approval=approval)


def _is_here(customer: Customer, person_id: int) -> bool:
    at = Affiliation.customer_id == customer.id, Affiliation.person_id == person_id
    return db.session.scalar(select(Affiliation.id).where(*at).limit(1)) is not None
