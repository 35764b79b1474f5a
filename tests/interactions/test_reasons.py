"""The sentence that says why a customer stands on the list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from blueprints.interactions import words
from blueprints.interactions.reasons import Planned, reason_for
from blueprints.interactions.rhythms import DEFAULTS

GROUPS = {rhythm.group: rhythm for rhythm in DEFAULTS}
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("state", "group", "last", "planned", "sentence"),
    [
        ("due", "tier_a", date(2026, 11, 2), None, "A customer, last contact 16 days ago, standard 14"),
        ("overdue", "tier_a", date(2026, 10, 25), None, "A customer, last contact 24 days ago, longest 21"),
        ("due", "high", date(2026, 11, 17), None,
         "Prospect of high intent, last contact 1 day ago, standard 3"),
        ("due", "lead", date(2026, 11, 13), None,
         "Lead, last contact 5 days ago, standard in working days: 1"),
        ("overdue", "lead", date(2026, 11, 13), None,
         "Lead, last contact 5 days ago, longest in working days: 1"),
        ("ok", "tier_c", TODAY, None, "C customer, last contact today, standard 60"),
        ("due", "lost", date(2026, 5, 18), None, "Lost customer, last contact 184 days ago, standard 180"),
        ("unmet", "tier_none", None, None, "Customer not graded, not contacted yet"),
        ("due", "tier_a", date(2026, 11, 9), Planned(TODAY), "Planned for today"),
        (
            "due", "tier_a", date(2026, 11, 9), Planned(date(2026, 11, 17), None, "quote"),
            "Planned for Tue 17 Nov: quote follow-up",
        ),
        ("unmet", "tier_a", None, Planned(TODAY, "15:00"), "Agreed for today 15:00"),
        ("unmet", "tier_a", None, Planned(TODAY, "pm"), "Planned for today, afternoon"),
        (
            "overdue", "tier_a", date(2026, 10, 25), Planned(TODAY, None, "quote"),
            "A customer, last contact 24 days ago, longest 21",
        ),
        (
            "ok", "tier_a", date(2026, 11, 9), Planned(date(2026, 11, 20)),
            "Planned for Fri 20 Nov",
        ),
    ],
)  # fmt: skip
def test_the_reason(app: Flask, state: str, group: str, last: Any, planned: Any, sentence: str) -> None:
    facts = reason_for(state, TODAY, rhythm=GROUPS[group], last=last, planned=planned)
    with app.test_request_context(), force_locale("en"):
        assert words.reason(facts) == sentence


def test_what_is_said_after_saving(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert words.saved(date(2026, 12, 4), None, "phone") == "Saved. Next: phone on Fri 4 Dec"
        assert words.saved(date(2026, 12, 4), "15:00", "phone") == "Saved. Next: phone on Fri 4 Dec 15:00"
        assert words.saved(date(2026, 11, 20), "pm", "phone") == "Saved. Next: phone on Fri 20 Nov, afternoon"
        assert words.saved(None) == "Saved."


@pytest.mark.parametrize(
    ("typed", "code"),
    [("quote", "quote"), ("Quote follow-up", "quote"), ("ask about the sample", None), ("", None)],
)
def test_a_purpose_is_known_by_code_or_word(app: Flask, typed: str, code: str | None) -> None:
    with app.test_request_context(), force_locale("en"):
        assert words.purpose_code(typed) == code
