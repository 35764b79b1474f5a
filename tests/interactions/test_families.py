"""The contacts with a family: counted and shown, those alone that the viewer may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from blueprints.customers.models import Customer
from blueprints.interactions.families import a_year_before
from core import clock
from core.db import db
from tests.company import a_customer
from tests.customers.test_relations import related
from tests.interactions.contacts import a_contact
from tests.pages import Client, Page

SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.both_databases


@pytest.fixture
def group(app: Flask) -> dict[str, int]:
    """集团 and 物流 are of sales1a, 酒店 is not."""
    with app.app_context():
        made = {
            "集团": a_customer("集团"),
            "物流": a_customer("物流"),
            "酒店": a_customer("酒店", owner="sales2a"),
        }
        for name in ("物流", "酒店"):
            related(made["集团"], made[name], "subsidiary")
        return {name: int(customer.id) for name, customer in made.items()}


def talked(app: Flask, id: int, days: int, by: str = "sales1a", **values: Any) -> None:
    with app.app_context():
        a_contact(db.session.get_one(Customer, id), by=by, at=clock.now() - timedelta(days=days), **values)


def shown(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("#latest-contacts li a")]


def counted(page: Page) -> str:
    labels = [one.get_text() for one in page.soup.select(".facts dt")]
    return page.soup.select(".facts dd")[labels.index("近12个月沟通次数")].get_text()


def test_nobody_talked_yet(signed_in: SignedIn, group: dict[str, int]) -> None:
    page = signed_in("sales1a").get(f"/customers/{group['集团']}/family")
    assert (counted(page), page.soup.select("#latest-contacts")) == ("0", [])


def test_what_one_may_not_see_is_neither_shown_nor_counted(
    app: Flask, signed_in: SignedIn, group: dict[str, int]
) -> None:
    talked(app, group["物流"], 2, summary="送样机")
    talked(app, group["酒店"], 1, by="sales2a", summary="谈月结")
    talked(app, group["集团"], 400, summary="去年的事")
    whole = signed_in("manager").get(f"/customers/{group['集团']}/family")
    assert (counted(whole), shown(whole)) == ("2", ["酒店", "物流", "集团"])
    part = signed_in("sales1a").get(f"/customers/{group['集团']}/family")
    assert (counted(part), shown(part)) == ("1", ["物流", "集团"])
    assert "谈月结" in whole.words and "谈月结" not in part.words and "送样机" in part.words


def test_each_leads_to_its_place_on_the_timeline(
    app: Flask, signed_in: SignedIn, group: dict[str, int]
) -> None:
    for days in range(12):
        talked(app, group["物流"], days, summary=f"第{days}天")
    person = signed_in("sales1a")
    page = person.get(f"/customers/{group['集团']}/family")
    assert (counted(page), len(shown(page))) == ("12", 10)
    last = str(page.soup.select("#latest-contacts li a")[-1]["href"])
    address, _mark, anchor = last.partition("#")
    assert address.startswith(f"/customers/{group['物流']}/")
    assert "第9天" in person.get(address).one(f"#{anchor}").get_text()


def test_the_same_statements_for_any_number(
    app: Flask, signed_in: SignedIn, group: dict[str, int], statements: Any
) -> None:
    counts = []
    person, path = signed_in("manager"), f"/customers/{group['集团']}/family"
    for days in (1, 5):
        for name, by in (("物流", "sales1a"), ("酒店", "sales2a"))[: 1 if days == 1 else 2]:
            talked(app, group[name], days, by=by)
        person.get(path)
        with statements() as sent:
            person.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 18), date(2025, 11, 18)),
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2026, 3, 31), date(2025, 3, 31)),
    ],
)
def test_a_year_before(day: date, before: date) -> None:
    assert a_year_before(day) == before
