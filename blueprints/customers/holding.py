"""What a file holds beside its own columns, kept on its row: whether there are people, numbers, addresses to write to.

So how complete a file is follows from the row alone, and lists are filtered and sorted by it along an index.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

PHONES = ("mobile", "phone")
WRITTEN = ("email", "wechat", "wecom", "qq")


def held(points: Iterable[Any], people: Iterable[Any]) -> dict[str, bool]:
    """The columns that these contact points and people make."""
    usable = {point.kind for point in points if not point.bad}
    return {
        "has_person": any(True for _person in people),
        "has_phone": not usable.isdisjoint(PHONES),
        "has_written": not usable.isdisjoint(WRITTEN),
    }


def mark(customer: Any) -> None:
    """Fill them in a customer whose people and contact points are at hand."""
    for name, value in held(customer.points, customer.affiliations).items():
        if getattr(customer, name) != value:
            setattr(customer, name, value)
