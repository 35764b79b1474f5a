"""The verbs of the customer file. Each obeys the rules, writes through the session, and flushes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import custom_values, holds, queries, rules, search
from blueprints.customers.archiving import archive as archive
from blueprints.customers.archiving import wake as wake
from blueprints.customers.collisions import claim as claim
from blueprints.customers.consents import note_consent as note_consent
from blueprints.customers.custom_values import Sent as Sent
from blueprints.customers.erasing import erase as erase
from blueprints.customers.exit_talks import note_talk as note_talk
from blueprints.customers.export_requests import ask_to_export as ask_to_export
from blueprints.customers.models import ContactPoint, Customer, CustomerHelper, CustomerTag
from blueprints.customers.needs import note_need as note_need
from blueprints.customers.owner_requests import ask_for_owner as ask_for_owner
from blueprints.customers.papers import note_paper as note_paper
from blueprints.customers.people import add_person as add_person
from blueprints.customers.people import add_point as add_point
from blueprints.customers.people import add_points
from blueprints.customers.people import affiliate as affiliate
from blueprints.customers.people import change_person as change_person
from blueprints.customers.people import change_point as change_point
from blueprints.customers.people import remove_person as remove_person
from blueprints.customers.people import remove_point as remove_point
from blueprints.customers.readings import note_opening as note_opening
from blueprints.customers.relations import relate as relate
from blueprints.customers.special_days import note_day as note_day
from blueprints.customers.tagging import set_tags as set_tags
from blueprints.customers.tagging import tags_for as tags_for
from core import changes, clock, counters, events, kinds, settings, versions
from core.db import db
from core.errors import Refused, RuleBroken
from core.kinds import refusal
from core.rights import Right, Scope, Viewer
from core.words import _

BULK_ASSIGNED, BULK_CHANGED = "customer.bulk_assigned", "customer.bulk_changed"


def create(values: Mapping[str, Any], by: Viewer) -> Customer:
    """Make a customer file.

    `values` holds columns of Customer, and `owner` (User; None: no owner), `phone`, `email`, `tags` (names), `custom`.
    Raises RuleBroken or Refused.
    """
    changes.record("customer.created")
    rules.check_status(values)
    rules.check_birthday(values.get("birthday"), clock.today())
    # Nothing is on a new file yet: its parts need not be asked for
    fresh = Customer(
        number=values.get("number") or fresh_number(), points=[], affiliations=[], taggings=[], helpers=[]
    )
    _set_columns(fresh, values)
    _give(fresh, values.get("owner"), by, Right.CUSTOMERS_CREATE)
    search.name(fresh)
    db.session.add(fresh)
    db.session.flush()
    add_points(fresh, values)
    if values.get("tags") is not None:
        set_tags(fresh, values["tags"])
    custom_values.put(fresh, values.get("custom"))
    events.tell("customer.created", customer=fresh)
    search.refresh([fresh.id], fresh=True)
    return fresh


def derive(rows: Iterable[Customer | ContactPoint]) -> None:
    """Fill what is derived from name or value of rows that somebody is about to add in bulk."""
    for row in rows:
        if isinstance(row, Customer):
            search.name(row)
        else:
            search.fill_point(row, row.value)


def create_with_person(values: Mapping[str, Any], *, by: Viewer) -> Customer:
    """Make a customer file; where a contact person is named, phone and mail are theirs."""
    if not values.get("person_name"):
        return create(values, by)
    facts = {name: value for name, value in values.items() if name not in ("phone", "email")}
    person = {"name": values["person_name"], "form_of_address": values.get("form_of_address")}
    with search.at_the_end():
        fresh = create(facts, by)
        add_person(fresh, {**person, "phone": values.get("phone"), "email": values.get("email")})
    return fresh


def fresh_number() -> str:
    """The next customer number."""
    return rules.number_of(str(settings.get("customers.number_prefix")), counters.take("customers"))


def update(customer: Customer, values: Mapping[str, Any], *, version: int | None = None) -> Customer:
    """Change what `values` names and nothing else. Raises Stale if the file has another version by now."""
    changes.record("customer.updated")
    check_version(customer, version)
    custom_values.check_opened(customer, values.get("custom"))
    rules.check_status({"lost_reason": customer.lost_reason, **values})
    rules.check_birthday(values.get("birthday"), clock.today())
    before = (customer.tier, customer.intent, customer.status)
    _set_columns(customer, values)
    if values.get("tags") is not None:
        set_tags(customer, values["tags"])
    custom_values.put(customer, values.get("custom"))
    search.name(customer)
    if before != (customer.tier, customer.intent, customer.status):
        events.tell("customer.graded", ids=[customer.id])
    return _kept(customer)


def check_version(customer: Customer, version: int | None) -> None:
    """Raises Stale if a page speaks of another version than the present one, which stays until the end."""
    if version is not None:
        versions.check(customer, version, _("Somebody else has changed this file since you opened it."))


def assign(customer: Customer, owner: User | None, *, by: Viewer, reason: str) -> None:
    """Give a customer to another owner; the team follows the owner's main team. Raises Refused, RuleBroken."""
    changes.record("customer.assigned", reason=reason)
    if not reason.strip():
        raise RuleBroken(_("Say why the owner changes."), "reason")
    _give(customer, owner, by, Right.CUSTOMERS_ASSIGN)
    _kept(customer)
    events.tell("customer.assigned", ids=[customer.id])


