"""The register of incidents: what it takes, who keeps and who reads it, and until when somebody is to be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from blueprints.access import incident_rules
from blueprints.access.incidents import Incident
from core.db import db
from core.errors import RuleBroken
from core.journal import JournalEntry
from tests.conftest import NOW
from tests.pages import Client

HOUR = timedelta(hours=1)
SENT: dict[str, str] = {
    "title": "客户名单发错邮箱", "found_at": "2026-11-17T09:30", "what": "销售把名单发给了外人",
    "data_kinds": "姓名、电话",
}  # fmt: skip
TOLD: dict[str, str] = {
    "persons": "120", "measures": "请对方删除", "authority": "网信办", "authority_told_at": "2026-11-17T15:00",
    "persons_told_at": "2026-11-17T16:00", "persons_told_how": "短信", "closed_on": "2026-11-18",
}  # fmt: skip


@pytest.mark.parametrize(
    ("told_after", "why", "now_after", "expected"),
    [
        (None, "", 72, "due"),
        (None, "", 73, "overdue"),
        (None, "加密", 200, "untold"),
        (72, "", 200, "told"),
        (73, "", 200, "late"),
    ],
)
def test_the_authority_is_told_within_72_hours(
    told_after: int | None, why: str, now_after: int, expected: str
) -> None:
    told = None if told_after is None else NOW + told_after * HOUR
    assert incident_rules.state(NOW, told, why, now=NOW + now_after * HOUR) == expected


FACTS: dict[str, Any] = {
    "found_at": NOW - 5 * HOUR, "happened_at": None, "persons": 3, "measures": "x", "authority": "x",
    "authority_told_at": NOW - HOUR, "persons_told_at": NOW - HOUR, "why_untold": None,
}  # fmt: skip


def judged(facts: dict[str, Any], closed_on: date | None) -> None:
    found = {**FACTS, **facts}
    today = NOW.date()
    incident_rules.check(found, found_on=found["found_at"].date(), closed_on=closed_on, now=NOW, today=today)


@pytest.mark.parametrize(
    ("facts", "closed_on", "field"),
    [
        ({"found_at": NOW + HOUR}, None, "found_at"),
        ({"happened_at": NOW}, None, "happened_at"),
        ({"authority_told_at": NOW + HOUR}, None, "authority_told_at"),
        ({"authority_told_at": NOW - 6 * HOUR}, None, "authority_told_at"),
        ({"persons_told_at": NOW - 6 * HOUR}, None, "persons_told_at"),
        ({"authority": None}, None, "authority"),
        ({"authority_told_at": None}, None, "authority_told_at"),
        ({}, NOW.date() + timedelta(1), "closed_on"),
        ({}, NOW.date() - timedelta(9), "closed_on"),
        ({"persons": None}, NOW.date(), "persons"),
        ({"measures": None}, NOW.date(), "measures"),
        ({"persons_told_at": None}, NOW.date(), "why_untold"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    facts: dict[str, Any], closed_on: date | None, field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        judged(facts, closed_on)
    assert broken.value.field == field


def test_what_is_complete_can_be_closed() -> None:
    judged({}, NOW.date())
    judged({"persons": 0, "persons_told_at": None, "why_untold": "x"}, NOW.date())


def the_incident(app: Flask) -> Incident:
    with app.app_context():
        return db.session.scalars(select(Incident)).one()


@pytest.mark.both_databases
def test_an_incident_is_noted_told_and_closed(app: Flask, signed_in: Callable[[str], Client]) -> None:
    admin = signed_in("admin")
    assert "72" in admin.get("/admin/incidents").text
    assert admin.post("/admin/incidents", SENT).status == 303
    made = the_incident(app)
    assert made.found_at.isoformat() == "2026-11-17T01:30:00+00:00", "the wall clock of the company"
    with app.app_context():
        kinds = db.session.scalars(select(JournalEntry.kind).where(JournalEntry.record_table == "incidents"))
        assert kinds.all() == ["incident_noted"]
    assert "待告知" in admin.get("/admin/incidents").text
    assert admin.get("/admin/incidents/new").status == 200
    assert admin.get(f"/admin/incidents/{made.id}/edit").status == 200
    assert admin.post(f"/admin/incidents/{made.id}", {**SENT, **TOLD, "version": "1"}).status == 303
    shown = signed_in("auditor").get(f"/admin/incidents/{made.id}").text
    assert "网信办" in shown and "请对方删除" in shown and "修改了安全事件" in shown
    assert the_incident(app).closed_on == date(2026, 11, 18)


def test_who_keeps_and_who_reads_it(app: Flask, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("manager").post("/admin/incidents", SENT).status == 303
    id = the_incident(app).id
    auditor = signed_in("auditor")
    assert "登记安全事件" not in auditor.get("/admin/incidents").text
    assert auditor.post(f"/admin/incidents/{id}", {**SENT, "title": "x", "version": "1"}).status == 403
    assert auditor.post("/admin/incidents", SENT).status == 403
    for name in ("sales1a", "lead1", "service1"):
        assert signed_in(name).get(f"/admin/incidents/{id}").status == 403
    assert the_incident(app).title == SENT["title"]


def test_what_is_wrong_is_said_and_nothing_is_lost(app: Flask, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("admin").post("/admin/incidents", {**SENT, "found_at": "2026-12-30T09:00"})
    assert page.status == 422 and "这个时间还没有到" in page.text and SENT["what"] in page.text
    page = signed_in("admin").post("/admin/incidents", {**SENT, "found_at": "0001-01-01T09:00"})
    assert page.status == 422


def test_two_who_change_it_are_shown_both(app: Flask, signed_in: Callable[[str], Client]) -> None:
    admin = signed_in("admin")
    admin.post("/admin/incidents", SENT)
    at = f"/admin/incidents/{the_incident(app).id}"
    opened = {**SENT, "version": "1", "opened": json.dumps({**SENT, "found_at": "2026-11-17T09:30:00"})}
    assert signed_in("manager").post(at, {**SENT, "title": "另一个说法", "version": "1"}).status == 303
    page = admin.post(at, {**opened, "title": "我的说法"})
    assert page.status == 409 and "另一个说法" in page.text and "我的说法" in page.text
    assert page.text.count('name="keep-') == 2, (
        "one field, mine and theirs: the moment is the same by both clocks"
    )


@pytest.mark.both_databases
def test_roles_that_read_the_trail_and_act_get_the_right(app: Flask) -> None:
    """Down and up again, on roles that are there: an auditor only reads."""

    def holders() -> set[str]:
        held = text(
            "SELECT code FROM roles JOIN role_grants ON role_id = roles.id WHERE \"right\" = 'access:incidents'"
        )
        return set(db.session.execute(held).scalars())

    with app.app_context():
        assert holders() == {"admin", "manager"}
        for step in (lambda: downgrade(revision="0032"), upgrade):
            db.session.rollback()
            db.engine.dispose()
            step()
        assert holders() == {"admin", "manager"}
        db.session.rollback()
        db.engine.dispose()


def test_the_side_bar_says_where_one_is(signed_in: Callable[[str], Client]) -> None:
    here = signed_in("manager").get("/admin/incidents").soup.select("nav [aria-current=page]")
    assert any(link["href"] == "/admin/audit" for link in here)
