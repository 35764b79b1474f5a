"""The archive: files that are kept and found, but stand in no list and are due by no rhythm, until they come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from blueprints.customers import rules
from blueprints.customers.models import Customer
from core import changes, clock, events, kinds
from core.db import db
from core.errors import RuleBroken
from core.rights import Right, Viewer
from core.words import _

ARCHIVED, BROUGHT_BACK = "customer.archived", "customer.brought_back"
BULK_ARCHIVED, BULK_BROUGHT_BACK = "customer.bulk_archived", "customer.bulk_brought_back"
TOLD = "customer.archived"  # what areas listen to: these files were archived or brought back


def archived(viewer: Viewer) -> Select[Any]:
    """The archived files that the person may bring back."""
    mine = kinds.visible(Customer, viewer, Right.CUSTOMERS_BIN).where(Customer.archived_at.is_not(None))
    return mine.options(selectinload(Customer.owner))


def archive(customer: Customer, *, by: Viewer, reason: str) -> None:
    """Put a file away. What is planned with the customer rests until it comes back. Raises RuleBroken."""
    changes.record(ARCHIVED, reason=reason)
    if customer.archived_at is not None:
        raise RuleBroken(_("This file is in the archive already."))
    _check(reason)
    customer.archived_at, customer.archived_by_id, customer.archive_reason = clock.now(), by.id, reason
    _told([customer.id])


def bring_back(customer: Customer) -> None:
    """Take a file out of the archive, as it was. Raises RuleBroken for one that is not there."""
    changes.record(BROUGHT_BACK)
    if customer.archived_at is None:
        raise RuleBroken(_("This file is not in the archive."))
    wake(customer)


def wake(customer: Customer) -> None:
    """A customer whom somebody speaks with, or means to, is not one for the archive. The verb has been named."""
    if customer.archived_at is None:
        return
    customer.archived_at = customer.archived_by_id = customer.archive_reason = None
    _told([customer.id])


def archive_many(ids: Sequence[int], *, by: Viewer, reason: str) -> int:
    """Put many files away; answers how many were not yet. The rights over them have been looked at."""
    changes.record(BULK_ARCHIVED, reason=reason)
    check_many(ids, by=by, reason=reason)
    values = {"archived_at": clock.now(), "archived_by_id": by.id, "archive_reason": reason}
    open_ones = Customer.id.in_(ids) & Customer.archived_at.is_(None)
    changed = changes.bulk_update(Customer, open_ones, values)
    _told(ids)
    return changed


def bring_back_many(ids: Sequence[int], *, by: Viewer) -> int:
    """Take many files out of the archive; answers how many were in it. The rights over them have been looked at."""
    changes.record(BULK_BROUGHT_BACK)
    check_back_many(ids, by=by)
    values = {"archived_at": None, "archived_by_id": None, "archive_reason": None}
    changed = changes.bulk_update(Customer, Customer.id.in_(ids) & Customer.archived_at.is_not(None), values)
    _told(ids)
    return changed


def check_many(ids: Sequence[int], *, by: Viewer, reason: str) -> None:
    """Raises RuleBroken where `archive_many` would; writes nothing."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))
    _check(reason)


def check_back_many(ids: Sequence[int], *, by: Viewer) -> None:
    """Raises RuleBroken where `bring_back_many` would; writes nothing."""
    rules.check_bulk(by.grants.get(Right.CUSTOMERS_BULK), len(ids))


def resting(customer: Customer) -> list[tuple[Any, int]]:
    """What will rest with a file, in words and how many of it."""
    found = events.ask("customer.rests", customer=customer)
    return [(label, count) for label, count in found if count]


def _check(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Say why the file goes into the archive."), "reason")


def _told(ids: Sequence[int]) -> None:
    db.session.flush()
    events.tell(TOLD, ids=list(ids))