def assign_many(ids: Sequence[int], owner: User, *, by: Viewer, reason: str) -> int:
    """Give many customers to one owner at once; answers how many changed. Raises Refused, RuleBroken."""
    changes.record(BULK_ASSIGNED, reason=reason)
    check_assign_many(ids, owner, by=by, reason=reason)
    team_id = access.main_team_ids([owner.id]).get(owner.id)
    changed = changes.bulk_update(Customer, Customer.id.in_(ids), {"owner_id": owner.id, "team_id": team_id})
    let_helper_go(ids, owner.id)
    events.tell("customer.assigned", ids=list(ids))
    return changed


def let_helper_go(ids: Sequence[int], user_id: int) -> None:
    """Somebody, who may own these customers from now on, helps with them no more."""
    helping = select(CustomerHelper.id).where(
        CustomerHelper.customer_id.in_(ids), CustomerHelper.user_id == user_id
    )
    changes.bulk_delete(CustomerHelper, db.session.scalars(helping))


def check_assign_many(ids: Sequence[int], owner: User, *, by: Viewer, reason: str) -> None:
    """Raises Refused or RuleBroken where `assign_many` would; writes nothing."""
    if not reason.strip():
        raise RuleBroken(_("Say why the owner changes."), "reason")
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    check_all(ids, by, Right.CUSTOMERS_BULK, Right.CUSTOMERS_ASSIGN)
    _check_receiver(owner, by, Right.CUSTOMERS_ASSIGN)


def change_many(ids: Sequence[int], values: Mapping[str, Any], *, by: Viewer) -> int:
    """Set the same tier, intent or status on many customers; answers how many changed. Raises Refused, RuleBroken."""
    changes.record(BULK_CHANGED)
    check_change_many(ids, values, by=by)
    changed = changes.bulk_update(Customer, Customer.id.in_(ids), values)
    events.tell("customer.graded", ids=list(ids))
    return changed


def check_change_many(ids: Sequence[int], values: Mapping[str, Any], *, by: Viewer) -> None:
    """Raises Refused or RuleBroken where `change_many` would; writes nothing."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    rules.check_status(values)
    check_all(ids, by, Right.CUSTOMERS_BULK, Right.CUSTOMERS_EDIT)


def tag_many(ids: Sequence[int], names: Sequence[str], *, by: Viewer) -> int:
    """Put tags on many customers; answers how many got one. Raises Refused, RuleBroken."""
    changes.record(BULK_CHANGED)
    check_tag_many(ids, names, by=by)
    tags = tags_for(names)
    worn = queries.tagged(ids, [tag.id for tag in tags])
    missing = [(id, tag.id) for id in ids for tag in tags if (id, tag.id) not in worn]
    db.session.add_all(CustomerTag(customer_id=id, tag_id=tag_id) for id, tag_id in missing)
    db.session.flush()
    return len({id for id, _tag_id in missing})


def check_tag_many(ids: Sequence[int], names: Sequence[str], *, by: Viewer) -> None:
    """Raises Refused or RuleBroken where `tag_many` would; writes nothing."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    rules.check_tags(names)
    check_all(ids, by, Right.CUSTOMERS_BULK, Right.CUSTOMERS_EDIT)


