"""Ask that two files be merged: for whoever sees both, and may merge none. Whoever says yes merges them."""

from __future__ import annotations

from collections.abc import Sequence

from blueprints.access import queries as access
from blueprints.customers import asked, queries
from blueprints.customers.models import Customer
from blueprints.office import actions as office
from blueprints.office import queries as requests
from blueprints.office.queries import Approval, Facts
from core import kinds
from core.addresses import url_for
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.languages import day
from core.rights import Right, Scope, Viewer
from core.words import _

KIND, OTHER = "customers.merge", "other"
MERGE = Right.CUSTOMERS_MERGE


def may_ask(viewer: Viewer) -> bool:
    """Whether somebody who sees two files may ask to merge them."""
    return MERGE in viewer.asks or viewer.may(MERGE)


def to_merge(customer: Customer, viewer: Viewer, q: str, most: int = 12) -> Sequence[Customer]:
    """Which other files a person may mean, of those that they see."""
    found = queries.find(viewer, q, most=most + 1) if q else []
    return [each for each in found if each.id != customer.id][:most]


def ask_to_merge(customer: Customer, other: Customer, *, by: Viewer, reason: str) -> Approval:
    """Ask that two files be merged; both have been taken through the right to see them. Raises Refused, RuleBroken."""
    if not may_ask(by):
        raise Refused(refusal(MERGE))
    if customer.id == other.id:
        raise RuleBroken(_("Choose another file."), "other")
    if len(kinds.held(Customer, by, MERGE, [customer.id, other.id])) > 1:
        raise RuleBroken(_("You may merge these files yourself."))
    return office.request(KIND, asked.subject(customer), by=by, reason=reason, payload={OTHER: other.id})


def both(approval: Approval) -> list[Customer]:
    """The two files, as far as they are there; one where they were merged meanwhile."""
    found = [asked.living(id) for id in (approval.record_id, int(approval.payload[OTHER]))]
    return list({customer.id: customer for customer in found if customer is not None}.values())


def stand(approval: Approval) -> bool:
    """Whether there still are two."""
    return len(both(approval)) > 1


def deciders(approval: Approval) -> dict[int, Scope]:
    """Who may merge both."""
    files = both(approval)
    if len(files) < 2:
        return {}
    first, second = (requests.people_over(Customer, file.id, MERGE) for file in files)
    return requests.scopes({id: who for id, who in first.items() if id in second}, MERGE)


def chain(approval: Approval) -> list[frozenset[int]]:
    """Those who lead the team of the one file, then of the other."""
    return [level for file in both(approval) for level in access.leads_above(file.team_id)]


def facts(approval: Approval, viewer: Viewer) -> Facts:
    """Both files side by side, for who sees both."""
    ids = (approval.record_id, int(approval.payload[OTHER]))
    found = asked.seen(ids, viewer)
    files = [found[id] for id in ids if id in found]
    if len(files) < 2:
        return Facts()
    head = [{"key": "what", "label": _("Files")}, *({"key": str(f.id), "label": f.shown_name} for f in files)]
    sides = [
        (_("Name"), *(file.name for file in files)),
        (_("Number"), *(file.number for file in files)),
        (_("Owner"), *(asked.owner_of(file)[1] for file in files)),
        (_("Last contact"), *(_day(file) for file in files)),
    ]
    return Facts(head=head, sides=sides)


def _day(customer: Customer) -> str:
    return day(customer.last_contact_on) if customer.last_contact_on else _("none yet")


def check(approval: Approval, by: Viewer) -> None:
    """Raises Refused or RuleBroken where whoever says yes could not merge both."""
    files = both(approval)
    if len(files) < 2:
        raise RuleBroken(_("These files are one already."))
    if len(kinds.held(Customer, by, MERGE, [file.id for file in files])) < len(files):
        raise Refused(refusal(MERGE))


def onward(approval: Approval) -> str:
    """Where the two are merged, field by field."""
    return url_for("customers_merge.show", id=[file.id for file in both(approval)])
