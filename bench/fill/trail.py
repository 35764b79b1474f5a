"""The change sets that a synthetic customer would have left: made, changed, talked to."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from core import clock

Add = Callable[[str, dict[str, Any]], dict[str, Any]]


def of_customer(
    add: Add,
    customer: dict[str, Any],
    person: dict[str, Any] | None,
    points: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    random: Random,
) -> None:
    """The set that made the file; for every third one that changed it; one for the last contact."""
    made = _set(add, customer, "customer.created", customer["created_at"])
    _change(add, made, customer, "customers", customer["id"])
    if person:
        _change(add, made, customer, "people", person["id"])
    for point in points:
        _change(add, made, customer, "contact_points", point["id"])
    if random.random() < 0.33:
        changed = _set(add, customer, "customer.updated", customer["created_at"])
        earlier = {"note": "到过展会"}
        _change(add, changed, customer, "customers", customer["id"], "update", earlier, {"note": None})
    if contacts:
        said = _set(add, customer, "interaction.logged", contacts[-1]["happened_at"])
        _change(add, said, customer, "interactions", contacts[-1]["id"])


def _set(add: Add, customer: dict[str, Any], verb: str, at: Any) -> int:
    row = {
        "at": at, "on_day": clock.day_of(at), "user_id": customer["talker_id"], "actor": customer["talker"],
        "source": "web", "address": "127.0.0.1", "verb": verb, "reason": None, "undoes_id": None,
    }  # fmt: skip
    return int(add("change_sets", row)["id"])


def _change(
    add: Add,
    set_id: int,
    customer: dict[str, Any],
    table: str,
    record_id: int,
    action: str = "insert",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    row = {
        "set_id": set_id, "action": action, "record_table": table, "record_id": record_id,
        "root_table": "customers", "root_id": customer["id"],
        "record_version": 1 if action == "insert" else 2, "before": before, "after": after,
    }  # fmt: skip
    add("changes", row)
