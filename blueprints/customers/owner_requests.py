"""Ask for another owner: for whoever may not give a customer away, or not as far as that."""

from __future__ import annotations

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import asked
from blueprints.customers.models import Customer
from blueprints.office import actions as office
from blueprints.office import queries as requests
from blueprints.office.queries import Approval, Facts
from core import kinds
from core.db import db
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.languages import day
from core.rights import Right, Scope, Viewer
from core.words import _

KIND = "customers.owner"
ASSIGN = Right.CUSTOMERS_ASSIGN


def may_ask(customer: Customer, viewer: Viewer) -> bool:
    """Whether somebody who sees a customer may ask for another owner."""
    return ASSIGN in viewer.asks or viewer.may(ASSIGN)


def owner_choices(customer: Customer) -> list[tuple[str, str]]:
    """User name and name of all who may see customers, but the present owner."""
    people = access.named(access.seeing_customers())
    present = customer.owner.username if customer.owner else None
    return [(username, name) for username, name in people if username != present]


def ask_for_owner(customer: Customer, owner: User | None, *, by: Viewer, reason: str) -> Approval:
    """Ask that a customer gets another owner. Raises Refused, RuleBroken."""
    if not may_ask(customer, by):
        raise Refused(refusal(ASSIGN))
    if owner is None or owner.id == customer.owner_id or not owner.is_living:
        raise RuleBroken(_("Choose who is to own it from now on."), "owner")
    if kinds.holds(customer, by, ASSIGN) and access.is_owner_within(by, ASSIGN, owner.id):
        raise RuleBroken(_("You may give it to %(name)s yourself.", name=owner.name), "owner")
    return office.request(KIND, asked.subject(customer), by=by, reason=reason, payload={"owner": owner.id})


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who may give this customer to that owner."""
    customer = asked.customer_of(approval)
    if customer is None:
        return {}
    receiver = int(approval.payload["owner"])
    team = access.main_team_ids([receiver]).get(receiver)
    people = requests.people_over(Customer, customer.id, ASSIGN)
    return requests.scopes({id: who for id, who in people.items() if reaches(who, ASSIGN, team)}, ASSIGN)


def chain(approval: Approval) -> list[frozenset[int]]:
    """Those who lead the team that the customer belongs to, then those above whoever asks."""
    customer = asked.customer_of(approval)
    theirs = access.main_team_ids([approval.requester_id]).get(approval.requester_id)
    return [*access.leads_above(customer.team_id if customer else None), *access.leads_above(theirs)]


def parties(approval: Approval) -> list[int]:
    """Who has the customer, and who would get it."""
    customer = asked.customer_of(approval)
    present = customer.owner_id if customer else None
    return [int(approval.payload["owner"]), *([present] if present is not None else [])]


def reaches(viewer: Viewer, right: Right, team_id: int | None) -> bool:
    """Whether a right of somebody reaches the people whose main team this is."""
    scope = viewer.scope(right) or Scope.OWN
    within = {Scope.OWN: frozenset[int](), Scope.TEAM: viewer.team_ids, Scope.BRANCH: viewer.branch_ids}
    return scope is Scope.ALL or team_id in within[scope]


def facts(approval: Approval, viewer: Viewer) -> Facts:
    wanted = db.session.get_one(User, int(approval.payload["owner"]))
    rows = [(_("New owner"), access.named(select(User).where(User.id == wanted.id))[0][1])]
    if (customer := asked.seen([approval.record_id], viewer).get(approval.record_id)) is not None:
        last = day(customer.last_contact_on) if customer.last_contact_on else _("none yet")
        rows += [asked.owner_of(customer), (_("Last contact"), last)]
    return Facts(rows)
