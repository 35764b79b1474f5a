"""Owners stand by their names, Chinese ones by their sounds, whatever the order in which their accounts were made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.customers import owner_order
from core import changes, lists
from core.db import db
from core.names import sort_key
from tests.company import a_customer, the_user
from tests.customers.test_listing import all_names, names
from tests.pages import Client

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.both_databases
CALLED = {"sales1a": "曾小红", "sales1b": "白一", "sales2a": "Mary", "service1": "白一"}


@pytest.fixture
def company(app: Flask) -> Flask:
    """Of 白一 (two of that name), Mary and 曾小红 (zēng) three customers each, and two of nobody."""
    with app.app_context():
        changes.record("user.updated")
        for account, name in CALLED.items():
            user = the_user(account)
            user.name, user.name_key = name, sort_key(name, person=True)
        db.session.commit()
        for number, owner in enumerate(("sales1a", "sales1b", "sales2a", None) * 2):
            a_customer("HGFEDCBA"[number], owner=owner)
    return app


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_by_name(
    company: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, size: int, many: bool
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", size)
    if many:
        monkeypatch.setattr(lists.count, "__defaults__", (1,))
    client = signed_in("manager")
    assert "".join(all_names(client, "/customers?sort=owner")) == "CGBFDHAE"
    assert "".join(all_names(client, "/customers?sort=-owner")) == "DHBFCGAE"
    assert "".join(all_names(signed_in("lead1"), "/customers?sort=owner")) == "CGDH"


def test_a_new_name_is_a_new_place(company: Flask, signed_in: SignedIn) -> None:
    with company.app_context():
        changes.record("user.updated")
        user = the_user("sales1a")
        user.name, user.name_key = "安", sort_key("安", person=True)
        db.session.commit()
    assert "".join(names(signed_in("manager").get("/customers?sort=owner"))) == "DHCGBFAE"


def test_statements_do_not_grow_with_owners(company: Flask, signed_in: SignedIn, statements: object) -> None:
    client = signed_in("manager")

    def sent() -> int:
        with statements() as found:  # type: ignore[operator]
            client.get("/customers?sort=owner")
        return len(found)

    sent()
    before = sent()
    with company.app_context():
        a_customer("I", owner="service1")
        a_customer("J", owner="lead1")
    assert sent() == before


@pytest.mark.parametrize("after", ["x", "W10", "WzEsMiwzLDRd", "WyJhIiwgMSwgIlx1MDAwMCIsIDFd"])
def test_a_cursor_that_means_nothing_begins_anew(company: Flask, signed_in: SignedIn, after: str) -> None:
    assert owner_order._place(after) is None
    assert names(signed_in("manager").get(f"/customers?sort=owner&after={after}"))[0] == "C"


def test_groups_stand_by_name(company: Flask, signed_in: SignedIn) -> None:
    page = signed_in("manager").get("/customers?group=owner")
    heads = [head.get_text(" ", strip=True) for head in page.soup.select(".group-name")]
    found = [next(i for i, head in enumerate(heads) if word in head) for word in ("白一", "Mary", "曾小红")]
    assert found == sorted(found), heads
