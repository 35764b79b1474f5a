"""Changes of owner, status, tier and intent, and the making of a file, as entries of its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from blueprints.access import queries as access
from blueprints.customers import words
from blueprints.customers.models import Customer
from core import timelines
from core.timelines import Asked, Source
from core.words import _l

KIND = "change"
COLUMNS = ("owner_id", "status", "lost_reason", "tier", "intent")


def source() -> Source:
    """What was changed of a customer that colleagues go by."""
    known = frozenset({timelines.AUTHOR})
    return Source(KIND, _l("Changes"), "customers/_moment.html", _changed, known, _authors)


def _authors(customer: Customer) -> Select[Any]:
    return access.changers(Customer.__tablename__, customer.id, COLUMNS)


def _changed(asked: Asked) -> Iterator[tuple[datetime, int, Any]]:
    labels = {str(words.FIELDS[name]) for name in COLUMNS}
    for entry in access.changes_of(Customer.__tablename__, COLUMNS, labels, asked, KIND):
        yield entry.change_set.at, entry.id, entry
