"""The words of the trail for the parts of a customer file, and for what is journaled about customers."""

from __future__ import annotations

import re
from typing import Any

from blueprints.customers import words
from core import journal, parts
from core.journal import Event
from core.masking import masked
from core.parts import Part
from core.words import _l

_LONG_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}")


def _fields(*names: str) -> dict[str, Any]:
    return {name: words.FIELDS[name] for name in names}


parts.declare(
    Part(
        "contact_points",
        _l("Contact point"),
        {"kind": _l("Kind of contact point"), **_fields("value", "extension", "label", "bad", "person_id")},
        {"kind": words.POINT_KINDS.get},
    ),
    Part("people", _l("Contact person"), _fields("name", "form_of_address", "note")),
    Part(
        "affiliations",
        _l("Place of a contact person"),
        _fields("person_id", "position", "department", "decision_role", "primary"),
        {"decision_role": words.DECISION_ROLES.get},
    ),
    Part("customer_tags", _l("Tag"), _fields("tag_id")),
    Part("customer_helpers", _l("Helper"), _fields("user_id", "may_write")),
    Part(
        "relations",
        _l("Relation"),
        {
            "kind": _l("Relation"),
            "customer_id": _l("First side"),
            "other_id": _l("Second side"),
            "since": _l("Begins on"),
            "until": _l("Ends on"),
            "remark": _l("Remark"),
        },
        {"kind": words.RELATIONS.get},
    ),
)


def without_numbers(text: str) -> str:
    """A text with its long numbers masked: what somebody looked up may be a phone number."""
    return _LONG_NUMBER.sub(lambda found: masked("phone", found[0]), text)


def _all_without_numbers(texts: list[Any]) -> list[str]:
    return [without_numbers(str(text)) for text in texts]


_WAYS = {"new": _l("while making a file"), "import": _l("while importing")}

journal.declare(
    Event(
        "looked_up",
        _l("looked a customer up"),
        {"q": _l("Looked for"), "by": _l("Occasion"), "found": _l("Found")},
        {"q": without_numbers, "by": lambda way: _WAYS.get(way, way)},
    ),
    Event(
        "revealed",
        _l("looked at a masked number"),
        {"point_kind": _l("Kind of contact point"), "reason": _l("Reason")},
        {"point_kind": lambda kind: words.POINT_KINDS.get(kind, kind)},
    ),
    Event("opened", _l("opened a file with its numbers in clear")),
    Event(
        "exported",
        _l("exported customers"),
        {"rows": _l("Rows"), "filters": _l("Filters in force")},
        {"filters": _all_without_numbers},
    ),
)
