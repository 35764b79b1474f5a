"""One large family: a company at the top, some below it, and many below those."""

from __future__ import annotations

from typing import Any

SIZE, BRANCHES = 500, 20
KIND = "parent"


def of_customer(customer: dict[str, Any]) -> dict[str, Any] | None:
    """The tie of a customer to the one above it, None for those outside; the first customers are the family."""
    id = customer["id"]
    if not 1 < id <= SIZE:
        return None
    above = 1 if id <= BRANCHES + 1 else 2 + id % BRANCHES
    stamps = {"created_at": customer["created_at"], "updated_at": customer["created_at"]}
    return {"customer_id": above, "other_id": id, "kind": KIND, "since": customer["since"], **stamps}
