"""How complete files are, as a column and a condition of the list: just what each file says of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.customers import completeness, search
from blueprints.customers.condition import LABELS, condition_of
from blueprints.customers.models import Customer
from core import changes
from core.db import db
from tests.company import a_customer, a_wechat
from tests.customers.test_listing import names
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def several(app: Flask) -> Flask:
    with app.app_context():
        a_customer("甲", city="苏州", industry="物流", size="20-99人", tier="a", source="fair")
        a_customer("乙", kind="person", gender="female", city="", phone="", intent="high")
        a_wechat(a_customer("丙", kind="person", preferred_channel="phone", phone=""), "wx")
        bad = a_customer("丁", phone="13912346688")
        changes.record("customer.updated")
        for point in bad.points:
            point.bad = True
        search.refresh([bad.id])
        db.session.commit()
    return app


def test_the_column_says_what_the_file_says(several: Flask, signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/customers?columns=completeness")
    shown = {
        row.select_one(".list-name").get_text(): row.select_one("[data-label]").get_text()
        for row in page.soup.select("#list tbody tr")
    }
    with several.app_context():
        files = db.session.scalars(select(Customer)).all()
        assert shown == {file.name: f"{condition_of(file).per_cent}%" for file in files}
        assert len(set(shown.values())) > 2


@pytest.mark.parametrize("name", completeness.NAMES)
def test_the_condition_finds_what_files_lack(several: Flask, signed_in: SignedIn, name: str) -> None:
    with several.app_context():
        files = db.session.scalars(select(Customer)).all()
        lacking = {file.name for file in files if str(LABELS[name]) in map(str, condition_of(file).missing)}
    client = signed_in("manager")
    assert set(names(client.get(f"/customers?where=lacking:is:{name}"))) == lacking
    assert set(names(client.get(f"/customers?where=lacking:not:{name}"))) == set("甲乙丙丁") - lacking


def test_the_database_counts_as_the_rules_do(several: Flask, signed_in: SignedIn) -> None:
    """And lists are filtered and sorted by it."""
    with several.app_context():
        files = {file.name: condition_of(file).per_cent for file in db.session.scalars(select(Customer))}
        assert files == dict(db.session.execute(select(Customer.name, Customer.completeness)).all())
        assert search.refresh() == 0
    client = signed_in("manager")
    by_degree = sorted(files, key=files.__getitem__)
    assert names(client.get("/customers?sort=completeness")) == by_degree
    assert names(client.get("/customers?sort=-completeness")) == by_degree[::-1]
    for operator, fits in (
        ("least", lambda n: n >= 25),
        ("less", lambda n: n < 25),
        ("is", lambda n: n == 25),
    ):
        found = names(client.get(f"/customers?where=completeness:{operator}:25"))
        assert set(found) == {name for name, n in files.items() if fits(n)}, operator
    page = client.get("/customers?where=completeness:less:half")
    assert names(page) == [] and "档案完整度" in page.one(".filter-problems").get_text()
