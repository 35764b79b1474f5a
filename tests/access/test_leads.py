"""Who leads whom: one's own team, else the nearest team above that somebody else leads."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask

from blueprints.access import queries, rules
from blueprints.access.models import Membership
from core import changes, clock
from core.db import db
from core.rights import Right
from tests.company import the_user, the_viewer

COMPANY, SALES, SALES1 = 1, 2, 3
ABOVE = {COMPANY: None, SALES: COMPANY, SALES1: SALES}


@pytest.mark.parametrize(
    ("team", "leads", "found"),
    [
        (SALES1, {SALES1: [7]}, {7}),
        (SALES1, {SALES1: [7, 8]}, {7, 8}),
        (SALES1, {SALES1: [5, 7]}, {7}),
        (SALES1, {SALES1: [5], SALES: [6]}, {6}),
        (SALES1, {SALES: [6], COMPANY: [9]}, {6}),
        (SALES1, {COMPANY: [9]}, {9}),
        (SALES1, {}, set()),
        (SALES, {SALES1: [7]}, set()),
        (COMPANY, {COMPANY: [5]}, set()),
        (None, {COMPANY: [9]}, set()),
    ],
)
def test_the_nearest_lead_is_meant(team: int | None, leads: Mapping[int, list[int]], found: set[int]) -> None:
    assert rules.nearest_leads(team, ABOVE, leads, but=5) == found


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("who", "leads"),
    [
        ("sales1a", ["lead1"]), ("assistant1", ["lead1"]), ("lead1", ["leader"]), ("leader", []),
        ("service1", []), ("manager", []),
    ],
)  # fmt: skip
def test_the_leads_of_the_standing_people(app: Flask, who: str, leads: list[str]) -> None:
    with app.app_context():
        user = the_user(who)
        assert queries.leads_of([user.id]) == {user.id: {the_user(lead).id for lead in leads}}


def test_whoever_is_deactivated_leads_nobody(app: Flask) -> None:
    with app.app_context():
        changes.record("user.deactivated")
        the_user("lead1").deactivated_at = clock.now()
        db.session.commit()
        user = the_user("sales1a")
        assert queries.leads_of([user.id]) == {user.id: {the_user("leader").id}}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("lead", "led"),
    [
        ("lead1", {"sales1a", "assistant1"}),
        ("leader", {"sales1a", "sales2a", "assistant1", "lead1"}),
        ("lead2", {"sales2a"}), ("manager", set()), ("sales1a", set()), ("admin", set()),
    ],
)  # fmt: skip
def test_a_lead_leads_the_teams_below_too(app: Flask, lead: str, led: set[str]) -> None:
    with app.app_context():
        asked = {
            name: the_user(name).id
            for name in ("sales1a", "sales2a", "assistant1", "lead1", "leader", "service1")
        }
        assert queries.led_by(the_viewer(lead), asked.values()) == {asked[name] for name in led}


def test_whoever_leads_no_more_leads_nobody(app: Flask) -> None:
    with app.app_context():
        changes.record("user.updated")
        place = db.session.query(Membership).filter_by(user_id=the_user("lead1").id).one()
        place.lead = False
        db.session.commit()
        assert queries.led_by(the_viewer("lead1"), [the_user("sales1a").id]) == set()


def test_the_readers_of_the_trail(app: Flask) -> None:
    with app.app_context():
        held = queries.holder_ids(Right.ACCESS_AUDIT)
        assert held == {the_user(name).id for name in ("admin", "manager", "auditor")}
