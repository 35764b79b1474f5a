"""What hangs on many customers at once: tags off, helpers on and off; and many into the bin."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from blueprints.access import queries as access
from blueprints.access.models import User
from blueprints.customers import actions, holds, queries, rules
from blueprints.customers.models import Customer, CustomerHelper, CustomerTag
from core import changes, clock
from core.change_sets import Change, ChangeSet
from core.db import db
from core.errors import RuleBroken
from core.names import shadow
from core.rights import Right, Scope, Viewer
from core.words import _

BULK_BINNED = "customer.bulk_binned"


def untag_many(ids: Sequence[int], names: Sequence[str], *, by: Viewer) -> int:
    """Take tags off many customers; answers how many wore one. Raises Refused, RuleBroken."""
    changes.record(actions.BULK_CHANGED)
    check_many(ids, by)
    worn = worn_by(ids, names)
    changes.bulk_delete(CustomerTag, [id for _customer, id in worn])
    return len({customer for customer, _id in worn})


def worn_by(ids: Sequence[int], names: Sequence[str]) -> list[tuple[int, int]]:
    """Customer and tagging for each of these tags that one of these customers wears."""
    tags = [tag.id for tag in queries.tags_named([shadow(name) for name in names]).values()]
    wanted = select(CustomerTag.customer_id, CustomerTag.id).where(
        CustomerTag.customer_id.in_(ids), CustomerTag.tag_id.in_(tags)
    )
    return [(customer_id, id) for customer_id, id in db.session.execute(wanted)]


def check_many(ids: Sequence[int], by: Viewer) -> None:
    """Raises Refused or RuleBroken where somebody may not edit all of these at once."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    actions.check_all(ids, by, Right.CUSTOMERS_BULK, Right.CUSTOMERS_EDIT)


def help_many(ids: Sequence[int], user_id: int, *, may_write: bool, by: Viewer) -> int:
    """Make somebody a helper of many customers but their own; answers of how many. Raises Refused, RuleBroken."""
    changes.record(actions.BULK_CHANGED)
    check_many(ids, by)
    check_helper(user_id)
    helped = set(helped_by(ids, user_id)) | owned_by(ids, user_id)
    rows = [
        {"customer_id": id, "user_id": user_id, "may_write": may_write}
        for id in dict.fromkeys(ids)
        if id not in helped
    ]
    changes.bulk_insert(CustomerHelper, rows)
    return len(rows)


def check_helper(user_id: int) -> None:
    """Raises RuleBroken for somebody who sees no customers, or has left."""
    seeing = access.seeing_customers().with_only_columns(User.id).where(User.id == user_id).order_by(None)
    if not access.stays(user_id) or db.session.scalar(seeing) is None:
        raise RuleBroken(_("This person sees no customers and cannot help."), "help")


def unhelp_many(ids: Sequence[int], user_id: int, *, by: Viewer) -> int:
    """Let somebody help with these customers no more; answers with how many they did. Raises Refused, RuleBroken."""
    changes.record(actions.BULK_CHANGED)
    check_many(ids, by)
    helped = helped_by(ids, user_id)
    changes.bulk_delete(CustomerHelper, helped.values())
    return len(helped)


def helped_by(ids: Sequence[int], user_id: int) -> dict[int, int]:
    """Customer → the row by which somebody helps with it."""
    mine = CustomerHelper.user_id == user_id
    wanted = select(CustomerHelper.customer_id, CustomerHelper.id).where(
        mine, CustomerHelper.customer_id.in_(ids)
    )
    return {customer_id: id for customer_id, id in db.session.execute(wanted)}  # noqa: C416


def owned_by(ids: Sequence[int], user_id: int) -> set[int]:
    """Which of these customers somebody owns."""
    return set(
        db.session.scalars(select(Customer.id).where(Customer.id.in_(ids), Customer.owner_id == user_id))
    )


def bin_many(ids: Sequence[int], *, by: Viewer) -> int:
    """Put many files into the bin; answers how many. Raises Refused, RuleBroken."""
    changes.record(BULK_BINNED)
    check_bin_many(ids, by=by)
    values = {"deleted_at": clock.now(), "deleted_by_id": by.id}
    return changes.bulk_update(Customer, Customer.id.in_(ids), values)


def check_bin_many(ids: Sequence[int], *, by: Viewer) -> None:
    """Raises Refused or RuleBroken where `bin_many` would; writes nothing."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    actions.check_all(ids, by, Right.CUSTOMERS_BULK, Right.CUSTOMERS_BIN)
    if holds.held_of(ids):
        raise RuleBroken(
            _("A legal hold stands on some of these files: they must be kept until it is lifted.")
        )
    if set(ids) - may_be_binned(ids, by):
        rules.check_bin(Scope.OWN, clock.now(), clock.now(), created_by_self=False)


def may_be_binned(ids: Sequence[int], by: Viewer) -> set[int]:
    """Which of these files the rule on the bin lets somebody delete."""
    free = set(ids) - holds.held_of(ids)
    if (by.scope(Right.CUSTOMERS_BIN) or Scope.OWN) is not Scope.OWN:
        return free
    made = (
        select(Change.record_id)
        .join(ChangeSet, ChangeSet.id == Change.set_id)
        .where(Change.record_table == "customers", Change.record_id.in_(ids), Change.action == "insert")
        .where(ChangeSet.user_id == by.id)
    )
    fresh = Customer.created_at >= clock.now() - rules.OWN_BIN_WINDOW
    return set(
        db.session.scalars(select(Customer.id).where(Customer.id.in_(free), fresh, Customer.id.in_(made)))
    )
