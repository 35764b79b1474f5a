"""The words of the trail for contacts and planned contacts."""

from __future__ import annotations

from blueprints.customers.words import CHANNELS
from blueprints.interactions import words
from core import importways, parts
from core.parts import Part
from core.words import _, _l

STATES = {"open": _l("planned"), "done": _l("done"), "skipped": _l("skipped"), "replaced": _l("replaced")}

parts.declare(
    Part(
        "interactions",
        _l("Contact"),
        {
            "channel": _l("Channel"),
            "direction": _l("Who began"),
            "outcome": _l("Outcome"),
            "person_id": _l("Contact person"),
            "author_id": _l("Who talked"),
            "recorded_by_id": _l("Recorded by"),
            "happened_at": _l("When"),
            "minutes": _l("Length"),
            "purpose": _l("Purpose"),
            "summary": _l("What was said"),
            "feedback": _l("Feedback and concerns"),
            "mood": _l("Mood of the customer"),
            "refusal_reason": _l("Reason of the refusal"),
            "late_reason": _l("Why it is recorded late"),
        },
        {
            "channel": CHANNELS.get,
            "direction": words.DIRECTIONS.get,
            "outcome": words.OUTCOMES.get,
            "minutes": lambda minutes: _("%(n)s min", n=minutes),
            "purpose": words.PURPOSES.get,
            "mood": words.MOODS.get,
            "refusal_reason": words.REFUSALS.get,
            "late_reason": importways.reason,
        },
    ),
    Part(
        "planned_contacts",
        _l("Planned contact"),
        {
            "on_day": _l("Day"),
            "at_time": _l("Agreed hour"),
            "channel": _l("Channel"),
            "purpose": _l("Purpose"),
            "user_id": _l("Who does it"),
            "talking_points": _l("Talking points"),
            "state": _l("State"),
        },
        {"channel": CHANNELS.get, "purpose": words.PURPOSES.get, "state": STATES.get},
    ),
)
