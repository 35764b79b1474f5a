"""The words of the trail for the parts of a customer file, and for what is journaled about customers."""

from __future__ import annotations

import re
from typing import Any

from blueprints.customers import words
from core import importways, journal, parts
from core.journal import Event
from core.masking import masked
from core.parts import Part
from core.words import _l

_MASKS = {"mobile": "phone", "phone": "phone", "fax": "phone", "email": "mail"}
_LONG_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}")


def _fields(*names: str) -> dict[str, Any]:
    return {name: words.FIELDS[name] for name in names}


parts.declare(
    Part(
        "contact_points",
        _l("Contact point"),
        {
            "kind": _l("Kind of contact point"),
            **_fields("value", "extension", "label", "bad", "person_id", "added_by"),
        },
        {"kind": words.POINT_KINDS.get},
        masks={"value": lambda row: _MASKS.get(row.get("kind", ""), "other")},
    ),
    Part(
        "legal_holds",
        _l("Legal hold"),
        {
            "reason": _l("Reason"),
            "by_id": _l("By whom"),
            "lifted_at": _l("Lifted on"),
            "lifted_by_id": _l("Lifted by"),
        },
    ),
    Part(
        "erasures",
        _l("Erasure"),
        {"ground": _l("Ground"), "reason": _l("Remark"), "by_id": _l("By whom")},
        {"ground": words.ERASURE_GROUNDS.get},
    ),
    Part(
        "people",
        _l("Contact person"),
        _fields(
            "name",
            "form_of_address",
            "preferred_channel",
            "preferred_time",
            "language",
            "likes",
            "taboos",
            "note",
        ),
        {"preferred_channel": words.CHANNELS.get},
    ),
    Part(
        "affiliations",
        _l("Place of a contact person"),
        _fields("person_id", "position", "department", "decision_role", "primary"),
        {"decision_role": words.DECISION_ROLES.get},
    ),
    Part("customer_tags", _l("Tag"), _fields("tag_id")),
    Part("customer_helpers", _l("Helper"), _fields("user_id", "may_write")),
    Part(
        "customer_merges",
        _l("Merge"),
        {"gone_id": _l("Merged file"), "into_id": _l("File that stays"), "by_id": _l("By whom")},
    ),
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
    Part(
        "duplicate_rulings",
        _l("Not the same customer"),
        {
            "customer_id": _l("First file"),
            "other_id": _l("Second file"),
            "score": _l("Points that spoke for it"),
        },
    ),
    Part("collision_rulings", _l("Ruling on a collision"), words.RULING, {"ruling": words.RULINGS.get}),
    Part(
        "needs",
        _l("Need"),
        {
            "what": _l("What they need"),
            "since": _l("Since when"),
            "importance": _l("How important"),
            "met_on": _l("Met on"),
            "met_by": _l("Met by what"),
            "remark": _l("Remark"),
        },
        {"importance": words.IMPORTANCES.get},
    ),
    Part(
        "exit_talks",
        _l("Exit talk"),
        {
            "on_day": _l("On what day"),
            "talked_by_id": _l("Who talked to them"),
            "with_whom": _l("With whom"),
            "reason": _l("Reason of the loss"),
            "competitor": _l("To whom they go"),
            "why": _l("What made them leave"),
            "back_if": _l("What would bring them back"),
        },
        {"reason": words.LOST_REASONS.get},
    ),
    Part(
        "special_days",
        _l("Special day"),
        {
            "kind": _l("What is special"),
            "person_id": _l("Of whom"),
            "calendar": _l("Solar or lunar"),
            "year": _l("Year"),
            "month": _l("Month"),
            "day": _l("Day"),
            "leap": _l("In the leap month"),
            "remark": _l("Remark"),
        },
        {"kind": words.DAY_KINDS.get, "calendar": words.CALENDARS.get},
    ),
    Part(
        "paper_numbers",
        _l("Paper or account"),
        {
            "kind": _l("What it is"),
            "person_id": _l("Holder"),
            "value": _l("Number of the paper or account"),
            "issuer": _l("Bank or issuing authority"),
            "remark": _l("Remark"),
        },
        {"kind": words.PAPERS.get},
    ),
    Part(
        "consents",
        _l("Consent"),
        {
            "purpose": _l("For what"),
            "state": _l("What they said"),
            "on_day": _l("On what day"),
            "channel": _l("How they said it"),
            "remark": _l("Remark"),
            "recorded_by_id": _l("Recorded by"),
        },
        {
            "purpose": words.CONSENT_PURPOSES.get,
            "state": words.CONSENT_STATES.get,
            "channel": words.CHANNELS.get,
            "remark": importways.reason,
        },
    ),
)


def without_numbers(text: str) -> str:
    """A text with its long numbers masked: what somebody looked up may be a phone number."""
    return _LONG_NUMBER.sub(lambda found: masked("phone", found[0]), text)


def _all_without_numbers(texts: list[Any]) -> list[str]:
    return [without_numbers(str(text)) for text in texts]


_PAGES = {
    "list": _l("in a list"), "brief": _l("to contact them"), "duplicates": _l("among likely duplicates"),
}  # fmt: skip
_WAYS = {"new": _l("while making a file"), "import": _l("while importing")}

journal.declare(
    Event(
        "looked_up",
        _l("looked a customer up"),
        {"q": _l("Looked for"), "by": _l("Occasion"), "found": _l("Found"), "beyond": _l("Not told")},
        {"q": without_numbers, "by": lambda way: _WAYS.get(way, way)},
    ),
    Event(
        "revealed",
        _l("looked at a masked number"),
        {
            "point_kind": _l("Kind of contact point"),
            "field": _l("Custom field"),
            "paper_kind": _l("Paper or account"),
            "reason": _l("Reason"),
        },
        {
            "point_kind": lambda kind: words.POINT_KINDS.get(kind, kind),
            "paper_kind": lambda kind: words.PAPERS.get(kind, kind),
        },
    ),
    Event(
        "exported_file",
        _l("exported everything about a customer"),
        {"reason": _l("Reason"), "approved_by": _l("Approved by")},
    ),
    Event(
        "opened",
        _l("opened a file with its numbers in clear"),
        {"where": _l("Where")},
        {"where": lambda where: _PAGES.get(where, where)},
    ),
    Event(
        "exported_again",
        _l("fetched an export of customers again"),
        {"approved_by": _l("Approved by")},
    ),
    Event(
        "exported",
        _l("exported customers"),
        {"rows": _l("Rows"), "filters": _l("Filters in force"), "approved_by": _l("Approved by")},
        {"filters": _all_without_numbers},
    ),
)
