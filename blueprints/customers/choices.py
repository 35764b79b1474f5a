"""What the forms and filters of customers offer to choose from, within the view of whoever chooses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, or_, select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import search
from blueprints.customers.models import Customer, CustomerTag, Tag
from core import kinds
from core.db import db
from core.prepared import prepared
from core.rights import Right, Scope, Viewer
from core.words import _

MOST_TAGS = 200


def owner_choices(viewer: Viewer, right: Right, *, nobody: bool = False) -> list[tuple[str, str]]:
    """The people whom a person may make owner, as choices of user names."""
    people = access.owner_names(viewer, right)
    alone = viewer.scope(right) is Scope.OWN
    return people if alone or not nobody else [("", str(_("nobody yet"))), *people]


def possible_helpers(customer: Customer) -> list[tuple[int, str]]:
    """Id and name of everybody but the owner who may see customers at all, and of whoever helps already."""
    seeing = access.seeing_customers().with_only_columns(User.id).order_by(None)
    helping = [helper.user_id for helper in customer.helpers]
    people = access.living_users().where(or_(User.id.in_(seeing), User.id.in_(helping)))
    return [(id, name) for id, name in access.named(people, User.id) if id != customer.owner_id]


def helper_choices() -> list[tuple[str, str]]:
    """User name and name of everybody who may see customers, so that they can help with some."""
    return access.named(access.seeing_customers())


def filter_choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What the list can be filtered by: owners and teams within the person's view, and tags."""
    if viewer.scope(Right.CUSTOMERS_SEE) is Scope.OWN:
        return {"owner": [], "team": [], "tag": tag_choices(viewer)}
    owners = access.colleague_names(viewer, Right.CUSTOMERS_SEE)
    branch = None if viewer.scope(Right.CUSTOMERS_SEE) is Scope.ALL else viewer.branch_ids
    return {
        "owner": [*owners, ("-", str(_("without an owner")))],
        "team": access.team_names(branch),
        "tag": tag_choices(viewer),
    }


def tag_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """The tags that customers within the person's view wear."""
    return [(name, name) for name in db.session.scalars(_worn(viewer, search.few(viewer)))]


@prepared
def _worn(viewer: Viewer, few: bool) -> Select[Any]:
    seen = kinds.reach(Customer, viewer, Right.CUSTOMERS_SEE)
    of_own = select(CustomerTag.tag_id).where(CustomerTag.customer_id.in_(select(Customer.id).where(seen)))
    # In a wide view the first customer with a tag is most often within it: no need to look at all of them.
    somewhere = exists().where(CustomerTag.tag_id == Tag.id, Customer.id == CustomerTag.customer_id, seen)
    worn = Tag.id.in_(of_own) if few else somewhere
    return select(Tag.name).where(worn).order_by(Tag.name).limit(MOST_TAGS)
