"""Orders in parts: by the life of a customer, by owner and by city, those without an owner or a city at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core import lists
from core.db import db
from tests.company import a_customer
from tests.customers.test_listing import all_names, names
from tests.pages import Client

pytestmark = pytest.mark.both_databases

SignedIn = Callable[[str], Client]
FACTS = {
    "A": ("active", "sales1a", "Bonn"), "B": ("lead", "sales1b", "Aachen"), "C": ("active", "sales1b", ""),
    "D": ("lost", "sales1a", "Aachen"), "E": ("dormant", None, None), "F": ("lead", None, "Bonn"),
}  # fmt: skip
SORTED = {
    "status": "BFACED", "-status": "DEACBF",
    "owner": "ADBCEF", "-owner": "BCADEF",
    "city": "BDAFCE", "-city": "FADBCE",
}  # fmt: skip


@pytest.fixture
def six(app: Flask) -> Flask:
    """Customers of two people and of nobody, with and without a city."""
    with app.app_context():
        for name, (status, owner, city) in FACTS.items():
            lost = {"lost_reason": "price"} if status == "lost" else {}
            a_customer(name, status=status, owner=owner, city=city, **lost)
        db.session.commit()
    return app


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("who", ["manager", "lead1"])
def test_pages(
    six: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, who: str, many: bool, size: int
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", size)
    if many:  # walked along the indexes of the orders
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
    client = signed_in(who)
    seen = set(names(client.get("/customers"))) if size == 50 else set(all_names(client, "/customers"))
    found = {sort: "".join(all_names(client, f"/customers?sort={sort}")) for sort in SORTED}
    assert found == {sort: "".join(name for name in order if name in seen) for sort, order in SORTED.items()}
    assert len(seen) == (6 if who == "manager" else 4)


@pytest.mark.parametrize("sort", SORTED)
def test_the_way_from_file_to_file(six: Flask, signed_in: SignedIn, sort: str) -> None:
    client = signed_in("manager")

    def walked() -> Iterator[str]:
        address = str(client.get(f"/customers?sort={sort}").soup.select(".list-name")[0]["href"])
        while address:
            page = client.get(address)
            yield re.sub("[^A-F].*", "", page.soup.select_one("h1").get_text(strip=True))
            following = page.soup.select("a[data-walk=next]")
            if not following:
                back = [str(link["href"]) for link in page.soup.select("a[data-walk=previous]")]
                assert client.get(back[0]).soup.select_one("h1").get_text(strip=True) == SORTED[sort][-2]
            address = str(following[0]["href"]) if following else ""

    assert "".join(walked()) == SORTED[sort]


@pytest.mark.parametrize("after", ["x", "9.", "1.x", "0.WzFd", "-1.", "1", ".", "0.WyJ4IiwgInkiLCAxXQ"])
@pytest.mark.parametrize("sort", ["status", "owner", "city"])
def test_a_cursor_that_means_nothing_begins_anew(
    six: Flask, signed_in: SignedIn, sort: str, after: str
) -> None:
    found = "".join(names(signed_in("manager").get(f"/customers?sort={sort}&after={after}")))
    assert found and SORTED[sort].endswith(found)


def test_an_order_and_a_filter_of_the_same(six: Flask, signed_in: SignedIn) -> None:
    client = signed_in("manager")
    assert names(client.get("/customers?sort=status&status=active")) == ["A", "C"]
    assert names(client.get("/customers?sort=owner&owner=-")) == ["E", "F"]
    assert names(client.get("/customers?sort=-city&where=city:is:aachen")) == ["D", "B"]
