"""What is done when somebody says yes to a request about customers, and all that is particular to each kind of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from blueprints.access.models import User
from blueprints.customers import (
    actions,
    asked,
    collision_rules,
    collisions,
    everything_requests,
    export_requests,
    import_requests,
    merge_requests,
    owner_requests,
    reaching_owners,
)
from blueprints.customers.collision_rules import GOES, HELPS
from blueprints.customers.rulings import CollisionRuling
from blueprints.office import queries as requests
from blueprints.office.queries import Approval, ApprovalKind
from core import changes, clock
from core.db import db
from core.errors import RuleBroken
from core.rights import Right, Viewer
from core.words import _, _l

OWNER, COLLISION = _l("Change of owner"), _l("Collision request")
EVERYTHING = _l("Export everything about a customer")
HELP, MERGE = _l("Ask to help"), _l("Merge files")


def change_owner(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """The approver changes the owner, for the reason that the requester gave."""
    customer = asked.through(approval, Right.CUSTOMERS_ASSIGN, by)
    owner = db.session.get_one(User, int(approval.payload["owner"]))
    if customer.owner_id == owner.id:
        raise RuleBroken(_("%(name)s owns it already. Refuse the request, or leave it.", name=owner.name))
    actions.assign(customer, owner, by=by, reason=approval.reason)


def make_helper(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """Whoever asked helps from now on."""
    actions.add_helper(asked.through(approval, Right.CUSTOMERS_EDIT, by), approval.requester_id)


def rule(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """The owner stays, the customer goes to the asker, or the asker helps; and the credit is shared."""
    customer = asked.through(approval, Right.CUSTOMERS_ASSIGN, by)
    ruling = str(values["ruling"])
    owner_share, asker_share = collision_rules.shares(ruling, str(values["split"]), values.get("own"))
    asker = db.session.scalars(select(User).where(User.id == approval.requester_id)).one()
    changes.record(collisions.RULED, reason=approval.reason)
    row = CollisionRuling(
        customer_id=customer.id, approval_id=approval.id, ruling=ruling, owner_id=customer.owner_id, asker_id=asker.id,
        ruled_by_id=by.id, owner_share=owner_share, asker_share=asker_share, on_day=clock.today(),
        remark=approval.remark,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if ruling == GOES and customer.owner_id != asker.id:
        actions.assign(customer, asker, by=by, reason=approval.reason)
    elif ruling == HELPS:
        actions.add_helper(customer, asker.id)


def allow_merging(approval: Approval, by: Viewer, values: Mapping[str, Any]) -> None:
    """Nothing is merged yet: whoever said yes goes on to choose field by field."""
    merge_requests.check(approval, by)


requests.declare_approvals(
    ApprovalKind(
        name=owner_requests.KIND,
        label=OWNER,
        icon="user-share",
        titles=asked.titles(OWNER, lambda approval: _("a customer that is not yours to see")),
        facts=owner_requests.facts,
        deciders=owner_requests.deciders,
        approve=change_owner,
        stands=asked.stands,
        chain=owner_requests.chain,
        parties=owner_requests.parties,
        answer=_l("Approve, and change the owner"),
    ),
    ApprovalKind(
        name=collisions.KIND,
        label=COLLISION,
        icon="arrows-exchange",
        titles=asked.titles(COLLISION, asked.called),
        facts=collisions.facts,
        deciders=collisions.deciders,
        approve=rule,
        stands=asked.stands,
        chain=collisions.chain,
        form=collisions.RulingForm,
        answer=_l("Rule"),
        days=2,
    ),
    ApprovalKind(
        name=reaching_owners.HELP,
        label=HELP,
        icon="users",
        titles=asked.titles(HELP, asked.called),
        facts=reaching_owners.facts,
        deciders=reaching_owners.deciders,
        approve=make_helper,
        stands=asked.stands,
        chain=reaching_owners.chain,
        answer=_l("Approve, and make them a helper"),
        discreet=True,
    ),
    ApprovalKind(
        name=merge_requests.KIND,
        label=MERGE,
        icon="git-merge",
        titles=asked.titles(MERGE, lambda approval: _("customers that are not yours to see")),
        facts=merge_requests.facts,
        deciders=merge_requests.deciders,
        approve=allow_merging,
        stands=merge_requests.stand,
        chain=merge_requests.chain,
        answer=_l("Approve, and go on to merge them"),
        onward=merge_requests.onward,
        also=merge_requests.OTHER,
    ),
    ApprovalKind(
        name=export_requests.KIND,
        label=_l("Export customers"),
        icon="file-export",
        titles=export_requests.titles,
        facts=export_requests.facts,
        deciders=export_requests.deciders,
        approve=export_requests.allow,
        stands=export_requests.stands,
        answer=_l("Approve the export"),
        next_step=export_requests.next_step,
    ),
    ApprovalKind(
        name=everything_requests.KIND,
        label=EVERYTHING,
        icon="shield-lock",
        titles=asked.titles(EVERYTHING, lambda approval: _("a customer that is not yours to see")),
        facts=everything_requests.facts,
        deciders=everything_requests.deciders,
        approve=everything_requests.allow,
        stands=everything_requests.stands,
        answer=_l("Approve the export"),
        next_step=everything_requests.next_step,
    ),
    ApprovalKind(
        name=import_requests.KIND,
        label=_l("Import a list"),
        icon="file-import",
        titles=import_requests.titles,
        facts=import_requests.facts,
        deciders=import_requests.deciders,
        approve=import_requests.allow,
        stands=import_requests.stands,
        answer=_l("Approve the import"),
        next_step=import_requests.next_step,
    ),
)
