"""One person at several customers: offered where a person is put on file, and chosen or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import Customer, Person
from core.db import db
from core.rights import Right
from tests.company import a_customer, without_right
from tests.core.undos import as_manager
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


def at_work(name: str = "华兴科技有限公司", owner: str = "sales1a", **person: Any) -> int:
    """Id of a customer with a contact person, Li Jianping unless said otherwise."""
    customer = a_customer(name, owner=owner)
    as_manager("customer.updated")
    actions.add_person(customer, {"name": "李建平", "position": "采购", "phone": "13800001111", **person})
    db.session.commit()
    return customer.id


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Person).count()


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "李建平"},
        {"name": "老李", "phone": "138 0000 1111"},
        {"name": "老李", "email": "LJP@example.cn"},
    ],
)
def test_who_is_on_file_elsewhere_is_offered_and_works_here_too(
    app: Flask, signed_in: SignedIn, typed: dict[str, str]
) -> None:
    with app.app_context():
        there, here = at_work(email="ljp@example.cn"), a_customer("恒达餐饮").id
    person, at = signed_in("sales1a"), f"/customers/{here}/people"
    asked = person.post(at, typed | {"position": "顾问", "likes": "绿茶", "note": "周五不在"})
    assert asked.status == 422 and people(app) == 1
    offered = asked.one("#same_as-0").parent.get_text()
    assert all(word in offered for word in ("李建平", "采购", "华兴科技有限公司"))
    form = asked.form(at)
    assert form["note"] == ["周五不在"]
    chosen = str(asked.one("#same_as-0")["value"])
    assert person.post(at, form | {"same_as": chosen}).status == 303
    assert people(app) == 1
    for id, other in ((here, "华兴科技有限公司"), (there, "恒达餐饮")):
        shown = person.get(f"/customers/{id}").one("#people").get_text()
        assert "李建平" in shown and other in shown and "绿茶" in shown
    with app.app_context():
        place = db.session.get_one(Customer, here).affiliations[0]
        assert (place.position, place.primary, place.person.name) == ("顾问", True, "李建平")
    assert person.post(at, {"name": "李建平"}).status == 303  # who is here already is not meant
    assert people(app) == 2


def test_a_new_one_all_the_same(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        at_work()
        here = a_customer("恒达餐饮").id
    person, at = signed_in("sales1a"), f"/customers/{here}/people"
    asked = person.post(at, {"name": "李建平", "phone": "13900002222"})
    assert asked.status == 422
    assert person.post(at, asked.form(at) | {"same_as": "new"}).status == 303
    assert people(app) == 2
    assert "同时任职" not in person.get(f"/customers/{here}").one("#people").get_text()


def test_who_leaves_one_company_stays_at_the_other(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        there, here = at_work(), a_customer("恒达餐饮").id
    person, at = signed_in("sales1a"), f"/customers/{here}/people"
    asked = person.post(at, {"name": "李建平", "phone": "13900002222"})
    assert person.post(at, asked.form(at) | {"same_as": str(asked.one("#same_as-0")["value"])}).status == 303
    with app.app_context():
        place = db.session.get_one(Customer, there).affiliations[0].id
    assert person.post(f"/customers/{there}/people/{place}/deletion").status == 303
    shown = person.get(f"/customers/{here}").one("#people").get_text()
    assert "李建平" in shown and "13900002222" in shown and "华兴" not in shown
    with app.app_context():
        assert db.session.get_one(Customer, there).affiliations == []


@pytest.mark.parametrize(
    ("owner", "typed", "status"),
    [
        ("sales2a", {"name": "李建平", "phone": "13800001111"}, 303),  # of a team out of view
        ("sales1b", {"name": "老李", "phone": "13800001111"}, 303),  # seen, its numbers not
        ("sales1b", {"name": "李建平"}, 422),
    ],
)
def test_nobody_learns_of_people_or_numbers_beyond_their_view(
    app: Flask, signed_in: SignedIn, owner: str, typed: dict[str, str], status: int
) -> None:
    with app.app_context():
        without_right("lead", Right.CUSTOMERS_CLEAR)
        at_work(owner=owner)
        here = a_customer("恒达餐饮", owner="lead1").id
    answer = signed_in("lead1").post(f"/customers/{here}/people", typed)
    assert answer.status == status
    assert people(app) == (2 if status == 303 else 1)


def test_a_person_who_is_not_offered_cannot_be_chosen(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        foreign = at_work(owner="sales2a")
        hidden = db.session.get_one(Customer, foreign).affiliations[0].person_id
        at_work("恒达餐饮")
        here = a_customer("丙").id
    person, at = signed_in("sales1a"), f"/customers/{here}/people"
    assert person.post(at, {"name": "李建平", "same_as": str(hidden)}).status == 422
    assert person.post(at, {"name": "王敏", "same_as": str(hidden)}).status == 303
    with app.app_context():
        assert [place.person_id for place in db.session.get_one(Customer, here).affiliations] != [hidden]
