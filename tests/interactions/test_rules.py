"""Which outcomes a channel has, which reset the rhythm, and what has to be said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from blueprints.interactions import rules
from core.errors import RuleBroken

NOW = datetime(2026, 11, 18, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("channel", "outcome", "exists"),
    [
        ("phone", "reached", True),
        ("phone", "no_answer", True),
        ("phone", "off", True),
        ("phone", "hung_up", True),
        ("phone", "wrong_number", True),
        ("phone", "sent_no_reply", False),
        ("phone", "mass", False),
        ("wechat", "reached", True),
        ("wechat", "sent_no_reply", True),
        ("wechat", "mass", True),
        ("wechat", "no_answer", False),
        ("wecom", "no_answer", False),
        ("mail", "sent_no_reply", True),
        ("mail", "wrong_number", False),
        ("sms", "wrong_number", True),
        ("sms", "hung_up", False),
        ("webchat", "off", False),
        ("social", "mass", True),
        ("visit", "reached", True),
        ("visit", "refused", True),
        ("visit", "no_answer", False),
        ("received", "sent_no_reply", False),
        ("meeting", "mass", False),
        ("pigeon", "reached", False),
        ("phone", "", False),
    ],
)
def test_a_channel_has_its_outcomes(channel: str, outcome: str, exists: bool) -> None:
    if exists:
        rules.check_combination(channel, outcome)
        return
    with pytest.raises(RuleBroken) as broken:
        rules.check_combination(channel, outcome)
    assert broken.value.field == "outcome"


@pytest.mark.parametrize(
    ("outcome", "purpose", "tier", "by_owner", "counts"),
    [
        ("reached", None, "a", True, True),
        ("refused", None, "a", True, True),
        ("no_answer", None, "a", True, False),
        ("off", None, "c", True, False),
        ("hung_up", None, "c", True, False),
        ("wrong_number", None, "c", True, False),
        ("sent_no_reply", None, "c", True, False),
        ("call_later", None, "c", True, False),
        ("mass", None, "c", True, False),
        ("reached", "collection", "a", False, False),
        ("reached", "complaint", "b", False, False),
        ("reached", "complaint", "c", False, True),
        ("reached", "collection", "a", True, True),
        ("reached", "complaint_callback", "a", False, True),
        ("reached", "routine", "a", False, True),
    ],
)
def test_only_talking_resets_the_rhythm(
    outcome: str, purpose: str | None, tier: str, by_owner: bool, counts: bool
) -> None:
    assert rules.resets(outcome, purpose=purpose, tier=tier, by_owner=by_owner) is counts


def test_a_purpose_counts_where_the_company_says_so() -> None:
    assert rules.resets("reached", purpose="complaint", tier="a", by_owner=False, aside=())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "refused"}, "refusal_reason"),
        ({"outcome": "call_later"}, "next_on"),
        ({"outcome": "call_later", "next_on": TODAY}, "next_time"),
    ],
)
def test_an_outcome_asks_for_what_it_needs(said: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_said(said)
    assert broken.value.field == field


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "reached"},
        {"outcome": "refused", "refusal_reason": "price"},
        {"outcome": "call_later", "next_on": TODAY, "next_time": "15:00"},
    ],
)
def test_what_is_said_in_full_passes(said: dict[str, Any]) -> None:
    rules.check_said(said)


def test_the_longest_interval_is_not_the_shorter_one() -> None:
    rules.check_intervals(14, 14, "x")
    rules.check_intervals(180, None, "x")
    with pytest.raises(RuleBroken):
        rules.check_intervals(14, 13, "x")


def test_a_next_contact_lies_ahead() -> None:
    rules.check_planned_day(TODAY, TODAY)
    with pytest.raises(RuleBroken):
        rules.check_planned_day(TODAY - timedelta(days=1), TODAY)
    with pytest.raises(RuleBroken):
        rules.check_planned_day(date(9999, 12, 31), TODAY)


def test_an_hour_of_today_lies_ahead() -> None:
    wall = datetime(2026, 11, 18, 10, 30)  # noqa: DTZ001 - the wall clock
    rules.check_planned_hour(TODAY, "10:30", wall)
    rules.check_planned_hour(TODAY + timedelta(days=1), "08:00", wall)
    rules.check_planned_hour(TODAY, None, wall)
    with pytest.raises(RuleBroken):
        rules.check_planned_hour(TODAY, "10:29", wall)


def test_nobody_talks_in_the_future() -> None:
    rules.check_moment(NOW, NOW)
    with pytest.raises(RuleBroken):
        rules.check_moment(NOW + timedelta(minutes=1), NOW)


@pytest.mark.parametrize(
    ("days", "workdays", "reason", "late"),
    [
        (0, 0, None, False),
        (1, 1, None, True),
        (5, 3, None, True),
        (6, 4, "travelled without a computer", True),
        (30, 22, "was ill", True),
    ],
)
def test_a_late_entry_is_marked(days: int, workdays: int, reason: str | None, late: bool) -> None:
    assert rules.check_late(days, workdays, reason) is late


@pytest.mark.parametrize(
    ("days", "workdays", "reason", "field"),
    [(6, 4, None, "late_reason"), (6, 4, "", "late_reason"), (31, 23, "was ill", "happened_at")],
)
def test_a_late_entry_has_its_limits(days: int, workdays: int, reason: str | None, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        rules.check_late(days, workdays, reason)
    assert broken.value.field == field
