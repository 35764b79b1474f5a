"""Parts of a file that two people change at once: neither overwrites the other in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import ContactPoint, Customer
from core.db import db
from core.rights import Right
from tests.company import a_customer, the_user, without_right
from tests.core.undos import as_manager
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def file(app: Flask) -> tuple[int, int, int]:
    """Ids of a customer, the place of a contact person, and a number of theirs."""
    with app.app_context():
        customer = a_customer("恒达餐饮")
        as_manager("customer.updated")
        actions.add_person(customer, {"name": "王敏", "position": "采购", "phone": "13800001111"})
        db.session.commit()
        return customer.id, customer.affiliations[0].id, customer.points[0].id


def opened(person: Client, at: str) -> dict[str, Any]:
    return person.get(at if at.endswith("helpers") else f"{at}/edit").form(at)


def both_shown(page: Page, theirs: str, yours: str) -> None:
    told = page.one(".conflict").get_text()
    assert page.status == 409 and theirs in told and yours in told


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"position": "厂长"}, {"position": "经理"}),
        ({"likes": "茶"}, {"likes": "咖啡"}),
    ],
)
def test_a_person_changed_twice(
    app: Flask, signed_in: SignedIn, file: tuple[int, int, int], first: dict[str, str], second: dict[str, str]
) -> None:
    one, other = signed_in("sales1a"), signed_in("lead1")
    at = f"/customers/{file[0]}/people/{file[1]}"
    mine, theirs = opened(one, at), opened(other, at)
    assert other.post(at, theirs | first).status == 303
    page = one.post(at, mine | second)
    both_shown(page, *first.values(), *second.values())
    with app.app_context():
        assert the_user("lead1").name in page.one(".note-amber").get_text()
    name = next(iter(first))
    assert one.post(at, page.form(at) | {f"keep-{name}": "theirs", "note": "周五休息"}).status == 303
    with app.app_context():
        place = db.session.get_one(Customer, file[0]).affiliations[0]
        held = place if name == "position" else place.person
        assert (getattr(held, name), place.person.note) == (first[name], "周五休息")


def test_another_field_of_a_person_is_not_set_back(
    app: Flask, signed_in: SignedIn, file: tuple[int, int, int]
) -> None:
    person, at = signed_in("sales1a"), f"/customers/{file[0]}/people/{file[1]}"
    stale = opened(person, at)
    assert person.post(at, stale | {"position": "厂长", "name": "王敏敏"}).status == 303
    page = person.post(at, stale | {"note": "周五休息"})
    assert page.status == 409
    assert person.post(at, page.form(at)).status == 303
    with app.app_context():
        place = db.session.get_one(Customer, file[0]).affiliations[0]
        assert (place.position, place.person.name, place.person.note) == ("厂长", "王敏敏", "周五休息")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"label": "助理"}, {"label": "仓库"}, ("助理", "仓库")),
        ({"value": "13900002222"}, {"value": "13900003333"}, ("13900002222", "13900003333")),
        ({"bad": "1"}, {"label": "仓库"}, ("是", "否")),
    ],
)
def test_a_point_changed_twice(
    app: Flask, signed_in: SignedIn, file: tuple[int, int, int],
    first: dict[str, str], second: dict[str, str], told: tuple[str, str],
) -> None:  # fmt: skip
    one, other = signed_in("sales1a"), signed_in("lead1")
    at = f"/customers/{file[0]}/points/{file[2]}"
    mine, theirs = opened(one, at), opened(other, at)
    assert other.post(at, theirs | first).status == 303
    page = one.post(at, mine | second)
    both_shown(page, *told)
    name = next(iter(first))
    assert one.post(at, page.form(at) | {f"keep-{name}": "theirs"}).status == 303
    with app.app_context():
        point = db.session.get_one(ContactPoint, file[2])
        assert str(getattr(point, name)) == {"1": "True"}.get(first[name], first[name])


def test_who_sees_no_number_is_told_none(app: Flask, signed_in: SignedIn, file: tuple[int, int, int]) -> None:
    with app.app_context():
        without_right("lead", Right.CUSTOMERS_CLEAR)
    one, other = signed_in("sales1a"), signed_in("lead1")
    at = f"/customers/{file[0]}/points/{file[2]}"
    masked = opened(other, at)
    assert one.post(at, opened(one, at) | {"value": "13900002222", "label": "助理"}).status == 303
    page = other.post(at, masked | {"label": "仓库"})
    both_shown(page, "助理", "仓库")
    assert "13900002222" not in page.text and "13800001111" not in page.text


def test_helpers_changed_twice(app: Flask, signed_in: SignedIn, file: tuple[int, int, int]) -> None:
    one, other, at = signed_in("sales1a"), signed_in("lead1"), f"/customers/{file[0]}/helpers"
    with app.app_context():
        theirs, yours = the_user("sales1b"), the_user("service1")
        names, ids = (theirs.name, yours.name), (str(theirs.id), str(yours.id))
    mine = opened(one, at)
    assert other.post(at, opened(other, at) | {"readers": [ids[0]]}).status == 303
    page = one.post(at, mine | {"readers": [ids[1]]})
    both_shown(page, *names)
    assert one.post(at, page.form(at) | {"readers": list(ids)}).status == 303
    with app.app_context():
        assert {h.user.name for h in db.session.get_one(Customer, file[0]).helpers} == set(names)


@pytest.mark.parametrize("part", ["people", "points"])
def test_a_form_that_says_no_version_overwrites_nothing(
    app: Flask, signed_in: SignedIn, file: tuple[int, int, int], part: str
) -> None:
    person = signed_in("sales1a")
    at = f"/customers/{file[0]}/{part}/{file[1] if part == 'people' else file[2]}"
    sent = {name: value for name, value in opened(person, at).items() if name not in ("version", "opened")}
    assert person.post(at, sent | {"position": "厂长", "label": "仓库"}).status == 409
