"""The next contact that each outcome proposes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from blueprints.interactions.proposals import Situation, propose
from blueprints.interactions.rhythms import DEFAULTS
from tests.interactions.calendars import OFFICE

GROUPS = {rhythm.group: rhythm for rhythm in DEFAULTS}
THURSDAY = date(2026, 11, 19)
MORNING = datetime(2026, 11, 19, 10, 30)  # noqa: DTZ001 - the wall clock
AFTERNOON = datetime(2026, 11, 19, 15)  # noqa: DTZ001


def case(**facts: Any) -> Situation:
    group = facts.pop("group", "tier_a")
    usual = {"channel": "phone", "outcome": "reached", "counts": True, "happened": MORNING, "today": THURSDAY}
    return Situation(**{**usual, "rhythm": GROUPS[group], "calendar": OFFICE, "tier": group[-1:], **facts})


@pytest.mark.parametrize(
    ("facts", "day", "channel", "half", "why"),
    [
        ({}, date(2026, 12, 3), "visit", None, "rhythm"),
        ({"preferred": "phone"}, date(2026, 12, 3), "phone", None, "rhythm"),
        ({"outcome": "refused"}, date(2026, 12, 3), "visit", None, "rhythm"),
        ({"channel": "wechat", "group": "tier_c"}, date(2027, 1, 18), "wechat", None, "rhythm"),
        ({"channel": "wechat", "texts": 1}, date(2026, 12, 3), "visit", None, "rhythm"),
        ({"channel": "wechat", "texts": 2}, date(2026, 12, 3), "phone", None, "texted"),
        ({"channel": "wechat", "texts": 2, "group": "tier_b"}, date(2026, 12, 21), "phone", None, "rhythm"),
        ({"channel": "visit", "texts": 3}, date(2026, 12, 3), "visit", None, "rhythm"),
        ({"outcome": "no_answer", "counts": False}, date(2026, 11, 20), "phone", "pm", "other_half"),
        (
            {"outcome": "off", "counts": False, "tries": 2, "happened": AFTERNOON},
            date(2026, 11, 20), "phone", "am", "other_half",
        ),
        ({"outcome": "hung_up", "counts": False}, date(2026, 11, 20), "phone", "pm", "other_half"),
        (
            {"outcome": "no_answer", "counts": False, "tries": 3},
            date(2026, 11, 20), "wechat", None, "other_way",
        ),
        (
            {"channel": "wechat", "outcome": "sent_no_reply", "counts": False},
            date(2026, 11, 23), "phone", None, "no_reply",
        ),
        ({"outcome": "wrong_number", "counts": False}, date(2026, 11, 20), "wechat", None, "bad_number"),
        ({"outcome": "call_later", "counts": False}, None, "phone", None, "agreed"),
        ({"channel": "visit", "outcome": "call_later", "counts": False}, None, "phone", None, "agreed"),
        ({"channel": "wechat", "outcome": "mass", "counts": False}, None, None, None, "mass"),
        ({"counts": False}, None, None, None, "aside"),
        ({"planned": date(2026, 11, 27)}, date(2026, 11, 27), None, None, "planned"),
        ({"outcome": "no_answer", "counts": False, "tries": 1, "planned": date(2026, 11, 27)},
         date(2026, 11, 20), "phone", "pm", "other_half"),
        ({"group": "lead"}, date(2026, 11, 20), "phone", None, "rhythm"),
    ],
)  # fmt: skip
def test_the_next_contact(
    facts: dict[str, Any], day: date | None, channel: str | None, half: str | None, why: str
) -> None:
    found = propose(case(**facts))
    assert (found.on_day, found.channel, found.half, found.why) == (day, channel, half, why)


def test_a_day_of_rest_is_no_next_working_day() -> None:
    friday = datetime(2026, 11, 20, 10)  # noqa: DTZ001
    found = propose(case(outcome="no_answer", counts=False, tries=1, happened=friday, today=friday.date()))
    assert found.on_day == date(2026, 11, 23)


def test_a_contact_recorded_late_proposes_no_day_gone_by() -> None:
    found = propose(case(happened=datetime(2026, 10, 26, 10)))  # noqa: DTZ001
    assert found.on_day == THURSDAY


def test_a_wrong_number_asks_for_a_new_one() -> None:
    assert propose(case(outcome="wrong_number", counts=False)).purpose == "find_number"


def test_the_latest_date_is_told_beside_the_rhythm() -> None:
    assert propose(case()).latest == date(2026, 12, 10)
