"""Identity numbers and bank accounts (证件与账号) of customers and their people: noted, removed, shown for a reason.

They are encrypted in the database and in the trail, masked for everybody, and found by no search. They are not edited:
a form would have to show them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from blueprints.customers import paper_rules, readings, words
from blueprints.customers.models import Customer
from blueprints.customers.particulars import PaperNumber
from core import changes, clock, journal, settings
from core.db import db
from core.errors import RuleBroken
from core.masking import Kind, masked
from core.words import _

VERB = "customer.papers_changed"
IDENTITY_NUMBERS = "customers.identity_numbers"
MOST = 50
_MASKS: dict[str, Kind] = {
    paper_rules.IDENTITY: "id",
    paper_rules.DOCUMENT: "other",
    paper_rules.BANK: "bank",
}


def papers_of(customer: Customer) -> Sequence[PaperNumber]:
    """The papers and accounts of a customer, in the order in which they were noted."""
    mine = select(PaperNumber).where(PaperNumber.customer_id == customer.id)
    return db.session.scalars(mine.options(joinedload(PaperNumber.person)).order_by(PaperNumber.id)).all()


def kinds_offered() -> dict[str, Any]:
    """The kinds that may be noted, with their labels: identity numbers only where the company wants them."""
    wanted = bool(settings.get(IDENTITY_NUMBERS))
    return {
        kind: label for kind, label in words.PAPERS.items() if wanted or kind not in paper_rules.OF_PERSONS
    }


def note_paper(customer: Customer, values: Mapping[str, Any]) -> PaperNumber:
    """Note a number: `kind`, `value`, and if wanted `issuer`, `person_id`, `remark`. Raises RuleBroken."""
    changes.record(VERB)
    kind = values["kind"]
    if kind not in kinds_offered():
        raise RuleBroken(_("Identity numbers are not kept here."), "kind")
    own = select(func.count()).where(PaperNumber.customer_id == customer.id)
    if (db.session.scalar(own) or 0) >= MOST:
        raise RuleBroken(_("A file holds at most %(n)s papers and accounts.", n=MOST))
    fresh = PaperNumber(
        customer_id=customer.id,
        kind=kind,
        value=paper_rules.tidy(kind, values["value"], clock.today()),
        issuer=values.get("issuer") or None,
        person_id=values.get("person_id"),
        remark=values.get("remark") or None,
    )
    db.session.add(fresh)
    db.session.flush()
    return fresh


def remove_paper(paper: PaperNumber) -> None:
    """Take a number off the file."""
    changes.record(VERB)
    db.session.delete(paper)
    db.session.flush()


def shown(paper: PaperNumber) -> str:
    """What everybody sees of it who sees the file."""
    return masked(_MASKS.get(paper.kind, "other"), paper.value)


def note_reveal(customer: Customer, paper: PaperNumber, *, reason: str) -> None:
    """Journal that a number is shown."""
    journal.note(readings.REVEALED, record=customer, paper=paper.id, paper_kind=paper.kind, reason=reason)
