"""Collision requests (撞单申请): somebody claims a customer that another team looks after, and who stands above both
rules. The asker is told no more than the look-up told them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import asked, collision_rules, queries, rulings, words
from blueprints.customers.collision_rules import Talks
from blueprints.customers.models import Customer
from blueprints.customers.owner_requests import reaches
from blueprints.customers.rulings import CollisionRuling
from blueprints.office import actions as office
from blueprints.office import queries as requests
from blueprints.office.queries import Approval, ApprovalForm, Facts
from core import clock, events, fields, settings
from core.db import db
from core.errors import RuleBroken
from core.languages import day
from core.rights import Right, Scope, Viewer
from core.words import _, _l

KIND, RULED = "customers.collision", "customer.ruled"
PROTECTION = "customers.protection_days"
ASSIGN = Right.CUSTOMERS_ASSIGN


class RulingForm(ApprovalForm):
    """Whose the customer is, and how the credit is shared."""

    ruling = fields.choice(_l("Ruling"), list(words.RULINGS.items()), radio=True, required=True)
    split = fields.choice(
        _l("Credit"), list(words.SPLITS.items()), radio=True, default="whole", required=True
    )
    own = fields.whole(
        _l("The asker's part in per cent"), most=100, description=_l("Only for a split of your own.")
    )


def claim(customer: Customer, *, by: Viewer, called: str, reason: str, met_on: date | None) -> Approval:
    """Claim a customer of others. `called`: what the asker knows it as; `met_on`: their first real contact, they say.

    Raises RuleBroken.
    """
    if met_on is not None and met_on > clock.today():
        raise RuleBroken(_("Give today or an earlier day."), "met_on")
    if by.id == customer.owner_id:
        raise RuleBroken(_("You look after this customer yourself."))
    payload = {"called": called, "met_on": met_on.isoformat() if met_on else None}
    sides = [user_id for user_id in (customer.owner_id, by.id) if user_id is not None]
    leads = frozenset[int]().union(*access.leads_of(sides).values())
    subject = asked.subject(customer)
    return office.request(KIND, subject, by=by, reason=reason, payload=payload, readers=leads - {by.id})


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who stands above both: may give this customer to the asker, and is neither of the two."""
    customer = asked.customer_of(approval)
    if customer is None:
        return {}
    team = _team_of(approval.requester_id)
    people = requests.people_over(Customer, customer.id, ASSIGN)
    above = {id: who for id, who in people.items() if id != customer.owner_id and reaches(who, ASSIGN, team)}
    return requests.scopes(above, ASSIGN)


def chain(approval: Approval) -> list[frozenset[int]]:
    """Those who lead the nearest team above both, and up."""
    customer, own = asked.customer_of(approval), _team_of(approval.requester_id)
    tree = access.parents()
    theirs = access.upwards(customer.team_id if customer else None, tree)
    common = [team for team in access.upwards(own, tree) if team in theirs]
    return access.leads_above(common[0]) if common else []


def _team_of(user_id: int) -> int | None:
    return access.main_team_ids([user_id]).get(user_id)


def facts(approval: Approval, viewer: Viewer) -> Facts:
    """For who sees the customer, both sides; for others what the asker said, and what was ruled."""
    met_on = approval.payload.get("met_on")
    rows = [
        (_("The asker knows it as"), approval.payload["called"]),
        (_("First real contact, the asker says"), day(date.fromisoformat(met_on), year=True) if met_on else None),
        *_ruled(approval),
    ]  # fmt: skip
    customer = asked.seen([approval.record_id], viewer).get(approval.record_id)
    if customer is None or viewer.id == approval.requester_id:
        return Facts(rows)
    maker = db.session.get(User, queries.created_by(customer.id) or 0)
    made_on = day(clock.day_of(customer.created_at), year=True)
    made = _("%(day)s by %(name)s", day=made_on, name=maker.name if maker else _("Huifang"))
    sides = _sides(customer, approval)
    head = [
        {"key": "what", "label": _("Real contacts on record")},
        {"key": "owner", "label": customer.team.name if customer.team else _("without a team")},
        {"key": "asker", "label": _("%(name)s's side", name=approval.requester.name)},
    ]
    told = [
        (label, *(_said(getattr(side, name)) for side in sides))
        for label, name in (
            (_("The first"), "first"), (_("The first within the protection period"), "protected"),
            (_("The last"), "last"), (_("How many within the protection period"), "count"),
        )
    ]  # fmt: skip
    return Facts([*rows, asked.owner_of(customer), (_("File made"), made)], head, told, _hint(*sides))


def _said(value: date | int | None) -> str:
    return "—" if value is None else str(value) if isinstance(value, int) else day(value, year=True)


def _hint(owner: Talks, asker: Talks) -> str:
    wins = {
        None: _("Here it speaks for neither side: ask both of them."),
        "owner": _("Here that speaks for the present owner."),
        "asker": _("Here that speaks for whoever asks."),
    }[collision_rules.thumb(owner, asker)]
    return _(
        "Rule of thumb: the first real contact within the protection period of %(n)s days wins; both may share the"
        " credit. %(wins)s",
        n=settings.get(PROTECTION),
        wins=wins,
    )


def _sides(customer: Customer, approval: Approval) -> tuple[Talks, Talks]:
    """The real contacts of the owner's team and of the asker's; of one team, the asker's are those of theirs alone."""
    since = clock.day_of(approval.created_at) - timedelta(days=int(settings.get(PROTECTION)))
    talks = {
        author: Talks(*talked)
        for answer in events.ask("customer.talks", customer_id=customer.id, since=since)
        for author, talked in answer.items()
    }
    teams, own = access.main_team_ids(talks), _team_of(approval.requester_id)
    apart = own != customer.team_id
    askers = {id for id in talks if id == approval.requester_id or (apart and teams.get(id) == own)}
    owners = {id for id in talks if id == customer.owner_id or teams.get(id) == customer.team_id} - askers
    owner, asker = (collision_rules.together(talks[id] for id in side) for side in (owners, askers))
    return owner, asker


def _ruled(approval: Approval) -> list[tuple[Any, Any]]:
    found = rulings.of_request(approval.id) if approval.state != "open" else None
    return [(_("Ruling"), words.RULINGS[found.ruling]), (_("Credit"), credit(found))] if found else []


def credit(found: CollisionRuling) -> str:
    """How the credit is shared."""
    return _("owner %(owner)s %%, asker %(asker)s %%", owner=found.owner_share, asker=found.asker_share)
