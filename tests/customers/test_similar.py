"""Customers like one that is being typed: found at once, and told only as far as somebody may know."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from blueprints.customers import lookups, rules, similar
from core import changes
from core.db import db
from core.journal import JournalEntry
from tests.company import a_customer, the_viewer
from tests.pages import Client
from tests.plans import faults
from tests.statements import Counter, asked

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
MOBILE = "13500002030"


def alike(who: str = "sales1a", **values: str) -> list[str]:
    """The names of those that are alike, "" for each out of sight."""
    return [each.name for each in similar.customers(values, by=the_viewer(who))]


@pytest.fixture(autouse=True)
def _nobody_acts_afterwards() -> Iterator[None]:
    yield
    changes.set_actor(changes.SYSTEM)


@pytest.mark.parametrize(
    ("on_file", "typed", "found"),
    [
        ("恒达餐饮管理有限公司", "恒达餐饮", True),
        ("恒达餐饮", "恒达餐饮管理有限公司", True),
        ("恒达餐饮", "恆達餐飲", True),
        ("上海恒达餐饮有限公司", "恒达餐饮（上海）", True),
        ("恒达餐饮管理有限公司", "宏图广告", False),
        ("恒达餐饮（上海）有限公司", "恒达餐饮（北京）有限公司", False),
        ("Acme Trading GmbH", "ACME trading", True),
        ("恒达餐饮", "恒", False),
    ],
)
def test_what_is_alike(in_context: None, on_file: str, typed: str, found: bool) -> None:
    a_customer(on_file)
    a_customer("别的公司")
    assert alike(name=typed) == ([on_file] if found else [])


def test_by_number_with_the_reason(in_context: None) -> None:
    a_customer("恒达餐饮", phone=MOBILE)
    found = similar.customers({"name": "恒达食品", "phone": "135 0000 2030"}, by=the_viewer("sales1a"))
    assert [[reason.code for reason in each.reasons] for each in found] == [["mobile_same"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"name": "恒达餐饮管理有限公司"}, True),
        ({"name": "恆達餐飲管理有限公司"}, True),
        ({"name": "别的", "phone": MOBILE}, True),
        ({"name": "恒达餐饮"}, False),
        ({"name": "恒达餐饮管理（上海）有限公司"}, False),
        ({"name": "恒达餐饮管理有限公司分公司"}, False),
        ({"name": "别的", "short_name": "恒达餐饮管理有限公司"}, False),
        ({"name": "别的", "phone": MOBILE[:-1]}, False),
    ],
)
def test_a_stranger_learns_what_the_look_up_tells(
    in_context: None, typed: dict[str, str], found: bool
) -> None:
    """Who sees the file is told of what is alike; who does not, of the whole name or number alone."""
    a_customer("恒达餐饮管理有限公司", owner="sales2a", phone=MOBILE)
    viewer = the_viewer("sales1a")
    changes.set_actor(changes.Actor(viewer.id, viewer.name, "web"))
    assert alike(**typed) == ([""] if found else [])
    counted = select(func.count()).where(JournalEntry.kind == "looked_up", JournalEntry.user_id == viewer.id)
    assert db.session.scalar(counted) == found
    assert bool(lookups.collisions(typed, by=viewer)) == found, "and nothing else than a collision"


def test_what_a_stranger_learns_counts(in_context: None) -> None:
    a_customer("恒达餐饮管理有限公司", owner="sales2a")
    viewer, typed = the_viewer("sales1a"), {"name": "恒达餐饮管理有限公司"}
    changes.set_actor(changes.Actor(viewer.id, viewer.name, "web"))
    (found,) = similar.customers(typed, by=viewer)
    told = found.answer
    assert (found.name, found.reasons, told.team, told.visible_id) == ("", (), "销售二部", None)
    counted = select(func.count()).where(JournalEntry.kind == "looked_up", JournalEntry.user_id == viewer.id)
    assert db.session.scalar(counted) == 1
    for _time in range(rules.LOOKUPS_A_DAY):
        found = similar.customers(typed, by=viewer)[0]
    assert not found.answer.told
    assert db.session.scalar(counted) == rules.LOOKUPS_A_DAY


def test_files_out_of_sight_hide_none_that_are_alike(in_context: None) -> None:
    for number in range(similar.CANDIDATES + 5):
        a_customer(f"恒达餐饮{number}号", owner="sales2a")
    a_customer("恒达餐饮九州", owner="sales1a")
    assert alike(name="恒达餐饮") == ["恒达餐饮九州"]


def test_the_form_says_so_under_the_name(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        own, strange = a_customer("恒达餐饮"), a_customer("恒达餐饮有限公司", owner="sales2a")
        own_id, strange_id = own.id, strange.id
    person = signed_in("sales1a")
    assert person.get("/customers/new").soup.select_one("#similar")["hx-post"] == "/customers/similar"  # type: ignore[index]
    page = person.post("/customers/similar", {"name": "恒达餐饮"})
    found = page.soup.select_one("#similar")
    assert found is not None
    assert [link["href"] for link in found.select("a")] == [f"/customers/{own_id}"]
    assert "销售二部" in found.text
    assert str(strange_id) not in str(found)
    assert page.soup.select_one("#name")["value"] == "恒达餐饮"  # type: ignore[index]


def test_the_statements_do_not_grow(in_context: None, statements: Counter) -> None:
    counts = []
    for times in (1, 5):
        for n in range(times):
            a_customer(f"恒达餐饮{'甲乙丙丁戊己'[times - 1 - n]}{times}", phone=MOBILE)
        with statements() as sent:
            alike(name="恒达餐饮", phone=MOBILE)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 14


def test_all_is_served_by_indexes(in_context: None) -> None:
    a_customer("恒达餐饮", phone=MOBILE)
    bad: list[str] = []
    sent = []
    with asked(lambda statement, parameters: sent.append((statement, parameters))):
        alike(name="恒达餐饮", phone=MOBILE)
    for statement, parameters in sent:
        if statement.startswith("SELECT"):
            bad += faults(statement, parameters)
    assert not bad
