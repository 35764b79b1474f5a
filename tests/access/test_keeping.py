"""Logs are kept for 180 days: no job deletes from trail and journal, and sign-ins are forgotten no earlier."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.access import cleaning
from blueprints.access.models import SignInAttempt
from core import clock, settings
from core.db import db
from tests.conftest import NOW
from tests.shape.sources import ROOT

GUARDED = r"delete\((JournalEntry|ChangeSet|Change|Seal)\b|DELETE FROM (journal_entries|change_sets|changes|seals)\b"


def test_nothing_deletes_from_trail_and_journal() -> None:
    sources = [path for folder in ("core", "blueprints") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 200
    assert not [str(path) for path in sources if re.search(GUARDED, path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
def test_attempts_at_signing_in_are_kept_for_180_days(app: Flask, days: int, left: int) -> None:
    with app.app_context():
        db.session.add(SignInAttempt(account="x", address="x"))
        db.session.commit()
        with clock.frozen(NOW + timedelta(days=days)):
            cleaning.forget_old_sign_ins()
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == left


def test_how_long_is_no_setting() -> None:
    assert timedelta(days=180) <= cleaning.KEPT_FOR
    assert not [name for name in settings.declared() if "journal" in name or "sign_in" in name]