def check_all(ids: Sequence[int], by: Viewer, *rights: Right) -> None:
    """Every record through every right being used, before the first write."""
    for right in rights:
        if not by.may(right) or len(kinds.held(Customer, by, right, ids)) != len(set(ids)):
            raise Refused(refusal(right))


def set_helpers(customer: Customer, wanted: Mapping[int, bool]) -> None:
    """Make just these people helpers: user id → whether they may edit. The owner needs no help from themselves."""
    changes.record("customer.helpers_changed")
    present = {helper.user_id: helper for helper in customer.helpers}
    for user_id in present.keys() - wanted.keys():
        customer.helpers.remove(present[user_id])
    for user_id, may_write in wanted.items():
        if user_id in present:
            present[user_id].may_write = may_write
        elif user_id != customer.owner_id:
            customer.helpers.append(CustomerHelper(user_id=user_id, may_write=may_write))
    db.session.flush()


def add_helper(customer: Customer, user_id: int) -> None:
    """Make somebody a helper who may read and log contacts, beside those who help already."""
    present = {helper.user_id: helper.may_write for helper in customer.helpers}
    set_helpers(customer, {user_id: False, **present})


def put_into_bin(customer: Customer, *, by: Viewer) -> None:
    """Delete a file: it waits in the bin. Raises RuleBroken where only a lead may."""
    changes.record("customer.binned")
    scope = by.scope(Right.CUSTOMERS_BIN) or Scope.OWN
    mine = queries.created_by(customer.id) == by.id
    rules.check_bin(scope, customer.created_at, clock.now(), created_by_self=mine)
    holds.check(customer.id)
    customer.deleted_at, customer.deleted_by_id = clock.now(), by.id
    db.session.flush()


def take_out_of_bin(customer: Customer) -> None:
    """Restore a deleted file; whoever has left meanwhile does not own it any more."""
    changes.record("customer.restored")
    customer.deleted_at = customer.deleted_by_id = None
    if customer.owner_id is not None and not access.stays(customer.owner_id):
        customer.owner_id = customer.owner = None
        _kept(customer)
        events.tell("customer.assigned", ids=[customer.id])
    db.session.flush()


def _give(customer: Customer, owner: User | None, by: Viewer, right: Right) -> None:
    """Set owner and team; an owner beyond the right's scope is refused."""
    if owner is not None:
        _check_receiver(owner, by, right)
        customer.owner_id, customer.owner = owner.id, owner
        mine = owner.id == by.id
        customer.team_id = by.team_id if mine else access.main_team_ids([owner.id]).get(owner.id)
    else:
        if (by.scope(right) or Scope.OWN) is Scope.OWN:
            raise Refused(refusal(right))
        customer.owner_id, customer.owner = None, None
        customer.team_id = customer.team_id or by.team_id
    customer.helpers = [helper for helper in customer.helpers if helper.user_id != customer.owner_id]


def _check_receiver(owner: User, by: Viewer, right: Right) -> None:
    if not access.stays(owner.id):
        raise RuleBroken(_("%(name)s is deactivated and can own nothing.", name=owner.name), "owner")
    if owner.id != by.id and not access.is_owner_within(by, right, owner.id):
        raise Refused(refusal(Right.CUSTOMERS_ASSIGN))


_COLUMNS = (
    "kind", "relationship_kind", "name", "short_name", "credit_code", "tier", "intent", "status", "lost_reason",
    "at_risk", "won_back", "source", "industry", "size", "website", "country", "province", "city", "district",
    "address", "postal_code", "gender", "birthday", "preferred_channel", "preferred_time", "language", "likes",
    "taboos", "note",
)  # fmt: skip


def _set_columns(customer: Customer, values: Mapping[str, Any]) -> None:
    for name in _COLUMNS:
        if name in values:
            setattr(customer, name, values[name] if values[name] != "" else None)
    if customer.status != "lost":
        customer.lost_reason = None


def _kept(customer: Customer) -> Customer:
    """Flush with the search terms up to date."""
    search.refresh([customer.id])
    return customer
