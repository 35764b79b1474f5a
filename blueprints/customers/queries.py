"""Who sees which customers, and the rows of the customer pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import selectinload

from blueprints.customers.models import (
    Affiliation,
    ContactPoint,
    Customer,
    CustomerHelper,
    CustomerTag,
    Tag,
)
from core import clock, kinds
from core.changes import Change, ChangeSet
from core.db import db
from core.journal import JournalEntry
from core.policy import Clause, Policy
from core.rights import Right, Scope, Viewer

READING_HELPER = frozenset({Right.CUSTOMERS_SEE, Right.CUSTOMERS_CLEAR, Right.INTERACTIONS_LOG})
WRITING_HELPER = frozenset({Right.CUSTOMERS_EDIT, Right.CUSTOMERS_EDIT_POINTS})


def _helped(viewer: Viewer, *, writing: bool = False) -> ColumnElement[bool]:
    helped = select(CustomerHelper.customer_id).where(CustomerHelper.user_id == viewer.id)
    return Customer.id.in_(helped.where(CustomerHelper.may_write) if writing else helped)


POLICY = Policy(
    Customer,
    (
        Clause("owner", Scope.OWN, lambda v: Customer.owner_id == v.id, _l("is the owner")),
        Clause("helper", Scope.OWN, lambda v: _helped(v), _l("is a helper"), READING_HELPER),
        Clause(
            "writing_helper", Scope.OWN, lambda v: _helped(v, writing=True), _l("is a helper who may edit"),
            WRITING_HELPER,
        ),
        Clause("team", Scope.TEAM, lambda v: Customer.team_id.in_(sorted(v.team_ids)), _l("the customer belongs to their team")),
        Clause(
            "branch", Scope.BRANCH, lambda v: Customer.team_id.in_(sorted(v.branch_ids)),
            _l("the customer belongs to a team at or below theirs"),
        ),
        Clause("company", Scope.ALL, lambda v: true(), _l("the right reaches the whole company")),
    ),
)  # fmt: skip


def visible_customers(viewer: Viewer, right: Right = Right.CUSTOMERS_SEE) -> Select[tuple[Customer]]:
    """The living customers on which a person holds a right."""
    return kinds.visible(Customer, viewer, right)


def clear_ids(viewer: Viewer, ids: Sequence[int]) -> set[int]:
    """Of these customers, those whose numbers the person sees in clear."""
    return kinds.held(Customer, viewer, Right.CUSTOMERS_CLEAR, ids)


def whole(customer_id: int) -> Customer:
    """A customer with everything its file shows, in a constant number of statements."""
    return db.session.scalars(
        select(Customer)
        .where(Customer.id == customer_id)
        .options(
            selectinload(Customer.owner),
            selectinload(Customer.team),
            selectinload(Customer.affiliations).selectinload(Affiliation.person),
            selectinload(Customer.points),
            selectinload(Customer.taggings).selectinload(CustomerTag.tag),
            selectinload(Customer.helpers).selectinload(CustomerHelper.user),
        )
        .execution_options(populate_existing=True)
    ).one()


def points_like(*, normals: Sequence[str] = (), reversed_prefix: str = "") -> Select[tuple[int]]:
    """Ids of customers that one of these contact points belongs to."""
    ids = select(ContactPoint.customer_id)
    if reversed_prefix:
        upper = reversed_prefix[:-1] + chr(ord(reversed_prefix[-1]) + 1)
        return ids.where(ContactPoint.reversed >= reversed_prefix, ContactPoint.reversed < upper)
    return ids.where(ContactPoint.normal.in_(normals))


def tags_named(shadows: Sequence[str]) -> dict[str, Tag]:
    """Tags by the form they are matched by."""
    return {tag.shadow: tag for tag in db.session.scalars(select(Tag).where(Tag.shadow.in_(shadows)))}


def lookups_today(user_id: int) -> int:
    """How many exact look-ups a person has made on the company's present day."""
    begin: datetime = clock.at(clock.today(), datetime.min.time())
    counted = select(func.count()).where(
        JournalEntry.user_id == user_id, JournalEntry.kind == "looked_up", JournalEntry.at >= begin
    )
    return db.session.scalar(counted) or 0


def created_by(customer_id: int) -> int | None:
    """Who made a customer file."""
    return db.session.scalar(
        select(ChangeSet.user_id)
        .join(Change, Change.set_id == ChangeSet.id)
        .where(Change.record_table == "customers", Change.record_id == customer_id, Change.action == "insert")
    )


def tagged(ids: Sequence[int], tag_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Which of these customers wear which of these tags."""
    rows = select(CustomerTag.customer_id, CustomerTag.tag_id).where(
        CustomerTag.customer_id.in_(ids), CustomerTag.tag_id.in_(tag_ids)
    )
    return {(customer_id, tag_id) for customer_id, tag_id in db.session.execute(rows).tuples()}
