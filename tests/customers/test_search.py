"""Search as one types, and the exact look-up: who finds what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.customers import actions, search
from blueprints.customers.models import Customer
from core import changes, undo
from core.changes import ChangeSet
from core.db import db
from core.journal import JournalEntry
from tests.company import a_customer, the_viewer
from tests.pages import Client

SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.both_databases


@pytest.fixture
def huaxing(app: Flask) -> int:
    """A customer with a contact person, of sales1a."""
    with app.app_context():
        customer = a_customer("华兴科技有限公司", short_name="华兴科技")
        changes.record("customer.updated")
        person = {
            "name": "王敏",
            "form_of_address": "王姐",
            "phone": "139 1234 6688",
            "email": "wangmin@hx.example",
        }
        actions.add_person(customer, person)
        db.session.commit()
        return customer.id


def changes_of(verb: str) -> list[ChangeSet]:
    """All change sets of a verb, the last one last."""
    return list(db.session.query(ChangeSet).filter_by(verb=verb).order_by(ChangeSet.id))


def found(client: Client, q: str) -> list[str]:
    """The names that a search finds."""
    page = client.http.get("/search", query_string={"q": q})
    assert page.status_code == 200
    from tests.pages import Page

    return [
        hit.get_text(strip=True) for hit in Page(page).soup.select("#search-results a[data-suggestion] b")
    ]


@pytest.mark.parametrize(
    "q",
    [
        "华", "华兴", "华兴科技", "华兴科技有限公司", "科技", "hx", "HXKJ", "huaxing", "hua xing", "王敏", "wm", "wangmin",  # noqa: E501
        "王姐", "姐", "wj", "wangjie", "wang jie", "华兴 王姐", "6688", "1234668",
        "13912346688", "139 1234", "KH000001", "000001", "wangmin@hx", "华兴 6688", "ＨＸ",
    ],
)  # fmt: skip
def test_the_owner_finds_by_every_way(signed_in: SignedIn, huaxing: int, q: str) -> None:
    assert found(signed_in("sales1a"), q) == ["华兴科技"]


@pytest.mark.parametrize("q", ["华兴", "hx", "6688", "KH000001", "王敏", "王姐", "wangmin@hx"])
def test_strangers_find_nothing(signed_in: SignedIn, huaxing: int, q: str) -> None:
    assert found(signed_in("sales2a"), q) == []
    assert found(signed_in("sales1b"), q) == []


@pytest.mark.parametrize(
    ("q", "hits"), [("华兴", 1), ("wm", 1), ("6688", 0), ("13912346688", 0), ("hx.example", 0)]
)
def test_who_sees_no_number_finds_by_no_number(signed_in: SignedIn, huaxing: int, q: str, hits: int) -> None:
    assert len(found(signed_in("service1"), q)) == hits
    assert len(found(signed_in("auditor"), q)) == hits


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("México Café", "mexico"), ("México Café", "café"), ("Ελλάδα Τρόφιμα", "ελλ"), ("こんにちは商店", "こん"),
        ("서울 무역", "서울"), ("Кафе Мир", "кафе"), ("單記飯店", "单记"), ("ＡＢＣ贸易", "abc"), ("Alfreds Futterkiste", "terki"),  # noqa: E501
        ("尉迟建材", "yuchi"), ("老李五金", "llwj"),
    ],
)  # fmt: skip
def test_any_script_and_accents(app: Flask, signed_in: SignedIn, name: str, q: str) -> None:
    with app.app_context():
        a_customer(name)
    assert found(signed_in("sales1a"), q) == [name]


@pytest.mark.parametrize(
    "q", ["", " ", "%", "*", '"', "' OR 1=1 --", "NEAR(a b)", "a AND", "-", "^", ":" * 50, "字" * 10_000]
)
def test_nothing_breaks_the_search(signed_in: SignedIn, huaxing: int, q: str) -> None:
    assert found(signed_in("sales1a"), q) == []


def test_a_renamed_customer_is_found_by_the_new_name_only(
    app: Flask, signed_in: SignedIn, huaxing: int
) -> None:
    owner = signed_in("sales1a")
    form = owner.get(f"/customers/{huaxing}/edit").form(f"/customers/{huaxing}")
    owner.post(f"/customers/{huaxing}", form | {"name": "青禾设备", "short_name": ""})
    assert found(owner, "青禾") == ["青禾设备"]
    assert found(owner, "华兴") == []


def test_a_person_is_found_by_the_new_form_of_address_only(
    app: Flask, signed_in: SignedIn, huaxing: int
) -> None:
    owner = signed_in("sales1a")
    with app.app_context():
        place = db.session.get_one(Customer, huaxing).affiliations[0].id
    address = f"/customers/{huaxing}/people/{place}"
    owner.post(address, owner.get(f"{address}/edit").form(address) | {"form_of_address": "单总"})
    assert (found(owner, "王姐"), found(owner, "单总"), found(owner, "sz")) == (
        [],
        ["华兴科技"],
        ["华兴科技"],
    )
    with app.app_context():
        undo.undo(changes_of("customer.updated")[-1], the_viewer("sales1a"))
        db.session.commit()
    assert (found(owner, "王姐"), found(owner, "单总")) == (["华兴科技"], [])
    with app.app_context():
        assert search.refresh() == 0


def test_a_person_of_several_customers_is_found_at_each(
    app: Flask, signed_in: SignedIn, huaxing: int
) -> None:
    with app.app_context():
        first, second = db.session.get_one(Customer, huaxing), a_customer("青禾设备")
        changes.record("customer.updated")
        actions.affiliate(second, first.affiliations[0].person, {})
        actions.change_person(second, second.affiliations[0], {"name": "李敏", "form_of_address": "李总"})
        db.session.commit()
        assert search.refresh() == 0
    owner = signed_in("sales1a")
    for q in ("李总", "李敏"):
        assert set(found(owner, q)) == {"华兴科技", "青禾设备"}
    assert found(owner, "王姐") == []


@pytest.mark.parametrize(
    "q",
    ["华兴科技有限公司", "华兴科技", "华兴科技（有限公司）", "13912346688", "+86 139-1234-6688", "2346688"],
)
def test_the_look_up_answers_team_status_and_date_only(signed_in: SignedIn, huaxing: int, q: str) -> None:
    answer = signed_in("sales2a").post("/lookup", {"q": q})
    assert answer.status == 200
    main = answer.one("#answer").get_text(" ", strip=True)
    assert "销售一部" in main
    assert "李雷" not in main
    assert "王敏" not in main
    assert not answer.soup.select("#answer a[href^='/customers/']")


@pytest.mark.parametrize("q", ["华", "华兴", "346688", "王敏", "李雷", "%"])
def test_the_look_up_does_not_guess(signed_in: SignedIn, huaxing: int, q: str) -> None:
    answer = signed_in("sales2a").post("/lookup", {"q": q})
    assert answer.status in (200, 422)
    assert "销售一部" not in answer.one("main").get_text()


def test_look_ups_are_counted_and_journaled(app: Flask, signed_in: SignedIn, huaxing: int) -> None:
    client = signed_in("sales2a")
    token = client.token()
    statuses = [
        client.http.post("/lookup", data={"q": "无此公司某某", "csrf_token": token}).status_code
        for _n in range(31)
    ]
    assert statuses == [200] * 30 + [422]
    with app.app_context():
        assert db.session.query(JournalEntry).filter_by(kind="looked_up").count() == 30


def test_in_a_wide_view_the_likely_one_is_found_behind_many_newer(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        a_customer("华兴科技有限公司")
        for number in range(70):  # more than are weighed
            a_customer(f"上海华兴{number:02}贸易有限公司")
    for q in ("华兴", "huaxing", "hua xing", "huaxingk", "hx", "HXKJ"):
        assert found(signed_in("manager"), q)[0] == "华兴科技有限公司", q
    assert found(signed_in("lead1"), "KH000001")[0] == "华兴科技有限公司"
