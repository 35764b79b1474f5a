"""What can be done about a customer that is not one's own to see, after the look-up told of it: leave word for the
owner, ask to help, claim it. Who the owner is, nobody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import asked, queries
from blueprints.customers.models import Customer
from blueprints.office import actions as office
from blueprints.office import queries as requests
from blueprints.office.queries import Approval, Facts
from core import clock, kinds, notifications, tickets
from core.db import db
from core.errors import RuleBroken
from core.notifications import Notification, Told
from core.rights import Right, Scope, Viewer
from core.words import _

WORD, HELP, PURPOSE = "customers.word", "customers.help", "lookup"
EDIT = Right.CUSTOMERS_EDIT


@dataclass(frozen=True)
class Found:
    """What a look-up told, and of whom: `customer_id` is for us alone."""

    customer_id: int
    team: str
    status: str
    last_contact_on: date | None


def ticket(answer: queries.Answer, viewer: Viewer) -> str | None:
    """The way back to an answer of the look-up; None for what the person may see themselves, or was not told."""
    if answer.visible_id is not None or not answer.told or answer.id is None:
        return None
    last = answer.last_contact_on.isoformat() if answer.last_contact_on else None
    return tickets.ticket(PURPOSE, viewer.id, [answer.id, answer.team, answer.status, last])


def found(of: str, viewer: Viewer) -> Found:
    """What the look-up told with this ticket. Raises RuleBroken for one that is not the person's, or too old."""
    facts = tickets.facts_of(of, PURPOSE, viewer.id)
    if facts is None:
        raise RuleBroken(_("Look the customer up again: this answer is more than a day old, or not yours."))
    id, team, status, last = facts
    return Found(id, team, status, date.fromisoformat(last) if last else None)


def customer(told: Found, viewer: Viewer) -> Customer:
    """The customer of an answer, as long as it is there and out of sight. Raises RuleBroken."""
    there = asked.living(told.customer_id)
    if there is None:
        raise RuleBroken(_("This customer is not on file any more. Look it up again."))
    if kinds.holds(there, viewer, Right.CUSTOMERS_SEE):
        raise RuleBroken(_("You may see this customer by now. Look it up again to open it."))
    return there


def leave_word(there: Customer, text: str, called: str, *, by: Viewer) -> None:
    """Tell the owner something, or where nobody owns it whoever leads the team. Once a day. Raises RuleBroken."""
    day = f"{there.id} {by.id} {clock.today()}"
    to = {there.owner_id} if there.owner_id else set(next(iter(access.leads_above(there.team_id)), ()))
    people = (to or access.holder_ids(Right.CUSTOMERS_ASSIGN, Scope.ALL)) - {by.id}
    if notifications.known(WORD, [day]):
        raise RuleBroken(_("You have left word about this customer today."), "text")
    about = (Customer.__tablename__, there.id)
    notifications.notify(WORD, people, key=day, about=about, by=by.id, text=text, called=called)


def ask_to_help(there: Customer, *, by: Viewer, called: str, reason: str) -> Approval:
    """Ask to become a helper; the owner decides, or who leads the owner's team. Raises RuleBroken."""
    return office.request(HELP, asked.subject(there), by=by, reason=reason, payload={"called": called})


def deciders(approval: Approval) -> dict[int, Scope]:
    there = asked.customer_of(approval)
    if there is None:
        return {}
    return requests.scopes(requests.people_over(Customer, there.id, EDIT, there.owner_id), EDIT)


def chain(approval: Approval) -> list[frozenset[int]]:
    there = asked.customer_of(approval)
    owner = [frozenset({there.owner_id})] if there and there.owner_id else []
    return [*owner, *access.leads_above(there.team_id if there else None)]


def facts(approval: Approval, viewer: Viewer) -> Facts:
    rows = [(_("The asker knows it as"), approval.payload["called"])]
    team = access.named(select(User).where(User.id == approval.requester_id))
    if viewer.id != approval.requester_id:
        rows.append((_("Who would help"), team[0][1]))
    return Facts(rows)


def tell(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Told]:
    """Who left word about which customer, as long as the reader sees it. Three statements."""
    there = asked.seen({row.record_id for row in rows if row.record_id is not None}, viewer)
    people = {row.facts["by"] for row in rows}
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return {
        row.id: Told(
            _("%(name)s left word about %(customer)s", name=names.get(row.facts["by"], ""), customer=about.shown_name),
            (row.facts["text"],), "customers.show", {"id": about.id},
        )
        for row in rows
        if (about := there.get(row.record_id or 0)) is not None
    }  # fmt: skip
