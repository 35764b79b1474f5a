"""How complete a file is, and whether somebody has looked lately that it is still correct."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from blueprints.customers import rules
from blueprints.customers.condition import CHECK_MONTHS
from blueprints.customers.models import Customer
from core import changes, clock
from core.db import db
from core.settings import SettingValue
from tests.company import a_customer
from tests.conftest import NOW
from tests.pages import Client

SignedIn = Callable[[str], Client]


def made_years_ago(app: Flask, years: int) -> int:
    """The id of a file that is so old."""
    with app.app_context():
        id: int = a_customer("华兴", owner="sales1a").id
        then = Customer.__table__.update().values(created_at=NOW.replace(year=NOW.year - years))
        db.session.execute(then.execution_options(recorded=True))
        db.session.commit()
    return id


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2025, 11, 19), date(2026, 11, 18), 11),
        (date(2025, 11, 18), date(2026, 11, 18), 12),
        (date(2026, 11, 19), date(2026, 11, 18), 0),
    ],
)
def test_months_count_once_they_are_over(first: date, last: date, months: int) -> None:
    assert rules.whole_months(first, last) == months


@pytest.mark.parametrize("kind", rules.KINDS)
def test_completeness_goes_from_nothing_to_all(kind: str) -> None:
    wanted = rules.WANTED[kind]
    found = [rules.completeness(kind, rules.missing(kind, wanted[:n])) for n in range(len(wanted) + 1)]
    assert (found[0], found[-1]) == (0, 100)
    assert found == sorted(set(found))


def test_a_file_says_what_it_lacks(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        id = a_customer("华兴", owner="sales1a", phone="13912346688", city="上海", tier="a").id
        full = a_customer("王敏", kind="person", owner="sales1a").id
    words = signed_in("sales1a").get(f"/customers/{id}").one(".condition").get_text(" ", strip=True)
    assert "档案完整度 33%" in words  # three of nine
    assert "缺少：联系人、邮件或微信、行业、规模、客户来源、偏好沟通方式" in words
    assert "行业" not in signed_in("sales1a").get(f"/customers/{full}").one(".condition").text


def test_a_file_not_checked_for_long_is_marked_until_somebody_confirms_it(
    app: Flask, signed_in: SignedIn
) -> None:
    id = made_years_ago(app, 2)
    sales = signed_in("sales1a")
    before = sales.get(f"/customers/{id}")
    assert "24个月未核对" in before.words
    assert sales.post(f"/customers/{id}/check", before.form(f"/customers/{id}/check")).status == 303
    after = sales.get(f"/customers/{id}")
    assert "未核对" not in after.words
    with app.app_context():
        customer = db.session.get_one(Customer, id)
        assert (customer.checked_on, customer.version) == (clock.day_of(NOW), 2)
    assert "确认档案信息无误" in sales.get(f"/customers/{id}/history").words


def test_the_months_are_a_setting(app: Flask, signed_in: SignedIn) -> None:
    id = made_years_ago(app, 1)
    assert "12个月未核对" in signed_in("sales1a").get(f"/customers/{id}").words
    with app.app_context():
        changes.record("settings.changed")
        db.session.add(SettingValue(name=CHECK_MONTHS, value={"value": 13}))
        db.session.commit()
    assert "未核对" not in signed_in("sales1a").get(f"/customers/{id}").words


@pytest.mark.parametrize(
    ("who", "status"), [("sales1a", 303), ("sales1b", 404), ("service1", 403), ("auditor", 403)]
)
def test_who_confirms_a_file(app: Flask, signed_in: SignedIn, who: str, status: int) -> None:
    with app.app_context():
        id = a_customer("华兴", owner="sales1a").id
    assert signed_in(who).post(f"/customers/{id}/check").status == status
    shown = signed_in(who).get(f"/customers/{id}")
    assert bool(shown.soup.select(f"form[action$='/customers/{id}/check']")) is (status == 303)
