"""Previous and next while going through a list: the same filters, order and scope, also over the ends of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from blueprints.customers import actions
from blueprints.customers.models import Customer
from core import changes, lists
from core.db import db
from tests.company import a_customer
from tests.customers.custom import a_field, fill
from tests.pages import Client, Page
from tests.statements import asked

pytestmark = pytest.mark.both_databases
SignedIn = Callable[[str], Client]


@pytest.fixture
def files(app: Flask) -> dict[str, int]:
    """Seven customers; two by two of the same tier, one of another team."""
    tiers = {"阿一": "a", "阿二": "a", "宝三": "b", "宝四": "b", "陈五": "c", "陈六": "c"}
    with app.app_context():
        found = {name: a_customer(name, tier=tier).id for name, tier in tiers.items()}
        return found | {"别队": a_customer("别队", tier="a", owner="sales2a").id}


def order_of(person: Client, query: str) -> list[int]:
    """The ids of a list in its order."""
    links = person.get(f"/customers?{query}").soup.select("[data-row-link]")
    return [int(str(link["href"]).split("?")[0].rsplit("/", 1)[1]) for link in links]


def links(page: Page) -> dict[str, str]:
    """previous, next → where they lead."""
    return {str(link["data-walk"]): str(link["href"]) for link in page.soup.select("[data-walk]")}


def walked(person: Client, start: str, way: str, most: int = 20) -> Iterator[int]:
    """The files that one comes to, one after the other."""
    at: str | None = start
    for _step in range(most):
        if at is None:
            return
        yield int(at.split("?")[0].rsplit("/", 1)[1])
        at = links(person.get(at)).get(way)


def with_the_long(*names: str) -> list[Any]:
    """Persons whose walks are among the long tests."""
    return [pytest.param(name, marks=pytest.mark.extra) for name in names]


@pytest.mark.parametrize("who", ["sales1a", *with_the_long("lead1", "manager")])
@pytest.mark.parametrize(
    "query",
    [
        "sort=name",
        "sort=-name",
        "sort=tier",
        "sort=-tier",
        "tier=a&tier=b&sort=-created",
        "sort=-next_contact",
        "q=阿",
    ],
)
def test_both_ways_lead_through_the_list(
    files: dict[str, int], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, who: str, query: str
) -> None:
    person = signed_in(who)
    whole = order_of(person, query)
    assert len(whole) > 1
    monkeypatch.setattr(lists.page, "__defaults__", (2,))  # the ends of pages are no ends of the way
    first = str(person.get(f"/customers?{query}").soup.select("[data-row-link]")[0]["href"])
    assert list(walked(person, first, "next")) == whole
    last = f"/customers/{whole[-1]}?{first.split('?', 1)[1]}"
    assert list(walked(person, last, "previous")) == whole[::-1]


@pytest.mark.parametrize("who", ["manager", *with_the_long("sales1a", "auditor")])
@pytest.mark.parametrize("sensitive", [False, True])
@pytest.mark.parametrize(
    "query", ["sort=custom_count", "sort=-custom_count", "tier=a&tier=b&sort=custom_count"]
)
def test_the_order_of_a_custom_field_leads_on_to_those_without_a_value(
    app: Flask, files: dict[str, int], signed_in: SignedIn, who: str, query: str, sensitive: bool
) -> None:
    with app.app_context():
        a_field("台数", "number", en="count", sensitive=sensitive)
        for name, count in {"阿二": "9", "宝三": "2", "陈五": "2", "别队": "4"}.items():
            fill(db.session.get_one(Customer, files[name]), by="manager", count=count)
    person = signed_in(who)
    whole = order_of(person, query)
    assert len(whole) > 3
    first = str(person.get(f"/customers?{query}").soup.select("[data-row-link]")[0]["href"])
    assert list(walked(person, first, "next")) == whole
    last = f"/customers/{whole[-1]}?{first.split('?', 1)[1]}"
    assert list(walked(person, last, "previous")) == whole[::-1]


def test_the_list_is_behind_the_way_back(files: dict[str, int], signed_in: SignedIn) -> None:
    person = signed_in("sales1a")
    page = person.get(
        str(person.get("/customers?tier=a&sort=-name").one(f'a[href^="/customers/{files["阿一"]}?"]')["href"])
    )
    assert page.one(".crumb")["href"] == "/customers?tier=a&sort=-name"
    log = next(
        link for link in page.soup.select(".page-actions a") if "interactions/new" in str(link["href"])
    )
    assert quote(quote("tier=a&sort=-name")) in str(log["href"])


def test_what_no_longer_fits_still_has_neighbours(
    app: Flask, files: dict[str, int], signed_in: SignedIn
) -> None:
    person = signed_in("sales1a")
    at = f"/customers/{files['阿二']}?list={quote('tier=a&tier=b&sort=tier')}"
    before = links(person.get(at))
    with app.app_context(), changes.acting(changes.SYSTEM):
        actions.update(db.session.get_one(Customer, files["阿二"]), {"intent": "high", "tier": "c"})
        db.session.commit()
    after = links(person.get(at))
    assert before and "next" not in after  # all that fit come before it now
    assert after["previous"].startswith(f"/customers/{files['宝四']}?")


def test_what_is_out_of_sight_is_no_neighbour(files: dict[str, int], signed_in: SignedIn) -> None:
    at = f"/customers/{files['阿一']}?list={quote('tier=a&sort=name')}"
    assert f"/customers/{files['别队']}?" in signed_in("manager").get(at).text
    assert "别队" not in signed_in("sales1a").get(at).text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x",
        "sort=nothing",
        "tier=zz",
        "view=999999",
        "where=%00",
        "a=1&" * 80,
        "tier=a&" * 400,
        "=&=&",
        "sort=name&after=x",
    ],
)
def test_a_list_that_means_nothing(files: dict[str, int], signed_in: SignedIn, query: str) -> None:
    page = signed_in("sales1a").get(f"/customers/{files['阿一']}", query_string={"list": query})
    assert page.status == 200 and len(page.soup.select(".crumb")) == 1


def test_no_statement_more_for_a_longer_list(app: Flask, files: dict[str, int], signed_in: SignedIn) -> None:
    person, at = signed_in("lead1"), f"/customers/{files['宝三']}?list={quote('sort=name')}"

    def sent() -> int:
        statements: list[Any] = []
        with asked(lambda statement, parameters: statements.append(statement)):
            assert person.get(at).status == 200
        return len(statements)

    sent()
    few = sent()
    with app.app_context():
        for number in range(12):
            a_customer(f"又一个{number}")
    assert sent() == few
