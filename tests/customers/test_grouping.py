"""The list of customers by groups: headings in order, the rows of the first, those of another by its own address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.customers import walking
from core.db import db
from core.filterlines import Line, Lines
from core.grouping import Group
from core.lists import Count
from tests.company import a_customer
from tests.pages import Client, Page
from tests.statements import asked

SignedIn = Callable[[str], Client]
TIERS = ("a", "b", "c", "d")


@pytest.fixture
def graded(app: Flask) -> Flask:
    """Of each of three tiers four customers, and another lead's."""
    with app.app_context():
        for tier in TIERS[:3]:
            for number in range(4):
                a_customer(f"{tier}{number}号", tier=tier)
        a_customer("不可见", tier="d", owner="sales2a")
        db.session.commit()
    return app


def listed(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.soup.select(".list-page .list-name")]


def test_the_first_group_stands_open_with_its_rows(graded: Flask, signed_in: SignedIn) -> None:
    page = signed_in("sales1a").get("/customers?group=tier&sort=-name")
    groups = page.soup.select(".groups > li > details")
    assert [group.select_one("b").get_text() for group in groups] == ["4", "4", "4"]
    assert [group.has_attr("open") for group in groups] == [True, False, False]
    assert [group.has_attr("hx-get") for group in groups] == [False, True, True]
    assert listed(page) == ["a3号", "a2号", "a1号", "a0号"]
    # without script, the others are led to
    assert [group.select_one(".group-rows a")["href"] for group in groups[1:]] == [
        group["hx-get"] for group in groups[1:]
    ]
    assert page.soup.select("[data-selection]"), "rows in groups are selected as others"


def test_each_group_has_pages_of_its_own(
    graded: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walking.page.__kwdefaults__ or {}, "size", 3)
    client = signed_in("sales1a")
    page = client.get("/customers?group=tier")
    for group, tier in zip(page.soup.select(".groups > li > details"), TIERS, strict=False):
        first = page if tier == "a" else client.get(str(group["hx-get"]))
        links = first.soup.select(".list-page a[rel=next]")
        second = client.get(str(links[0]["href"]))
        assert len(links) == 1
        assert listed(first) + listed(second) == [f"{tier}{number}号" for number in range(4)]


def test_a_file_opened_from_a_group_leads_through_the_group(graded: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")
    page = client.get("/customers?group=tier")
    file = client.get(str(page.soup.select(".list-page .list-name")[-1]["href"]))
    assert file.soup.select("[data-walk=previous]") and not file.soup.select("a[data-walk=next]")


def test_groups_cost_the_same_however_many(graded: Flask, signed_in: SignedIn) -> None:
    client = signed_in("sales1a")

    def statements() -> int:
        sent: list[str] = []
        with asked(lambda statement, _parameters: sent.append(statement)):
            client.get("/customers?group=tier")
        return len(sent)

    statements()
    before = statements()
    with graded.app_context():
        for tier in TIERS:
            for number in range(4, 9):
                a_customer(f"{tier}{number}号", tier=tier)
        db.session.commit()
    assert statements() == before


@pytest.mark.parametrize(
    ("lines", "narrowed"),
    [
        (Lines(), "where=tier:is:a"),
        (Lines.read(["city:is:X|city:is:Y"], None), "where=city:is:X|city:is:Y&where=tier:is:a"),
        (
            Lines.read(["city:is:X|kind:is:person", "city:is:Y"], "any"),
            "where=city:is:X|kind:is:person|tier:is:a&where=city:is:Y|tier:is:a&match=any",
        ),
        (Lines.read(["city:is:X"] * 20, None), None),
    ],
)
def test_the_conditions_of_a_group(lines: Lines, narrowed: str | None) -> None:
    found = Group("A", Line("tier", "is", "a"), Count(1, capped=False)).narrowing(lines)
    assert (found and "&".join(f"{name}={value}" for name, value in found.written())) == narrowed
