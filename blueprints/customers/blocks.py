"""The blocks of a customer's file: which of its facts stand together, and are changed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.words import _l

CUSTOM, TAGS = "more", "tags"


@dataclass(frozen=True)
class Block:
    """Facts that are read and changed together; `fields` are names of the form's fields."""

    label: Any
    fields: tuple[str, ...]


# The block of custom fields has those that the company gave itself
BLOCKS: Mapping[str, Block] = {
    "basics": Block(
        _l("Basics"),
        ("name", "short_name", "kind", "relationship_kind", "status", "lost_reason", "tier", "intent"),
    ),
    "reaching": Block(
        _l("How they like to be reached"),
        ("preferred_channel", "preferred_time", "language", "likes", "taboos"),
    ),
    "facts": Block(_l("Facts"), ("industry", "size", "source", "website", "credit_code")),
    "address": Block(_l("Address"), ("country", "province", "city", "district", "address", "postal_code")),
    "person": Block(_l("Person"), ("gender", "birthday")),
    CUSTOM: Block(_l("More facts"), ()),
    TAGS: Block(_l("Tags"), ("tags",)),
    "note": Block(_l("Remark"), ("note",)),
}
